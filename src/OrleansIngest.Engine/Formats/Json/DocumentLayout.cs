using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Formats.Json;

/// <summary>The layout of the records of a JSON document, and their path.</summary>
sealed record DocumentLayout : RecordLayout
{
    /// <summary>The layout of each record.</summary>
    public required JsonLayout Record { get; init; }

    /// <summary>The path of the records in the document.</summary>
    public required MemberPath DocumentPath { get; init; }

    /// <summary>What the path leads to.</summary>
    public required DocumentShape Shape { get; init; }

    /// <inheritdoc/>
    public override bool SaysTypes => true;

    /// <inheritdoc/>
    public override string SqlTypeOf(int field, string inferred) => Record.SqlTypeOf(field, inferred);

    /// <inheritdoc/>
    public override bool TakesLateFields => Record.TakesLateFields;

    /// <inheritdoc/>
    public override RecordLayout Bound(IReadOnlyList<FieldForm> forms, IReadOnlyList<string> late) =>
        Of((JsonLayout)Record.Bound(forms, late), DocumentPath, Shape);

    /// <summary>The layout of a document with such records.</summary>
    public static DocumentLayout Of(JsonLayout record, MemberPath path, DocumentShape shape) => new()
    {
        Names = record.Names,
        FieldCount = record.FieldCount,
        IsByName = true,
        Record = record,
        DocumentPath = path,
        Shape = shape,
    };
}
