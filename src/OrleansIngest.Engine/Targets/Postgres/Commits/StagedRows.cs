using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>
/// Copies the rows of a batch into a temporary table, from which the server inserts those that it accepts
/// (<c>ingest.insert_staged</c>); for the others it returns its messages. Rows are sent once, however many are refused.
/// </summary>
/// <param name="connection">Inside the transaction.</param>
/// <param name="batch">The batch.</param>
/// <param name="input">The input of the rows.</param>
/// <param name="accepted">Called when the server starts to accept rows.</param>
sealed class StagedRows(NpgsqlConnection connection, EncodedRows batch, RecordInput input, Action? accepted)
{
    const string Stage = MergePlan.Stage;

    const string InsertCall = "SELECT n, inserted, state, message, detail, column_name FROM ingest.insert_staged($1, $2, $3, $4)";

    const string MergeCall =
        "SELECT n, inserted, state, message, detail, column_name, updated, missing FROM ingest.merge_staged($1, $2, $3, $4, $5)";

    const string Merged = "NOT EXISTS (SELECT FROM pg_temp.ingest_unmerged u WHERE u.n = s.n)";

    /// <summary>Inserts all rows that the server accepts; records the rejects and the suppressed rows in the batch.</summary>
    /// <exception cref="PostgresException">Not, or not certainly, caused by rows.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var plan = batch.Plan;
        // Values of types without an encoder are checked in bulk, so that each refusal has its column.
        var refused = await TextRowCheck.RefusedAsync(connection, batch, cancellationToken);
        using var raw = new RawRecords(batch, input);
        foreach (var (row, refusal) in refused) batch.ServerRejects.Add(batch.Refused(row, refusal, raw));
        await TemporaryStage.CreateAsync(connection, plan, isIndexed: true, cancellationToken);
        var stage = new StageSource(batch, [.. batch.RowsInFileOrder().Where(row => !refused.ContainsKey(row))], accepted);
        var bisection = new BatchBisection(connection, stage, new KnownRefusals());
        foreach (var (place, refusal) in await bisection.RunAsync(cancellationToken))
            batch.ServerRejects.Add(batch.Refused(stage.RowAt(place), RowRefusal.Of(refusal, plan.Columns), raw));
        await InsertAsync(stage, raw, cancellationToken);
    }

    async Task InsertAsync(StageSource stage, RawRecords raw, CancellationToken cancellationToken)
    {
        var plan = batch.Plan;
        accepted?.Invoke();
        await using var command = new NpgsqlCommand(plan.Merge is null ? InsertCall : MergeCall, connection)
        {
            Parameters =
            {
                new() { Value = plan.Merge?.Statement(":low:", ":high:") ?? plan.Table },
                new() { Value = plan.Columns.Select(c => c.Name).ToArray() },
                new() { Value = plan.Columns.Select(c => c.IsDomain ? c.TypeName : null).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = stage.Count },
            },
        };
        if (plan.Merge is { } merge)
        {
            command.Parameters.Add(new()
            {
                Value = plan.MayDiscardRows ? merge.Missing(Merged) : DBNull.Value,
                NpgsqlDbType = NpgsqlDbType.Text
            });
        }

        var refused = 0;
        long inserted = 0, updated = 0, missing = 0;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                if (reader.GetInt32(0) == 0)
                {
                    inserted = reader.GetInt64(1);
                    if (plan.Merge is not null) (updated, missing) = (reader.GetInt64(6), reader.GetInt64(7));
                    continue;
                }

                refused++;
                var refusal = new RowRefusal(
                    reader.GetString(2), reader.GetString(3), await TextAsync(reader, 4), await TextAsync(reader, 5));
                batch.ServerRejects.Add(batch.Refused(stage.RowAt(reader.GetInt32(0) - 1), refusal, raw));
            }
        }

        var taken = stage.Copied - refused;
        if (plan.Merge is not null) batch.Merged = new MergeCounts((int)inserted, (int)updated).WithMissing((int)missing, taken);
        batch.Suppressed = batch.Merged?.Suppressed ?? (int)(taken - inserted);
        await connection.ExecuteAsync($"DROP TABLE {Stage}", cancellationToken);
    }

    static async Task<string?> TextAsync(NpgsqlDataReader reader, int column) =>
        await reader.IsDBNullAsync(column) ? null : reader.GetString(column);

    /// <summary>Some rows of the batch, as a source for the stage; a row's number there is its index among them.</summary>
    sealed class StageSource(EncodedRows batch, int[] rows, Action? accepted) : IRowSource
    {
        readonly string _copy = TemporaryStage.Copy(batch.Plan);

        public int Count => rows.Length;

        /// <summary>Rows that are in the stage.</summary>
        public int Copied { get; private set; }

        public int RowAt(int place) => rows[place];

        public async Task<long> CopyAsync(NpgsqlConnection connection, int from, int to, CancellationToken cancellationToken)
        {
            // Failed COPYs have consumed numbers, so each part sets its first number.
            await connection.ExecuteAsync($"ALTER TABLE {Stage} ALTER n RESTART WITH {from + 1}", cancellationToken);
            await CopyStream.WriteAsync(connection, _copy, batch.Plan.IsBinary, batch.RowBytes(rows, from, to), accepted,
                cancellationToken);
            Copied += to - from;
            return 0;
        }
    }
}
