using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The ledger's part in a transaction that commits batches: the fence and the checkpoint.</summary>
static class BatchLedger
{
    // A claim is an UPDATE of the same row: it waits for this lock, and a batch that comes after the claim finds another epoch.
    const string LockClaims =
        $"""
        SELECT c.file_id, c.epoch, c.owner FROM ingest.file f
        JOIN unnest($1::bigint[], $2::integer[], $3::text[]) AS c (file_id, epoch, owner) USING (file_id)
        WHERE f.epoch = c.epoch AND f.owner_node = c.owner AND f.status = {FileStatusSql.Loading}
        ORDER BY f.file_id FOR
        """;

    const string Commit = "COMMIT";

    /// <summary>Whether the checkpoint was refused because a claim is not in force: nothing of the
    /// transaction is committed.</summary>
    public static bool SaysFenced(PostgresException failure) =>
        failure is
        {
            SqlState: PostgresErrorCodes.NotNullViolation, SchemaName: "ingest", TableName: "batch",
            ColumnName: "epoch"
        };

    /// <summary>Whether the checkpoint was refused because it exists: an earlier transaction has committed it.</summary>
    public static bool SaysRepeated(PostgresException failure) =>
        failure is { SqlState: PostgresErrorCodes.UniqueViolation, SchemaName: "ingest", TableName: "batch" };

