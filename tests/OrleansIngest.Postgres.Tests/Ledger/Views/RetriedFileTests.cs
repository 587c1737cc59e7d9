using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger.Views;

/// <summary>A file that was in quarantine for an hour did not take an hour to load.</summary>
public sealed class RetriedFileTests
{
    const double HalfAnHour = 30 * 60 * 1000;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Times_OfAFileThatWasRetried_BeginWithTheRetry()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, customer text)");
        var path = bench.Write("a.csv", "id,who\n1,Ann\n");
        File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1));
        await bench.ExecuteAsync("ALTER TABLE t ALTER customer SET NOT NULL");
        var file = (await bench.LoadAsync(path)).ShouldHaveSingleItem();
        file.Status.ShouldBe("quarantined");
        foreach (var column in (string[])["discovered_at", "ready_at", "claimed_at", "started_at", "finished_at"])
            await bench.ExecuteAsync($"UPDATE ingest.file SET {column} = {column} - interval '1 h'");
        var before = await ReadAsync(bench, file.FileId);
        await bench.ExecuteAsync("ALTER TABLE t ALTER customer DROP NOT NULL");

        var retried = await new OperatorLedger(bench.Database.DataSource).ApplyAsync(
            FileVerb.Retry, file.FileId, new OperatorAct("ann", null), Token);
        retried.Outcome.ShouldBe(VerbOutcome.Done);
        (await bench.LoadAsync(path)).ShouldHaveSingleItem().Status.ShouldBe("loaded");

        var after = await ReadAsync(bench, file.FileId);
        before.DurationMs.ShouldNotBeNull().ShouldBeLessThan(HalfAnHour);
        (after.Status, after.StartedAt).ShouldBe(("loaded", before.StartedAt));
        after.DurationMs.ShouldNotBeNull().ShouldBeLessThan(HalfAnHour);
        after.LatencyMs.ShouldNotBeNull().ShouldBeLessThan(HalfAnHour);
        var series = await new SeriesViews(bench.Database.DataSource).ReadAsync("test", null, null, 300, Token);
        series.Pipelines["test"].LatencyP99Ms.Max().ShouldNotBeNull().ShouldBeLessThan(HalfAnHour);
        (await bench.ScalarAsync<int>("SELECT max(bin) FROM ingest.latency"))
            .ShouldBeLessThan(await bench.ScalarAsync<int>("SELECT ingest.latency_bin(interval '30 min')"));
    }

    /// <summary>Nobody loaded it in the meantime.</summary>
    [Fact]
    public async Task Duration_OfAFileThatWasSkippedLater_IsUnknown()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int NOT NULL)");
        var file = (await bench.LoadAsync(bench.Write("a.csv", "no\n1\n"))).ShouldHaveSingleItem();

        await new OperatorLedger(bench.Database.DataSource).ApplyAsync(
            FileVerb.Skip, file.FileId, new OperatorAct("ann", null), Token);

        (await ReadAsync(bench, file.FileId)).DurationMs.ShouldBeNull();
    }

    static async Task<FileRow> ReadAsync(LoadBench bench, FileId file) =>
        (await new FileViews(bench.Database.DataSource).FindAsync(file, Token)).ShouldNotBeNull();
}
