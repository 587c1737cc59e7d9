using Npgsql;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>The rows of a batch in file order, merged in parts: where no function of the ledger finds out which of them the server refuses.</summary>
sealed class MergeRows(EncodedRows batch, Action? accepted) : IRowSource
{
    readonly int[] _rows = batch.RowsInFileOrder();

    public int Count => _rows.Length;

    /// <summary>A row that was refused must not come after one that stood after it.</summary>
    public bool IsOrdered => true;

    public int RowAt(int place) => _rows[place];

    public async Task<long> CopyAsync(NpgsqlConnection connection, int from, int to, CancellationToken cancellationToken)
    {
        var part = new RowParts(batch.RowBytes(_rows, from, to), to - from);
        var counts = (await new MergeStage(connection, batch.Plan, accepted).RunAsync([part], cancellationToken))[0];
        batch.Merged = new MergeCounts(batch.Merged!.Value.Inserted + counts.Inserted, batch.Merged.Value.Updated + counts.Updated);
        return counts.Suppressed;
    }
}