    /// <summary>Begins the transaction, locks the claims and returns which batches may continue. One round trip, for
    /// when not all of them may.</summary>
    public static async Task<FenceVerdict[]> BeginAsync(
        NpgsqlConnection connection, IReadOnlyList<FenceRow> rows, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN ISOLATION LEVEL READ COMMITTED"));
        AddLock(batch, rows, LockMode(rows.Any(r => r.Finishes)));
        var doubtful = rows.Where(r => r.MayBeCommitted).ToArray();
        if (doubtful.Length > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                """
                SELECT b.file_id, b.start_offset FROM ingest.batch b
                JOIN unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS c (file_id, start_offset, end_offset)
                    USING (file_id, start_offset, end_offset)
                """)
            {
                Parameters = { Array(doubtful, r => r.FileId.Value), Array(doubtful, r => r.StartOffset),
                Array(doubtful, r => r.EndOffset) }
            });
        }

        // By claim, not by file: a node that claims a file again may still have batches of its earlier claim in the group.
        var locked = new HashSet<(long, int, string)>();
        var committed = new HashSet<(long, long)>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        do
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                if (reader.FieldCount == 2) committed.Add((reader.GetInt64(0), reader.GetInt64(1)));
                else locked.Add((reader.GetInt64(0), reader.GetInt32(1), reader.GetString(2)));
            }
        }
        while (await reader.NextResultAsync(cancellationToken));

        var verdicts = new FenceVerdict[rows.Count];
        for (var i = 0; i < verdicts.Length; i++)
        {
            verdicts[i] = committed.Contains((rows[i].FileId.Value, rows[i].StartOffset)) ? FenceVerdict.Committed
                : locked.Contains((rows[i].FileId.Value, rows[i].Epoch, rows[i].Owner.Value)) ? FenceVerdict.Open
                : FenceVerdict.Fenced;
        }

        return verdicts;
    }

    /// <summary>The commands that write the checkpoint, finish files, update the counts and commit; the caller may put its own
    /// before them. If a claim is not in force, the checkpoint is refused (<see cref="SaysFenced"/>).</summary>
    public static void AddCommit(NpgsqlBatch batch, NodeId node, int lane, IReadOnlyList<BatchRecord> records)
    {
        AddCheckpoint(batch, node, lane, records);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Commit));
    }

    /// <summary>The commands of <see cref="AddCommit"/> but COMMIT. Without records they change nothing.</summary>
    public static void AddCheckpoint(NpgsqlBatch batch, NodeId node, int lane, IReadOnlyList<BatchRecord> records)
    {
        var ends = records.Select(r => r.FileEnd).OfType<FileEnd>().ToArray();
        // Without records, the statement is prepared for files to come, which are mostly small.
        var lockMode = LockMode(records.Count == 0 || records.Any(r => r.Finishes));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            -- The fence: a batch whose claim is not in force finds no epoch, and the table refuses a batch without one. Whoever
            -- wants to end the claim waits for these locks. By primary key: a plan that is made while few files load would rather
            -- read the whole index of those that load, for each file.
            WITH claim AS (
                SELECT file_id, epoch, owner_node FROM ingest.file WHERE file_id = ANY ($1)
                    AND status || '' = {FileStatusSql.Loading}
                ORDER BY file_id FOR {lockMode}
            )
            INSERT INTO ingest.batch (file_id, start_offset, end_offset, first_record, first_line, records, lines, rows_loaded,
                rows_rejected,
                rows_skipped, rows_suppressed, epoch, node, lane, read_us, wait_us, copy_us, commit_us, restart_position,
                    restart_offset,
                rows_inserted, rows_updated, rows_unchanged)
            SELECT b.file_id, b.start_offset, b.end_offset, b.first_record, b.first_line, b.records, b.lines, b.loaded,
                b.rejected,
                b.skipped, b.suppressed, c.epoch, $12, $13, b.read_us, b.wait_us, b.copy_us, b.commit_us, b.restart_position,
                    b.restart_offset,
                b.inserted, b.updated, b.loaded - b.inserted - b.updated
            FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                $8::bigint[],
                    $9::bigint[], $10::bigint[], $11::integer[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[],
                        $18::bigint[],
                    $19::bigint[], $20::bigint[], $21::bigint[], $22::bigint[], $23::text[])
                AS b (file_id, start_offset, end_offset, first_record, first_line, records, lines, loaded, rejected, skipped,
                    epoch,
                    read_us, wait_us, copy_us, commit_us, suppressed, restart_position, restart_offset, inserted, updated, owner)
            LEFT JOIN claim c ON c.file_id = b.file_id AND c.epoch = b.epoch AND c.owner_node = b.owner
            """)
        {
            Parameters =
            {
                Array(records, r => r.FileId.Value), Array(records, r => r.StartOffset), Array(records, r => r.EndOffset),
                Array(records, r => r.FirstRecord), Array(records, r => r.FirstLine), Array(records, r => r.Records),
                Array(records, r => r.Lines), Array(records, r => r.RowsLoaded), Array(records, r => r.RowsRejected),
                Array(records, r => r.RowsSkipped), Epochs(records.Select(r => r.Epoch)),
                new() { Value = node.Value }, new() { Value = lane },
                Array(records, r => r.ReadMicroseconds), Array(records, r => r.WaitMicroseconds),
                Array(records, r => r.CopyMicroseconds), Array(records, r => r.CommitMicroseconds),
                Array(records, r => r.RowsSuppressed),
                Optional(records.Select(r => r.RestartPoint?.Position)),
                Optional(records.Select(r => r.RestartPoint?.SourceOffset)),
                Optional(records.Select(r => r.RowsInserted)), Optional(records.Select(r => r.RowsUpdated)),
                Owners(records.Select(r => r.Owner)),
            },
        });
        TailLedger.AddProofs(batch, records);
        ThroughputLedger.AddCounts(batch, node, lane, records);
        if (ends.Length > 0) batch.BatchCommands.Add(FileEnd.FinishCommand(ends, node, lane));
    }

    /// <summary>Whether it was the COMMIT itself that failed: a deferred constraint or trigger.</summary>
    public static bool FailedAtCommit(PostgresException failure) => failure.BatchCommand?.CommandText == Commit;

    /// <summary>Executes the commands of <see cref="AddCommit"/> or <see cref="AddCheckpoint"/>.</summary>
    /// <param name="batch">Nothing else in it returns rows.</param>
    /// <param name="finished">Takes the files that are loaded now.</param>
    /// <param name="cancellationToken">Cancels; then it is unknown whether it is committed.</param>
    public static async Task CommitAsync(NpgsqlBatch batch, List<FinishedFile> finished, CancellationToken cancellationToken)
    {
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        do
        {
            while (await reader.ReadAsync(cancellationToken)) finished.Add(FinishedFile.Read(reader));
        }
        while (await reader.NextResultAsync(cancellationToken));
    }

    /// <summary>A lock that others share, unless files may be finished: then their rows are updated next, and two transactions
    /// that both wait to update what they share would be a deadlock.</summary>
    static string LockMode(bool finishes) => finishes ? "NO KEY UPDATE" : "SHARE";

    static void AddLock(NpgsqlBatch batch, IReadOnlyList<FenceRow> rows, string mode)
    {
        var claims = rows.DistinctBy(r => (r.FileId, r.Epoch, r.Owner)).ToArray();
        if (claims.Length == 0) return;
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"{LockClaims} {mode} OF f")
        {
            Parameters =
            {
                Array(claims, r => r.FileId.Value), Epochs(claims.Select(r => r.Epoch)), Owners(claims.Select(r => r.Owner)),
            },
        });
    }

    static NpgsqlParameter Array<T>(IReadOnlyList<T> rows, Func<T, long> value) =>
        new() { Value = rows.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };

    static NpgsqlParameter Optional(IEnumerable<long?> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };

    static NpgsqlParameter Owners(IEnumerable<NodeId> owners) =>
        new() { Value = owners.Select(o => o.Value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    static NpgsqlParameter Epochs(IEnumerable<int> epochs) =>
        new() { Value = epochs.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer };
}
