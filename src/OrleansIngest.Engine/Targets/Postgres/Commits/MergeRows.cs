using Npgsql;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>The rows of a batch, merged in parts: where no function of the ledger finds out which of them the server refuses.</summary>
sealed class MergeRows(EncodedRows rows, Action? accepted) : IRowSource
{
    public int Count => rows.RowCount;

    /// <summary>A row that was refused must not come after one that stood behind it.</summary>
    public bool IsOrdered => true;

    public async Task<long> CopyAsync(NpgsqlConnection connection, int from, int to, CancellationToken cancellationToken)
    {
        var merged = await new MergeStage(connection, rows.Plan, accepted).RunAsync([(rows.RowBytes(from, to), to - from)], cancellationToken);
        rows.Inserted += (int)merged[0].Inserted;
        rows.Updated += (int)merged[0].Updated;
        return 0;
    }
}
