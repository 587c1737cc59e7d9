using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Targets.Postgres.Computing;

/// <summary>Lets the server compute columns and look up values for the encoded records of a batch, which become rows of the table
/// or rejects. Nothing stays on the server; batches of plans without computed columns are not changed.</summary>
/// <param name="connection">With the settings of the sessions that copy.</param>
/// <param name="batch">Sealed, without deferred rows.</param>
/// <param name="rawOf">Returns the bytes of the record of a row; called in the order of the rows.</param>
sealed class ComputedRows(NpgsqlConnection connection, EncodedRows batch, Func<int, byte[]> rawOf)
{
    readonly SortedDictionary<int, (string Reason, string? Column, string Detail)> _refused = [];

    /// <summary>Computes in a separate transaction, which is rolled back.</summary>
    /// <param name="connection">As above, outside a transaction.</param>
    /// <param name="batch">As above.</param>
    /// <param name="input">The input of its records.</param>
    /// <param name="cancellationToken">Cancels; the batch is unchanged.</param>
    public static async Task ResolveAsync(NpgsqlConnection connection, EncodedRows batch, RecordInput input,
        CancellationToken cancellationToken)
    {
        if (batch.Plan.Compute is null) return;
        using var raw = new RawRecords(batch, input);
        await new ComputedRows(connection, batch, raw.Of).RunAsync("BEGIN ISOLATION LEVEL READ COMMITTED", "ROLLBACK",
            cancellationToken);
    }

    /// <summary>The same inside the transaction in progress, for one record.</summary>
    public static Task ResolveInsideAsync(NpgsqlConnection connection, EncodedRows batch, byte[] raw,
        CancellationToken cancellationToken) =>
        batch.Plan.Compute is null
            ? Task.CompletedTask
            : new ComputedRows(connection, batch, _ => raw).RunAsync("SAVEPOINT computing",
                "ROLLBACK TO SAVEPOINT computing; RELEASE SAVEPOINT computing", cancellationToken);

    async Task RunAsync(string begin, string end, CancellationToken cancellationToken)
    {
        var plan = batch.Plan;
        var compute = plan.Compute!;
        if (batch.RowCount == 0)
        {
            batch.Become(compute.Result, ArrayPool<byte>.Shared.Rent(16), [], []);
            return;
        }

        foreach (var (row, refusal) in await TextRowCheck.RefusedAsync(connection, batch, cancellationToken))
            Refuse(row, refusal);
        var sql = new ComputeSql(compute);
        await connection.ExecuteAsync($"{begin}; {sql.Create(plan.Columns)}", cancellationToken);
        int[] rows = [.. Enumerable.Range(0, batch.RowCount).Where(row => !_refused.ContainsKey(row))];
        rows = await SendAsync(rows, sql, cancellationToken);
        foreach (var lookup in compute.Lookups) await LookUpAsync(lookup, sql, rows, cancellationToken);
        byte[] computed = [];
        if (compute.Columns.Count > 0)
        {
            await EvaluateAsync(sql, rows, cancellationToken);
            computed = await ReceiveAsync(sql.CopyOut(plan.IsBinary), plan.IsBinary, cancellationToken);
        }

        await connection.ExecuteAsync(end, cancellationToken);
        Join(rows, computed);
    }

    void Refuse(int row, RowRefusal refusal) =>
        _refused.TryAdd(row, (ServerRefusal.ReasonOf(refusal.SqlState), refusal.Column,
            ServerRefusal.DetailOf(refusal.Message, refusal.Detail)));

    /// <summary>Sends the inputs of each record.</summary>
    /// <returns>The rows that were sent; the number of each is its index from 1.</returns>
    async Task<int[]> SendAsync(int[] rows, ComputeSql sql, CancellationToken cancellationToken)
    {
        var plan = batch.Plan;
        var source = new RecordSource(batch, sql, rows);
        if (plan.IsUtf8)
        {
            await source.CopyAsync(connection, 0, rows.Length, cancellationToken);
            return rows;
        }

        // A text may have characters that the database lacks.
        var refused = await new BatchBisection(connection, source, new KnownRefusals()).RunAsync(cancellationToken);
        if (refused.Count == 0) return rows;
        foreach (var (place, failure) in refused) Refuse(rows[place], RowRefusal.Of(failure, plan.Columns));
        rows = [.. rows.Where(row => !_refused.ContainsKey(row))];
        await connection.ExecuteAsync("DELETE FROM pg_temp.ingest_record", cancellationToken);
        await new RecordSource(batch, sql, rows).CopyAsync(connection, 0, rows.Length, cancellationToken);
        return rows;
    }

