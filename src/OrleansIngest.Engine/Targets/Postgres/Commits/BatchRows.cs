using Npgsql;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>The encoded rows of a batch, as a source for COPY into its table.</summary>
sealed class BatchRows(EncodedRows batch, Action? accepted) : IRowSource
{
    public int Count => batch.RowCount;

    public async Task<long> CopyAsync(NpgsqlConnection connection, int from, int to, CancellationToken cancellationToken)
    {
        var plan = batch.Plan;
        if (plan is { MayDiscardRows: true, IsBinary: true })
        {
            var bytes = batch.RowBytes(from, to);
            return to - from - await CopyStream.WriteCountedAsync(connection, plan.CopyStatement, bytes, accepted,
                cancellationToken);
        }

        await CopyStream.WriteAsync(connection, plan.CopyStatement, plan.IsBinary, [batch.RowBytes(from, to)], accepted,
            cancellationToken);
        return 0;
    }
}
