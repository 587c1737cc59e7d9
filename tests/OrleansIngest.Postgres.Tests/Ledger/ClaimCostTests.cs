using System.Globalization;
using System.Text.RegularExpressions;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>What a claim reads does not grow with the files that were claimed before it.</summary>
public sealed partial class ClaimCostTests
{
    const int Places = 50;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("just now", true)]
    [InlineData("hours ago", true)]
    [InlineData("hours ago", false)]
    public async Task Claim_BehindManyThatWereClaimed_ReadsAsMuchAsTheFirst(string written, bool goesByFloors)
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        var node = await bench.StartNodeAsync();
        await using var plans = new ExplainedPlans(bench.Database.ConnectionString, isMeasured: true);
        var files = new FileLedger(plans.DataSource)
        {
            RecentFirst = _ => goesByFloors,
            Time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider()
        };
        await bench.ExecuteAsync(
            "ALTER TABLE ingest.file SET (autovacuum_enabled = off); UPDATE ingest.node SET capacity = 10000");
        await bench.ExecuteAsync(
            $"""
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status)
            SELECT 'test', 'file ' || n, 1,
                {(written == "just now" ? "((extract(epoch FROM clock_timestamp()) + 3600) * 1000000000)::bigint" : "0")} + n *
                    7919 % 8000, 0, n, 'ready'
            FROM generate_series(1, 8000) n
            """);
        await bench.ExecuteAsync("ANALYZE ingest.file"); // the files lie in another order than they are claimed
        // As long as somebody may still see them, the entries of claimed files stay whole.
        await using var reader = await bench.Database.DataSource.OpenConnectionAsync(Stop);
        await using var transaction = await reader.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, Stop);
        await using (var look = new Npgsql.NpgsqlCommand("SELECT count(*) FROM ingest.file", reader, transaction))
            await look.ExecuteScalarAsync(Stop);

        var first = await ReadAsync();
        for (var claimed = 0; claimed < 6000; claimed += 1000)
            (await files.ClaimAsync("test", node.Id, 1000, null, Stop)).ShouldNotBeEmpty();
        var last = await ReadAsync();

        if (goesByFloors) last.ShouldBeLessThan(2 * first + 500);
        else last.ShouldBeGreaterThan(first + 3000, "this test could not fail");

        async Task<long> ReadAsync()
        {
            var told = await plans.OfAsync(
                async _ => (await files.ClaimAsync("test", node.Id, Places, null, Stop)).Count.ShouldBeInRange(Places / 2,
                    Places));
            var claim = told.Single(plan => plan.Contains("picked", StringComparison.Ordinal));
            return HitsOfWaiting().Matches(claim).Sum(m => long.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task Claim_ManyFilesThatStatisticsDoNotKnow_AreReadFromTheIndex()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        var node = await bench.StartNodeAsync();
        await using var plans = new ExplainedPlans(bench.Database.ConnectionString);
        const string Insert =
            "INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status) SELECT 'test', $1 || n, 1, n, 0, n, $1 "
                + "FROM generate_series(1, 20000) n";
        await bench.ExecuteAsync("ALTER TABLE ingest.file SET (autovacuum_enabled = off)");
        await bench.ExecuteAsync(Insert.Replace("$1", "'loaded'", StringComparison.Ordinal));
        await bench.ExecuteAsync("ANALYZE ingest.file");
        await bench.ExecuteAsync(Insert.Replace("$1", "'ready'", StringComparison.Ordinal));

        var told = await plans.OfAsync(
            db => new FileLedger(db) { RecentFirst = _ => true }.ClaimAsync("test", node.Id, Places, null, Stop));

        var claim = told.Single(plan => plan.Contains("picked", StringComparison.Ordinal));
        claim.ShouldContain("Index Scan using file_waiting");
        claim.ShouldNotContain("Sort");
        claim.ShouldNotContain("Bitmap");
    }

    /// <summary>What the scans of the index of waiting files read; the lines between belong to
    /// the same node of the plan.</summary>
    [GeneratedRegex(@"Index Scan using file_waiting [^\n]*\n(?:(?!->)[^\n])*(?:\n(?:(?!->)[^\n])*)*?Buffers: shared hit=(\d+)")]
    private static partial Regex HitsOfWaiting();
}
