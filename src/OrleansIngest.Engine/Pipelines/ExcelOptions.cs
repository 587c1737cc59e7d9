using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Sheet and cells of Excel workbooks.</summary>
public sealed class ExcelOptions
{
    /// <summary>Sheet to load, by name or by number from 1; a matching name takes precedence. Null for the only visible sheet
    /// with cells. Default: null.</summary>
    [JsonConverter(typeof(SheetJsonConverter))]
    public string? Sheet { get; set; }

    /// <summary>Cells to load, such as <c>B3:F</c> (five columns from B3, all rows), <c>B3:F99</c>, <c>B:F</c> or <c>B3</c>.
    /// Null to start at the first row and column with a cell. Default: null.</summary>
    public string? Range { get; set; }

    /// <summary>Whether the first row contains the names. Default: true.</summary>
    public bool Header { get; set; } = true;

    /// <summary>Strings and errors read as NULL, as Excel displays them, such as <c>#N/A</c>. Any other error rejects its row.
    /// Default: empty.</summary>
    public IReadOnlyList<string> NullValues { get; set; } = [];

    internal void Validate(string path, List<OptionProblem> problems)
    {
        if (Range is { } range && CellRange.Parse(range) is null)
            problems.Add(new($"{path}.range", $"must be such as B3:F, B3:F99, B:F or B3, not '{range}'"));
        if (Sheet is { } sheet && sheet.Length == 0) problems.Add(new($"{path}.sheet", "must be a name or a number from 1"));
    }
}