    async Task LookUpAsync(ForeignLookup lookup, ComputeSql sql, int[] rows, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql.Missing(lookup), connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var detail = $"\"{reader.GetString(1)}\" is not in {lookup.Table}({lookup.Key})";
            _refused.TryAdd(rows[reader.GetInt32(0) - 1], (RejectReason.Rule, lookup.Column.Name, detail));
        }
    }

    async Task EvaluateAsync(ComputeSql sql, int[] rows, CancellationToken cancellationToken)
    {
        var columns = batch.Plan.Compute!.Columns;
        await using var command = new NpgsqlCommand(
            "SELECT n, state, message, detail, column_name FROM ingest.compute_staged($1, $2, $3, $4)", connection)
        {
            Parameters =
            {
                new() { Value = sql.Insert() },
                new() { Value = Enumerable.Range(0, columns.Count).Select(sql.Single).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = columns.Select(c => c.Column.Name).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = rows.Length },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var name = await reader.IsDBNullAsync(4, cancellationToken) ? null : reader.GetString(4);
            var detail = await reader.IsDBNullAsync(3, cancellationToken) ? null : reader.GetString(3);
            var expression = columns.FirstOrDefault(c => c.Column.Name == name)?.Expression;
            Refuse(rows[reader.GetInt32(0) - 1], new RowRefusal(
                reader.GetString(1), reader.GetString(2) + (expression is null ? "" : $", in {name} = {expression}"),
                detail, name));
        }
    }

    async Task<byte[]> ReceiveAsync(string statement, bool isBinary, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream(batch.Length);
        if (isBinary)
        {
            await using var stream = await connection.BeginRawBinaryCopyAsync(statement, cancellationToken);
            await stream.CopyToAsync(all, cancellationToken);
        }
        else
        {
            using var reader = (StreamReader)await connection.BeginTextExportAsync(statement, cancellationToken);
            await reader.BaseStream.CopyToAsync(all, cancellationToken);
        }

        return all.ToArray();
    }

    /// <summary>Combines kept and computed values.</summary>
    void Join(int[] rows, byte[] computed)
    {
        var plan = batch.Plan;
        var compute = plan.Compute!;
        var texts = compute.Columns.Count(c => c.Rules.Count > 0);
        var outcome = new RowValues(plan.IsBinary, 1 + compute.Columns.Count + texts);
        var starts = new (int Start, int Length)[rows.Length];
        var at = plan.IsBinary && computed.Length > 0 ? 19 : 0; // signature, flags, extension
        while (at < computed.Length && outcome.TryRead(computed.AsSpan(at), out var length))
        {
            starts[outcome.Number(computed.AsSpan(at)) - 1] = (at, length);
            at += length;
        }

        var read = new RowValues(plan.IsBinary, plan.Columns.Length);
        var needed = computed.Length + batch.Length + 16;
        var joined = ArrayPool<byte>.Shared.Rent(needed);
        var (kept, ends, end) = (new List<int>(rows.Length), new List<int>(rows.Length), 0);
        for (var i = 0; i < rows.Length; i++)
        {
            if (_refused.ContainsKey(rows[i])) continue;
            var values = computed.AsSpan(starts[i].Start, starts[i].Length);
            if (compute.Columns.Count > 0)
            {
                outcome.TryRead(values, out _);
                if (ComputedRules.Broken(compute.Columns, outcome, values) is { } broken)
                {
                    _refused.Add(rows[i], broken);
                    continue;
                }
            }

            var row = batch.RowBytes(rows[i], rows[i] + 1).Span;
            read.TryRead(row, out _);
            var writer = new RowJoin(joined.AsSpan(end), plan.IsBinary, compute.Kept.Count + compute.Columns.Count);
            foreach (var place in compute.Kept) writer.Add(read.Whole(row, place));
            for (var c = 0; c < compute.Columns.Count; c++) writer.Add(outcome.Whole(values, c + 1));
            end += writer.End();
            kept.Add(rows[i]);
            ends.Add(end);
        }

        RejectedRow[] rejects =
            [.. _refused.Select(r => batch.RejectedAt(r.Key, rawOf(r.Key), r.Value.Reason, r.Value.Column, r.Value.Detail))];
        batch.Become(compute.Result, joined, kept, ends);
        foreach (var reject in rejects) batch.Reject(reject);
    }

    /// <summary>The inputs of records, as a source for COPY.</summary>
    sealed class RecordSource(EncodedRows batch, ComputeSql sql, int[] rows) : IRowSource
    {
        public int Count => rows.Length;

        public async Task<long> CopyAsync(NpgsqlConnection connection, int from, int to, CancellationToken cancellationToken)
        {
            var plan = batch.Plan;
            var room = ArrayPool<byte>.Shared.Rent(16 * (to - from + 1) + batch.Length);
            try
            {
                var bytes = Write(room, from, to);
                await CopyStream.WriteAsync(connection, sql.CopyIn(plan.CopyOptions), plan.IsBinary, [room.AsMemory(0, bytes)],
                    null, cancellationToken);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(room);
            }

            return 0;
        }

        int Write(byte[] room, int from, int to)
        {
            var plan = batch.Plan;
            var read = new RowValues(plan.IsBinary, plan.Columns.Length);
            Span<byte> number = stackalloc byte[16];
            var end = 0;
            for (var i = from; i < to; i++)
            {
                var row = batch.RowBytes(rows[i], rows[i] + 1).Span;
                read.TryRead(row, out _);
                var writer = new RowJoin(room.AsSpan(end), plan.IsBinary, 1 + sql.Staged.Length);
                writer.Add(number[..RowValues.WriteNumber(i + 1, plan.IsBinary, number)]);
                foreach (var place in sql.Staged) writer.Add(read.Whole(row, place));
                end += writer.End();
            }

            return end;
        }
    }
}
