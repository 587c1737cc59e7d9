using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Formats.Excel;

/// <summary>The layout of a sheet's rows.</summary>
sealed record XlsxLayout : RecordLayout
{
    /// <summary>The sheet's name.</summary>
    public required string Sheet { get; init; }

    /// <summary>The rows and columns of the records, without the row with the names.</summary>
    public required CellRange Range { get; init; }

    /// <summary>Whether columns outside the range are deliberately excluded; otherwise a value there rejects its row.</summary>
    public required bool IsClosed { get; init; }

    /// <summary>The names in UTF-8; for a sheet without names, the columns' letters.</summary>
    public required IReadOnlyList<byte[]> NameBytes { get; init; }

    /// <summary>The form that each field's column takes.</summary>
    public IReadOnlyList<FieldForm> Forms { get; init; } = [];

    /// <inheritdoc/>
    public override RecordLayout Bound(IReadOnlyList<FieldForm> forms, IReadOnlyList<string> late) => this with { Forms = forms };
}
