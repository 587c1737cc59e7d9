using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Alerting;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Loading;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Alerting;

public sealed class ExpectedFilesTests
{
    const string Alerts = "SELECT rule, pipeline, value, threshold, resolved_at IS NOT NULL FROM ingest.alert ORDER BY alert_id";
    const string LongAgo = "UPDATE ingest.expectation SET since = now() - interval '10 d'";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Evaluate_WindowWithoutEnoughFiles_IsOneAlertAcrossNodesAndRestartsAndALateFileEndsIt()
    {
        await using var bench = await BenchAsync(atLeast: 2);
        await EvaluateAsync(bench);
        (await bench.RowsAsync(Alerts)).ShouldBeEmpty("nothing was expected when the last window ended");
        await bench.ExecuteAsync(LongAgo);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => EvaluateAsync(bench))); // each is a program of its own
        await EvaluateAsync(bench);
        (await bench.RowsAsync(Alerts)).ShouldBe(["expected|test|0|2|False"]);

        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n"));
        await EvaluateAsync(bench);
        (await bench.RowsAsync(Alerts)).ShouldBe(["expected|test|1|2|False"]);

        await bench.LoadAsync(bench.Write("b.csv", "id\n2\n"));
        await EvaluateAsync(bench);
        await bench.ExecuteAsync("UPDATE ingest.alert SET quiet_since = quiet_since - interval '31 s'");
        await EvaluateAsync(bench);
        (await bench.RowsAsync(Alerts)).ShouldBe(["expected|test|1|2|True"]);
    }

    [Fact]
    public async Task Evaluate_FilesThatWaitAndFilesOfBefore_AreToldApart()
    {
        await using var bench = await BenchAsync(atLeast: 1);
        await EvaluateAsync(bench);
        await bench.ExecuteAsync(LongAgo);
        await bench.ExecuteAsync(
            """
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, discovered_at, finished_at)
                VALUES ('test', 'old', 1, 0, 0, 0, 'loaded', now() - interval '9 d', now());
            """);
        await EvaluateAsync(bench);
        (await bench.RowsAsync(Alerts)).ShouldBe(["expected|test|0|1|False"],
            "a file of long ago that ended just now did not come now");

        await bench.ExecuteAsync(
            "INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status) VALUES ('test', 'new', 1, 0, 0, 0, "
                + "'discovered')");
        await EvaluateAsync(bench);
        await bench.ExecuteAsync("UPDATE ingest.alert SET quiet_since = quiet_since - interval '31 s'");
        await EvaluateAsync(bench);
        (await bench.RowsAsync(Alerts)).ShouldBe(["expected|test|0|1|True"]);
    }

    [Fact]
    public async Task Evaluate_OtherTerms_BeginAnew()
    {
        await using var bench = await BenchAsync(atLeast: 1);
        await EvaluateAsync(bench);
        await bench.ExecuteAsync(LongAgo);
        await bench.ExecuteAsync("UPDATE ingest.pipeline SET config = jsonb_set(config, '{expect,atLeast}', '5')");

        await EvaluateAsync(bench);

        (await bench.RowsAsync(Alerts)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Overview_ExpectedFiles_SaysByWhen()
    {
        await using var bench = await BenchAsync(atLeast: 1);
        var before = await bench.ScalarAsync<DateTime>("SELECT now()");

        var next = (await new PipelineViews(bench.Database.DataSource).CurrentOverviewAsync(
            Stop)).Pipelines.Single().NextExpectedAt;

        next.ShouldNotBeNull().UtcDateTime.ShouldBeInRange(before, before.AddDays(1).AddMinutes(1));
        next.Value.TimeOfDay.ShouldBe(new TimeSpan(7, 0, 0));
    }

    [Fact]
    public async Task Evaluate_FileThatCannotBeArchived_IsAnAlertAfterFiveAttempts()
    {
        await using var bench = await BenchAsync(atLeast: 1);
        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n"));
        await bench.ExecuteAsync(
            "INSERT INTO ingest.disposal SELECT file_id, 'test', 'archive', '/x', 4, now(), 'n', 'no space' FROM ingest.file");
        await EvaluateAsync(bench);
        (await bench.RowsAsync(Alerts)).ShouldBeEmpty();

        await bench.ExecuteAsync("UPDATE ingest.disposal SET attempts = 5");
        await EvaluateAsync(bench);

        (await bench.RowsAsync("SELECT rule, message FROM ingest.alert"))
            .ShouldBe(
                ["disposal|1 file of pipeline test cannot be archived or deleted; the rows are loaded. Most recently: no space"]);
    }

    static async Task<LoadBench> BenchAsync(int atLeast)
    {
        var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)",
            p => p.Expect = new ExpectOptions { By = "07:00", AtLeast = atLeast });
        await bench.StartNodeAsync(); // notes the pipeline
        return bench;
    }

    static async Task EvaluateAsync(LoadBench bench)
    {
        await using var monitor = new AlertMonitor(bench.Database.DataSource, new AlertingOptions(), "test", TimeProvider.System,
            NullLogger.Instance);
        await monitor.EvaluateAsync(Stop);
    }
}
