using Npgsql;
using OrleansIngest.Testing;

namespace OrleansIngest.Monitor.Tests.Api;

/// <summary>A ledger with some of everything, as loading would leave it.</summary>
sealed class Ledger(TestDatabase database) : IAsyncDisposable
{
    /// <summary>Files of pipeline <c>shop</c> that are loaded.</summary>
    public const int Loaded = 40;

    public string ConnectionString => database.ConnectionString;

    public static async Task<Ledger> CreateAsync()
    {
        var ledger = new Ledger(await TestPostgres.CreateDatabaseAsync());
        await ledger.ExecuteAsync(
            """
            INSERT INTO ingest.pipeline (name, config, coordinator, coordinated_at, list_ms, claim_ms) VALUES
                ('shop', '{"name": "shop", "table": "public.orders", "watch": ["/data/in", "/data/late"],
                    "csv": {"delimiter": ",", "quote": "\""}, "webhookToken": "a secret",
                    "source": "sftp://me:hidden@host/x"}', 'silo-1', now(), 2.5, 7.5),
                ('empty', '{"name": "empty", "table": "public.events", "watch": ["/data/none"]}', NULL, NULL, NULL, NULL)
            """);
        await ledger.ExecuteAsync(
            """
            INSERT INTO ingest.node (node, kind, host, pid, version, address, cores, memory_bytes, lanes, capacity, state,
                lock_key, left_at) VALUES
                ('silo-1', 'silo', 'a', 1, '0.1.0', '10.0.0.1:11111', 8, 1000, 2, 128, 'alive', 1, NULL),
                ('silo-2', 'silo', 'b', 2, '0.1.0', NULL, 8, 1000, 2, 128, 'dead', 2, now() - interval '1 h'),
                ('silo-3', 'silo', 'c', 3, '0.1.0', NULL, 8, 1000, 2, 128, 'left', 3, now() - interval '3 d')
            """);
        await ledger.AddFilesAsync("shop", "/data/in/orders-{0}.csv", "loaded", Loaded);
        await ledger.AddFilesAsync("shop", "/data/late/waits-{0}.csv", "ready", 3);
        await ledger.AddFilesAsync("shop", "/data/in/broken-{0}.csv", "quarantined", 2);
        await ledger.AddFilesAsync("shop", "/data/in/now-{0}.csv", "loading", 1);
        await ledger.ExecuteAsync(
            """
            INSERT INTO ingest.batch (file_id, start_offset, end_offset, first_record, first_line, records, lines, rows_loaded,
                rows_rejected, rows_skipped, epoch, node,
                lane, read_us, wait_us, copy_us, commit_us, committed_at)
            SELECT file_id, n * 500, n * 500 + 500, n * 10 + 1, n * 10 + 2, 10, 10, 9, 1, 0, 1, 'silo-1', 1, 2000, 1000, 4000,
                500,
                coalesce(finished_at, clock_timestamp() - interval '30 s') - interval '1 ms' * (1 - n)
            FROM ingest.file, generate_series(0, 1) n WHERE status = 'loaded' OR status = 'loading' AND n = 0;
            INSERT INTO ingest.throughput (step, bucket, pipeline, node, lane, commits, batches, records, rows_loaded,
                rows_rejected, bytes, files_finished, read_us,
                wait_us, copy_us, commit_us)
            SELECT 10, ingest.bucket(b.committed_at, 10), f.pipeline, b.node, b.lane, count(*), count(*), sum(b.records),
                sum(b.rows_loaded), sum(b.rows_rejected),
                sum(b.end_offset - b.start_offset), count(DISTINCT f.file_id) FILTER (WHERE f.status = 'loaded'), sum(b.read_us),
                    sum(b.wait_us), sum(b.copy_us),
                sum(b.commit_us)
            FROM ingest.batch b JOIN ingest.file f USING (file_id) GROUP BY 2, 3, 4, 5;
            INSERT INTO public.corrupt_records (raw_record, file, file_id, line, record_number, byte_offset, reason, column_name,
                detail, pipeline)
            SELECT file_id || ',abc,' || n, path, file_id, 5 + n, 4 + n, 100 * n, CASE WHEN n = 0 THEN 'bad_value'
                ELSE 'field_count' END,
                CASE WHEN n = 0 THEN 'total' END, 'invalid input syntax for type numeric: "abc"', pipeline
            FROM ingest.file, generate_series(0, 1) n WHERE status = 'loaded' ORDER BY file_id, n;
            INSERT INTO ingest.history (kind, pipeline, file_id, node, who, detail)
            SELECT 'file.quarantined', pipeline, file_id, 'silo-1', NULL, 'it is broken' FROM ingest.file
                WHERE status = 'quarantined' ORDER BY file_id;
            INSERT INTO ingest.history (kind, node, detail) VALUES ('node.dead', 'silo-2', 'no heartbeat');
            INSERT INTO ingest.history (kind, pipeline, who, detail) VALUES ('operator.pause', 'shop', 'ann', 'lunch');
            INSERT INTO ingest.alert (rule, pipeline, severity, message, value, threshold)
                VALUES ('oldest-file', 'shop', 'warning', 'A file waits for long.', 700, 600);
            INSERT INTO ingest.alert (rule, pipeline, severity, message)
                VALUES ('quarantined', 'shop', 'warning', 'Two files are quarantined.');
            INSERT INTO ingest.alert (rule, node, severity, message, resolved_at)
                VALUES ('dead-node', 'silo-2', 'critical', 'Node silo-2 died.', now());
            """);
        return ledger;
    }

    /// <summary>Files that were seen one second after another; those that are done were done a tenth of a second
    /// later, a minute ago or more.</summary>
    public Task AddFilesAsync(string pipeline, string path, string status, int count) => ExecuteAsync(
        """
        INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, reason, epoch, owner_node, records_read,
            rows_loaded, rows_rejected, bytes_read,
            discovered_at, ready_at, claimed_at, started_at, finished_at)
        SELECT $1, format(replace($2, '{0}', '%s'), lpad(n::text, 3, '0')), 1000, (extract(epoch FROM at) * 1000000000)::bigint,
            1, n, $3,
            CASE WHEN $3 = 'quarantined' THEN 'it is broken' END, CASE WHEN $3 = 'ready' THEN 0 ELSE 1 END, CASE
                WHEN $3 <> 'ready' THEN 'silo-1' END,
            CASE WHEN $3 = 'loaded' THEN 20 ELSE 0 END, CASE WHEN $3 = 'loaded' THEN 18 ELSE 0 END, CASE WHEN $3 = 'loaded' THEN 2
                ELSE 0 END,
            CASE WHEN $3 = 'loaded' THEN 1000 ELSE 0 END, at, at, CASE WHEN $3 <> 'ready' THEN at END, CASE
                WHEN $3 <> 'ready' THEN at END,
            CASE WHEN $3 IN ('loaded', 'quarantined') THEN at + interval '100 ms' + interval '1 ms' * (n % 5) END
        FROM generate_series(1, $4) n, LATERAL (SELECT clock_timestamp() - interval '61 s' - interval '1 s' * ($4 - n) AS at) t
        """, pipeline, path, status, count);

    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public async Task<T> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
