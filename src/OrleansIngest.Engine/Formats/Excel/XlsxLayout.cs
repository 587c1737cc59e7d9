using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Formats.Excel;

/// <summary>How the rows of a sheet are laid out.</summary>
sealed record XlsxLayout : RecordLayout
{
    /// <summary>The sheet's name.</summary>
    public required string Sheet { get; init; }

    /// <summary>The rows and columns of the records, the row with the names not among them.</summary>
    public required CellRange Range { get; init; }

    /// <summary>Whether columns outside of the range are excluded on purpose; otherwise a value there rejects its row.</summary>
    public required bool IsClosed { get; init; }

    /// <summary>The names in UTF-8; of a sheet without, the columns' letters.</summary>
    public required IReadOnlyList<byte[]> NameBytes { get; init; }

    /// <summary>What each field's column takes.</summary>
    public IReadOnlyList<FieldForm> Forms { get; init; } = [];

    /// <inheritdoc/>
    public override RecordLayout Bound(IReadOnlyList<FieldForm> forms, IReadOnlyList<string> late) => this with { Forms = forms };
}
