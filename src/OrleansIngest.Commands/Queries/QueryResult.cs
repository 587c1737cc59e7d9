using OrleansIngest.Commands.Tables;

namespace OrleansIngest.Commands.Queries;

/// <summary>The result of a query command.</summary>
/// <param name="Json">The same record that the REST API answers with.</param>
/// <param name="Tables">Human-readable.</param>
/// <param name="Notes">Lines below the tables.</param>
sealed record QueryResult(Func<string> Json, IReadOnlyList<TextTable> Tables, params IReadOnlyList<string> Notes)
{
    /// <summary>Whether the only table is one record, shown as names and values. Default: false.</summary>
    public bool IsRecord { get; init; }

    /// <summary>How many rows there are in all, when only the first of them were read (<c>--limit</c>); null when all were.
    /// Default: null.</summary>
    public string? Total { get; init; }
}
