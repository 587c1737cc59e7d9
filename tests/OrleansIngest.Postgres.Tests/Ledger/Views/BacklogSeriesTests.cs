using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger.Views;

/// <summary>How many files waited, and when.</summary>
public sealed class BacklogSeriesTests
{
    const string Table = "CREATE TABLE t (id int NOT NULL)";

    /// <summary>Three files of 7 bytes arrive; one of them is loaded some minutes later.</summary>
    const string Past =
        """
        UPDATE ingest.backlog_recorded SET since = now() - interval '60 d';
        TRUNCATE ingest.file_count;
        INSERT INTO ingest.pipeline (name, config) VALUES ('test', '{{}}') ON CONFLICT DO NOTHING;
        INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status)
            SELECT 'test', n::text, 7, 0, 0, 0, 'ready' FROM generate_series(1, 3) n;
        UPDATE ingest.file_count SET at = now() - interval '{0}';
        UPDATE ingest.file SET status = 'loading' WHERE path = '1';
        UPDATE ingest.file_count SET at = now() - interval '{1}' WHERE at > now() - interval '{1}';
        """;

    /// <summary>As many rows as are merged.</summary>
    const string Many =
        "INSERT INTO ingest.file_count (pipeline, status, files, bytes) SELECT 'test', 'ready', 0, 0 FROM "
            + "generate_series(1, 200)";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Backlog_has_a_past_which_merging_keeps()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await bench.ExecuteAsync(Text(Past, "10 min", "5 min"));
        TimeSpan[] ages = [TimeSpan.FromMinutes(12), TimeSpan.FromMinutes(7), TimeSpan.FromMinutes(2), TimeSpan.Zero];

        (await ReadAsync(bench, TimeSpan.FromMinutes(14), ages)).ShouldBe([(0, 0), (3, 21), (2, 14), (2, 14)]);

        await bench.ExecuteAsync(Many);
        await new RetentionLedger(bench.Database.DataSource).RunAsync(new RetentionOptions(), Stop);
        (await bench.RowsAsync("SELECT step, files, bytes FROM ingest.backlog_change ORDER BY bucket")).ShouldBe(
            ["10|3|21", "10|-1|-7"]);
        (await ReadAsync(bench, TimeSpan.FromMinutes(14), ages)).ShouldBe([(0, 0), (3, 21), (2, 14), (2, 14)]);
        // a range that begins between the changes, and one that is all after them
        (await ReadAsync(bench, TimeSpan.FromMinutes(8), ages[1..])).ShouldBe([(3, 21), (2, 14), (2, 14)]);
        (await ReadAsync(bench, TimeSpan.FromMinutes(3), ages[2..])).ShouldBe([(2, 14), (2, 14)]);
    }

    [Fact]
    public async Task Old_changes_are_merged_into_hours()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await bench.ExecuteAsync(Text(Past, "10 d", "5 d") + Many);
        var retention = new RetentionLedger(bench.Database.DataSource);

        for (var i = 0; i < 3; i++) await retention.RunAsync(new RetentionOptions(), Stop);

        (await bench.RowsAsync("SELECT step, files FROM ingest.backlog_change ORDER BY bucket")).ShouldBe(["3600|3", "3600|-1"]);
        (await ReadAsync(bench, TimeSpan.FromDays(14),
            [TimeSpan.FromDays(12), TimeSpan.FromDays(7), TimeSpan.FromDays(2), TimeSpan.Zero]))
            .ShouldBe([(0, 0), (3, 21), (2, 14), (2, 14)]);
        (await retention.RunAsync(new RetentionOptions(), Stop)).ShouldBe(0, "nothing changes, nothing is written");
    }

    [Fact]
    public async Task Ledger_without_a_record_of_the_backlog_has_one_from_its_migration_on()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await bench.ExecuteAsync(
            Text(Past, "10 min", "5 min") +
            """
            ALTER TABLE ingest.file_count DROP COLUMN at;
            DROP TABLE ingest.backlog_change, ingest.backlog_recorded;
            UPDATE ingest.schema_version SET checksum = 'old';
            """);

        (await Migrations.ApplyAsync(bench.Database.DataSource, Stop)).ShouldBeTrue();

        await bench.FilesShouldAgreeAsync();
        (await ReadAsync(bench, TimeSpan.FromMinutes(14), [TimeSpan.FromMinutes(7), TimeSpan.Zero])).ShouldBe(
            [(null, null), (2, 14)]);
    }

    /// <summary>The backlog some time ago, files and bytes.</summary>
    static async Task<(long?, long?)[]> ReadAsync(LoadBench bench, TimeSpan range, TimeSpan[] ages)
    {
        var now = await bench.ScalarAsync<DateTime>("SELECT now()");
        var series = await new SeriesViews(bench.Database.DataSource).ReadAsync("test", now - range, now, 300, Stop);
        var test = series.Pipelines["test"];
        return [.. ages.Select(age =>
        {
            var at = (int)((new DateTimeOffset(now - age) - series.From).TotalSeconds / series.StepSeconds);
            return (test.BacklogFiles[Math.Min(at, series.T.Length - 1)], test.BacklogBytes[Math.Min(at, series.T.Length - 1)]);
        })];
    }

    static string Text(string format, params object[] values) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, format, values);
}
