using Npgsql;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>The rows of a batch in file order, merged in parts, if no function of the ledger can isolate those that the server
/// refuses.</summary>
sealed class MergeRows(EncodedRows batch, Action? accepted) : IRowSource
{
    readonly int[] _rows = batch.RowsInFileOrder();

    public int Count => _rows.Length;

    /// <summary>A refused row must not be merged after a later one.</summary>
    public bool IsOrdered => true;

    public int RowAt(int place) => _rows[place];

    public async Task<long> CopyAsync(NpgsqlConnection connection, int from, int to, CancellationToken cancellationToken)
    {
        var part = new RowParts(batch.RowBytes(_rows, from, to), to - from);
        var counts = (await new MergeStage(connection, batch.Plan, accepted).RunAsync([part], cancellationToken))[0];
        batch.Merged = new MergeCounts(batch.Merged!.Value.Inserted + counts.Inserted,
            batch.Merged.Value.Updated + counts.Updated);
        return counts.Suppressed;
    }
}
