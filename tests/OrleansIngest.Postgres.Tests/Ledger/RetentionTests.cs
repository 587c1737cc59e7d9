using OrleansIngest.Engine.Ledger;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>Folding and forgetting.</summary>
public sealed class RetentionTests
{
    const string Table = "CREATE TABLE t (id int NOT NULL, name text)";
    const string Sums =
        "sum(commits), sum(batches), sum(records), sum(rows_loaded), sum(rows_rejected), sum(rows_skipped), sum(bytes), "
            + "sum(files_finished), sum(read_us), sum(wait_us), sum(copy_us), sum(commit_us)";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Folding_loses_and_doubles_nothing_in_any_hour_however_often()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await SeedAsync(bench, hours: 100);
        const string ByHour =
            $"SELECT pipeline, ingest.bucket(bucket, 3600), {Sums} FROM ingest.throughput GROUP BY 1, 2 ORDER BY 1, 2";
        const string Latencies =
            "SELECT pipeline, ingest.bucket(bucket, 3600), bin, sum(files) FROM ingest.latency GROUP BY 1, 2, 3 ORDER BY 1, 2, 3";
        const string Totals = "SELECT * FROM ingest.throughput_total ORDER BY pipeline";
        var total = await bench.RowsAsync(
            $"SELECT pipeline, {Sums}, max(bucket), max(bucket) FROM ingest.throughput GROUP BY 1 ORDER BY 1");
        (await bench.RowsAsync(Totals)).ShouldBe(total);
        var (before, latencies) = (await bench.RowsAsync(ByHour), await bench.RowsAsync(Latencies));
        var upkeep = new RetentionLedger(bench.Database.DataSource);

        for (var i = 0; i < 3; i++) (await upkeep.RunAsync(new RetentionOptions(), Stop)).ShouldNotBeNull();
        // One that comes late, as of a transaction that hung: into a minute that is folded already.
        await bench.ExecuteAsync(
            "INSERT INTO ingest.throughput (step, bucket, pipeline, node, lane, batches) SELECT 10, min(bucket), 'test', 'n1', "
                + "1, 0 FROM ingest.throughput");
        await upkeep.RunAsync(new RetentionOptions(), Stop);

