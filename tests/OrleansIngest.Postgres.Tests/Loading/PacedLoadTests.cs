using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Ledger;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>Pipelines that are held to a rate; how long that takes is tested with a clock of its own
/// (TokenBucketTests).</summary>
public sealed class PacedLoadTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Load_RateBelowABatch_CommitsBatchesOfASecondAndSaysSo()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int PRIMARY KEY)",
            p => (p.MaxRowsPerSecond, p.MaxBytesPerSecond) = (5000, 1 << 20));
        var path = bench.Write("a.csv", "id\n" + string.Join('\n', Enumerable.Range(1, 6000)) + "\n");

        var state = (await bench.LoadAsync(path)).Single();

        state.Status.ShouldBe("loaded", state.Reason);
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).ShouldBe(["6000|6000"]);
        (await bench.RowsAsync("SELECT count(*), max(records) FROM ingest.batch")).ShouldBe(["2|5000"]);
        await bench.ExecuteAsync("UPDATE ingest.file SET status = 'loading'");
        var pipeline = (await new PipelineViews(bench.Database.DataSource).CurrentPipelineAsync("test", Stop)).Pipeline!;
        pipeline.StatusReason.ShouldEndWith("Limited to 5,000 rows/s and 1MiB/s.");
    }

    [Fact]
    public async Task Load_SeveralFilesOnTwoNodes_LoadsEachRecordOnce()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int PRIMARY KEY)",
            p => p.MaxRowsPerSecond = 20_000);

        var files = await new StolenClaims(bench, 44) { Nodes = 2 }.LoadAsync(
            6, f => bench.Write($"{f}.csv", "id\n" + string.Join('\n', Enumerable.Range(f * 3000, 3000)) + "\n"));

        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).ShouldBe([$"{files * 3000}|{files * 3000}"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    public void Validate_LimitBelowZero_IsRefused(long rows, long bytes) =>
        new PipelineOptions
        {
            Name = "p",
            Table = "t",
            Watch = ["in"],
            MaxRowsPerSecond = rows,
            MaxBytesPerSecond = bytes
        }.Validate("p").Count.ShouldBe(1);
}
