using OrleansIngest.Commands.Tables;

namespace OrleansIngest.Commands.Queries;

/// <summary>What a look at the ledger shows.</summary>
/// <param name="Json">The same record that the REST API answers with.</param>
/// <param name="Tables">For people.</param>
/// <param name="Notes">Lines below the tables.</param>
sealed record QueryResult(Func<string> Json, IReadOnlyList<TextTable> Tables, params IReadOnlyList<string> Notes)
{
    /// <summary>Whether the only table is one row, stood up: names and values. Default: no.</summary>
    public bool IsRecord { get; init; }
}