        (await bench.RowsAsync(ByHour)).ShouldBe(before);
        (await bench.RowsAsync(Latencies)).ShouldBe(latencies);
        (await bench.RowsAsync(
            """
            SELECT step, count(DISTINCT node), count(DISTINCT lane), min(bucket) > now() - CASE step
                WHEN 10 THEN interval '3 h 1 min' WHEN 60 THEN interval '49 h 1 min' ELSE interval '1000 h' END
            FROM ingest.throughput GROUP BY step ORDER BY step
            """)).ShouldBe(["10|2|2|True", "60|1|1|True", "3600|1|1|True"]);
        (await bench.RowsAsync(Totals)).ShouldBe(total);
    }

    [Fact]
    public async Task Only_batches_of_files_loaded_long_ago_are_forgotten()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 10);
        await bench.LoadAsync(bench.Write("old.csv", Lines(55)), bench.Write("new.csv", Lines(30)),
            bench.Write("open.csv", Lines(40)), bench.Write("late.csv", Lines(20)));
        await bench.ExecuteAsync(
            """
            UPDATE ingest.batch SET committed_at = now() - interval '8 d'
                WHERE file_id NOT IN (SELECT file_id FROM ingest.file WHERE path LIKE '%/new.csv');
            UPDATE ingest.file SET finished_at = now() - interval '8 d' WHERE path LIKE '%/old.csv' OR path LIKE '%/open.csv';
            UPDATE ingest.file SET status = 'quarantined' WHERE path LIKE '%/open.csv';
            """);

        await new RetentionLedger(bench.Database.DataSource).RunAsync(new RetentionOptions(), Stop);

        (await bench.RowsAsync(
            "SELECT reverse(split_part(reverse(path), '/', 1)), rows_loaded, (SELECT count(*) FROM ingest.batch b WHERE "
                + "b.file_id = f.file_id) FROM ingest.file f ORDER BY 1"))
            .ShouldBe(["late.csv|20|2", "new.csv|30|3", "old.csv|55|0", "open.csv|40|4"]);
        (await bench.ScalarAsync<long>("SELECT sum(rows_loaded)::bigint FROM ingest.throughput")).ShouldBe(145);
    }

    [Fact]
    public async Task History_and_nodes_of_long_ago_are_forgotten_but_not_who_still_holds_a_file()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await bench.LoadAsync(bench.Write("a.csv", Lines(3)));
        await bench.ExecuteAsync(
            """
            INSERT INTO ingest.node (node, kind, host, pid, version, cores, memory_bytes, lanes, capacity, state, lock_key,
                left_at)
            SELECT name, 'silo', 'h', 1, '1', 1, 1, 1, 1, state, 1, now() - age
            FROM (VALUES ('gone', 'left', interval '31 d'), ('holds', 'dead', interval '31 d'),
                ('recent', 'left', interval '1 d')) v (name, state, age);
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, owner_node)
                VALUES ('test', 'x', 1, 0, 0, 0, 'loading', 'holds');
            INSERT INTO ingest.history (kind, at) VALUES ('old', now() - interval '91 d'), ('new', now());
            INSERT INTO ingest.alert (rule, severity, message, resolved_at)
                VALUES ('old', 'warning', '', now() - interval '91 d'), ('new', 'warning', '', now()),
                    ('fires', 'warning', '', NULL);
            """);

        await new RetentionLedger(bench.Database.DataSource).RunAsync(new RetentionOptions(), Stop);

        (await bench.RowsAsync("SELECT node FROM ingest.node WHERE kind = 'silo' ORDER BY 1")).ShouldBe(["holds", "recent"]);
        (await bench.RowsAsync("SELECT kind FROM ingest.history WHERE kind IN ('old', 'new')")).ShouldBe(["new"]);
        (await bench.RowsAsync("SELECT rule FROM ingest.alert ORDER BY 1")).ShouldBe(["fires", "new"]);
    }

    [Fact]
    public async Task Folded_counts_of_files_are_the_same_counts_in_few_rows()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await bench.LoadAsync(bench.Write("a.csv", Lines(3)));
        await bench.ExecuteAsync(string.Concat(Enumerable.Range(0, 150).Select(i =>
            $"INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status) VALUES ('test', 'p{i}', {i}, 0, 0, "
            + $"0, 'ready');UPDATE ingest.file SET status = 'loading' WHERE path = 'p{i - 1}';")));
        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.file_count")).ShouldBeGreaterThan(200);

        await new RetentionLedger(bench.Database.DataSource).RunAsync(new RetentionOptions(), Stop);

        await bench.FilesShouldAgreeAsync();
        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.file_count")).ShouldBe(3);
    }

    [Fact]
    public async Task Only_one_is_at_it()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await using var other = await bench.Database.DataSource.OpenConnectionAsync(Stop);
        await using var transaction = await other.BeginTransactionAsync(Stop);
        await using var take = new Npgsql.NpgsqlCommand("SELECT pg_advisory_xact_lock(5282237776028499970)", other);
        await take.ExecuteNonQueryAsync(Stop);
        var upkeep = new RetentionLedger(bench.Database.DataSource);

        (await upkeep.RunAsync(new RetentionOptions(), Stop)).ShouldBeNull();
        await transaction.CommitAsync(Stop);
        (await upkeep.RunAsync(new RetentionOptions(), Stop)).ShouldNotBeNull();
    }

    static Task SeedAsync(LoadBench bench, int hours) => bench.ExecuteAsync(
        $"""
        INSERT INTO ingest.throughput (step, bucket, pipeline, node, lane, commits, batches, records, rows_loaded, rows_rejected,
            rows_skipped, bytes, read_us, wait_us, copy_us, commit_us, files_finished)
        SELECT 10, ingest.bucket(at, 10), p, n, l, 1 + x, 2 + x, 3 + x, 4 + x, 5 + x, 6 + x, 7 + x, 8 + x, 9 + x, 10 + x, 11 + x,
            12 + x
        FROM generate_series(now() - interval '{hours} h', now(), interval '70 s') WITH ORDINALITY AS s (at, x),
            unnest(ARRAY['test', 'other']) p, unnest(ARRAY['n1', 'n2']) n, generate_series(1, 2) l;
        INSERT INTO ingest.latency (step, bucket, pipeline, node, lane, bin, files)
        SELECT step, bucket, pipeline, node, lane, bin, files_finished + bin FROM ingest.throughput, generate_series(3, 5) bin;
        """);

    static string Lines(int records) => "id,name\n" + string.Concat(Enumerable.Range(1, records).Select(i => $"{i},name {i}\n"));
}
