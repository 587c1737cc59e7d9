using System.Text;

namespace OrleansIngest.Engine.Formats.Parquet;

/// <summary>How the rows of a Parquet file are laid out, from its schema.</summary>
sealed record ParquetLayout : RecordLayout
{
    /// <summary>What each field's column takes; empty until that is known.</summary>
    public IReadOnlyList<FieldForm> Forms { get; init; } = [];

    /// <summary>The names in UTF-8.</summary>
    public required IReadOnlyList<byte[]> NameBytes { get; init; }

    /// <summary>What a field's column takes.</summary>
    public FieldForm FormOf(int field) => field < Forms.Count ? Forms[field] : FieldForm.Text;

    /// <summary>The type of each field as the schema has it.</summary>
    public required IReadOnlyList<string> SqlTypes { get; init; }

    /// <inheritdoc/>
    public override bool SaysTypes => true;

    /// <inheritdoc/>
    public override string SqlTypeOf(int field, string inferred) => SqlTypes[field];

    /// <inheritdoc/>
    public override RecordLayout Bound(IReadOnlyList<FieldForm> forms, IReadOnlyList<string> late) => this with { Forms = forms };

    /// <summary>The layout of a file with these fields.</summary>
    public static ParquetLayout Of(IReadOnlyList<ParquetNode> fields) =>
        Of([.. fields.Select(field => field.Name)],
            [.. fields.Select(field => field is LeafNode ? field.Leaves[0].Kind.SqlType : "jsonb")]);

    /// <summary>The layout of fields with these names and types.</summary>
    public static ParquetLayout Of(IReadOnlyList<string> names, IReadOnlyList<string> types) => new()
    {
        Names = names,
        NameBytes = [.. names.Select(Encoding.UTF8.GetBytes)],
        FieldCount = names.Count,
        IsByName = true,
        SqlTypes = types,
    };
}
