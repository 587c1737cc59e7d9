using Npgsql;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Loading.Replay;

/// <summary>Copies rows of rejects into their table, inside the current transaction; refused rows stay rejects.</summary>
/// <param name="connection">Inside the transaction.</param>
/// <param name="mapping">The rows.</param>
/// <param name="known">Findings of earlier attempts about the same rejects, by COPY statement; extended by this one.</param>
sealed class ReplayCopy(NpgsqlConnection connection, RejectMapping mapping, Dictionary<string, KnownRefusals> known)
{
    /// <summary>Copies all rows.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // A deferred constraint would fail only at COMMIT, when the row can no longer be identified.
        await connection.ExecuteAsync("SET CONSTRAINTS ALL IMMEDIATE", cancellationToken);
        foreach (var same in mapping.Rows.GroupBy(r => r.Row.Plan.CopyStatement))
        {
            var rows = new ReplayRows([.. same]);
            if (!known.TryGetValue(same.Key, out var parts)) known.Add(same.Key, parts = new KnownRefusals());
            var refused = await new BatchBisection(connection, rows, parts).RunAsync(cancellationToken);
            mapping.Accept(Enumerable.Range(0, rows.Count).Where(row => !refused.ContainsKey(row)).Select(rows.IdAt));
            foreach (var (row, failure) in refused)
            {
                var refusal = RowRefusal.Of(failure, same.First().Row.Plan.Columns);
                mapping.Refuse(
                    rows.IdAt(row), ServerRefusal.ReasonOf(refusal.SqlState), refusal.Column,
                    ServerRefusal.DetailOf(refusal.Message, refusal.Detail));
            }
        }
    }

    sealed class ReplayRows((long Id, EncodedRows Row)[] rows) : IRowSource
    {
        public int Count => rows.Length;

        public bool IsOrdered => rows[0].Row.Plan.Merge is not null;

        public long IdAt(int row) => rows[row].Id;

        public async Task<long> CopyAsync(NpgsqlConnection connection, int from, int to, CancellationToken cancellationToken)
        {
            var plan = rows[0].Row.Plan;
            var bytes = rows[from..to].Select(r => r.Row.Bytes);
            if (plan.Merge is not null)
            {
                await new MergeStage(connection, plan, accepted: null).RunAsync([new RowParts(bytes, to - from)],
                    cancellationToken);
                return 0;
            }

            await CopyStream.WriteAsync(connection, plan.CopyStatement, plan.IsBinary, bytes, accepted: null, cancellationToken);
            return 0;
        }
    }
}
