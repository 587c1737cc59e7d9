using OrleansIngest.Engine.Ledger;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>What is counted while files load.</summary>
public sealed class ThroughputTests
{
    const string Table = "CREATE TABLE t (id int NOT NULL, name text)";

    [Fact]
    public async Task Files_of_every_kind_are_counted_as_the_ledger_has_them()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 50);
        var small = Enumerable.Range(0, 30).Select(i => bench.Write($"small{i}.csv", Lines(i)));
        string[] others =
        [
            bench.Write("large.csv", Lines(1000)), bench.Write("bad.csv", "id,name\nx,y\n\n1,one\n"),
            bench.Write("empty.csv", ""),
            bench.Write("wrong.csv", "nothing,of,it\n"),
        ];

        await bench.LoadAsync([.. small, .. others]);

        await bench.CountsShouldAgreeAsync();
        (await bench.RowsAsync(
            "SELECT sum(files_finished), sum(rows_rejected), sum(rows_skipped), sum(bytes) > 10000, max(step) FROM "
                + "ingest.throughput")).ShouldBe(["33|1|1|True|10"]);
        (await bench.RowsAsync("SELECT status, files FROM ingest.file_total ORDER BY status")).ShouldBe(
            ["loaded|33", "quarantined|1"]);
        (await bench.ScalarAsync<bool>("SELECT sum(commits) BETWEEN 1 AND sum(batches) FROM ingest.throughput")).ShouldBeTrue();
    }

    [Fact]
    public async Task Ledger_of_version_1_is_counted_when_it_is_migrated()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 50);
        await bench.LoadAsync(bench.Write("a.csv", Lines(120)), bench.Write("b.csv", Lines(5)), bench.Write("c.csv", "wrong\n"));
        await bench.ExecuteAsync(
            """
            DROP TABLE ingest.throughput, ingest.throughput_folded, ingest.latency, ingest.file_count CASCADE;
            UPDATE ingest.schema_version SET version = 1, checksum = 'old';
            """);

        (await Migrations.ApplyAsync(bench.Database.DataSource, TestContext.Current.CancellationToken)).ShouldBeTrue();

        await bench.CountsShouldAgreeAsync();
        await bench.ExecuteAsync("UPDATE ingest.schema_version SET checksum = 'changed'");
        (await Migrations.ApplyAsync(bench.Database.DataSource, TestContext.Current.CancellationToken)).ShouldBeTrue();
        await bench.CountsShouldAgreeAsync();
    }

    [Theory]
    [InlineData("1 ms", 0)]
    [InlineData("1.1 ms", 1)]
    [InlineData("2 ms", 2)]
    [InlineData("100 ms", 14)] // 2^6.64
    [InlineData("-5 s", 0)]
    [InlineData("400 d", 60)]
    public async Task Latency_falls_into_the_bin_that_ends_at_or_above_it(string latency, int bin)
    {
        await using var bench = await LoadBench.CreateAsync(Table);

        (await bench.ScalarAsync<int>($"SELECT ingest.latency_bin('{latency}')")).ShouldBe(bin);
    }

    [Theory]
    [InlineData("12:00:01", "12:00:01")] // written shortly before it was seen
    [InlineData("12:00:07", "12:00:07")] // still written when it was seen
    [InlineData("09:00:00", "12:00:05")] // an old file, moved here
    [InlineData("13:00:00", "12:00:05")] // a clock that is ahead
    public async Task File_is_in_place_since_its_last_write_when_that_can_be_believed(string written, string inPlace)
    {
        await using var bench = await LoadBench.CreateAsync(Table);

        (await bench.ScalarAsync<bool>(
            $"""
            SELECT ingest.in_place((extract(epoch FROM timestamptz '2024-01-01 {written}Z') * 1000000000)::bigint,
                '2024-01-01 12:00:05Z', '2024-01-01 12:00:10Z')
                = '2024-01-01 {inPlace}Z'
            """)).ShouldBeTrue();
    }

    [Fact]
    public async Task Files_that_come_and_go_are_counted_by_their_state()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await bench.LoadAsync(bench.Write("a.csv", Lines(3)), bench.Write("b.csv", Lines(5)));

        await bench.ExecuteAsync(
            """
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status)
                SELECT 'test', n::text, n, 0, 0, 0, 'ready' FROM generate_series(1, 300) n;
            UPDATE ingest.file SET size = size + 1 WHERE status = 'ready' AND path::int <= 10;
            UPDATE ingest.file SET status = 'ignored' WHERE status = 'ready' AND path::int > 200;
            DELETE FROM ingest.file WHERE status = 'ignored' AND path::int > 250;
            UPDATE ingest.file SET reason = 'x';
            """);

        await bench.FilesShouldAgreeAsync();
        (await bench.RowsAsync("SELECT status, files FROM ingest.file_total ORDER BY status")).ShouldBe(
            ["ignored|50", "loaded|2", "ready|200"]);
    }

    static string Lines(int records) => "id,name\n" + string.Concat(Enumerable.Range(1, records).Select(i => $"{i},name {i}\n"));
}
