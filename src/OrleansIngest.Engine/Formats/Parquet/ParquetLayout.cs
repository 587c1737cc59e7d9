using System.Text;

namespace OrleansIngest.Engine.Formats.Parquet;

/// <summary>The layout of a Parquet file's rows, from its schema.</summary>
sealed record ParquetLayout : RecordLayout
{
    /// <summary>The form that each field's column takes; empty while unknown.</summary>
    public IReadOnlyList<FieldForm> Forms { get; init; } = [];

    /// <summary>The names in UTF-8.</summary>
    public required IReadOnlyList<byte[]> NameBytes { get; init; }

    /// <summary>The form that a field's column takes.</summary>
    public FieldForm FormOf(int field) => field < Forms.Count ? Forms[field] : FieldForm.Text;

    /// <summary>The type of each field in the schema.</summary>
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
