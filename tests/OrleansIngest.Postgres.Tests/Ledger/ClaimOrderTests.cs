using OrleansIngest.Engine.Ledger;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>Files that arrive now before files that wait for long, and both go on.</summary>
public sealed class ClaimOrderTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(8, 40, 5, "5 live, 3 old")]
    [InlineData(8, 40, 20, "6 live, 2 old")] // a quarter is for the old
    [InlineData(8, 0, 20, "8 live, 0 old")]
    [InlineData(8, 40, 0, "0 live, 8 old")]
    [InlineData(8, 1, 20, "7 live, 1 old")]
    [InlineData(256, 400, 0, "0 live, 224 old")] // an eighth of the node's 256 places stays free
    [InlineData(16, 0, 3, "3 live, 0 old")]
    public async Task Claim_OldAndRecentFiles_DividesThePlaces(int places, int old, int recent, string expected)
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        var node = await bench.StartNodeAsync();
        await AddAsync(bench, old, recent);

        var claims = await node.Files.ClaimAsync("test", node.Id, places, null, Stop);

        $"{claims.Count(IsRecent)} live, {claims.Count(c => !IsRecent(c))} old".ShouldBe(expected);
    }

    [Fact]
    public async Task Claim_OnePlaceAtATime_LetsAnOldFileInEveryFourthTime()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        var node = await bench.StartNodeAsync();
        await AddAsync(bench, 10, 10);
        var order = "";
        for (var i = 0; i < 8; i++) order += IsRecent((await node.Files.ClaimAsync("test", node.Id, 1, null, Stop)).Single())
            ? 'n' : 'o';

        order.ShouldBe("nnnonnno");
    }

    [Fact]
    public async Task Claim_PipelineWhoseOrderMatters_GoesByAge()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int PRIMARY KEY)",
            p => p.Write = Engine.Pipelines.WriteMode.Upsert);
        var node = await bench.StartNodeAsync();
        await AddAsync(bench, 10, 10);

        (await node.Files.ClaimAsync("test", node.Id, 8, null, Stop)).ShouldAllBe(c => !IsRecent(c));
    }

    [Fact]
    public async Task Claim_UntilNothingWaits_ClaimsEachFileOnceInTheOrderOfTheModel()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        var node = await bench.StartNodeAsync();
        var random = new Random(5);
        for (var round = 0; round < 20; round++)
        {
            await bench.ExecuteAsync("DELETE FROM ingest.file");
            var (old, recent) = (random.Next(60), random.Next(60));
            await AddAsync(bench, old, recent);
            var claimed = new HashSet<string>();
            var inWork = 0;
            while (old + recent > 0)
            {
                var places = random.Next(4, 40);
                var live = Math.Min(recent, places - places / 4);
                var waited = Math.Min(old, Math.Clamp(112 - inWork, 0, places - live));
                var more = Math.Min(recent - live, places - live - waited);

                var claims = await node.Files.ClaimAsync("test", node.Id, places, null, Stop);

                (claims.Count(IsRecent), claims.Count(c => !IsRecent(c))).ShouldBe((live + more, waited));
                claims.ShouldAllBe(c => claimed.Add(c.File.Path));
                (old, recent, inWork) = (old - waited, recent - live - more, inWork + claims.Count);
                if (random.Next(2) == 0) continue;
                await bench.ExecuteAsync("UPDATE ingest.file SET status = 'loaded' WHERE status = 'loading'");
                inWork = 0;
            }
        }
    }

    static bool IsRecent(FileClaim claim) => claim.File.Path.Contains("/recent", StringComparison.Ordinal);

    static Task AddAsync(LoadBench bench, int old, int recent) => bench.ExecuteAsync(
        $"""
        INSERT INTO ingest.file (pipeline, path, version, size, mtime_ns, dev, inode, status, ready_at)
        SELECT 'test', '/in/' || kind || n, 1, 10, ((extract(epoch FROM clock_timestamp()) - age) * 1000000000)::bigint + n, 0, 0,
            'ready', clock_timestamp()
        FROM (VALUES ('old', 3600, {old}), ('recent', 5, {recent})) k (kind, age, files), generate_series(1, files) n
        """);
}
