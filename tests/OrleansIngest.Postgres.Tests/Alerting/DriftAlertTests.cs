using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Alerting;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Alerting;

public sealed class DriftAlertTests
{
    [Fact]
    public async Task Evaluate_FieldsWithoutAColumn_FiresOnceAndEndsWithItsTime()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, note text)",
            p => p.ExtraColumns = ExtraColumnPolicy.Add);
        await using var alerts = new AlertMonitor(bench.Database.DataSource, new AlertingOptions(), "monitor-1",
            TimeProvider.System, NullLogger.Instance);
        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n"));
        await alerts.EvaluateAsync(TestContext.Current.CancellationToken);
        (await bench.RowsAsync("SELECT kind FROM ingest.drift")).ShouldBe(["missing"]);
        (await bench.RowsAsync("SELECT rule FROM ingest.alert")).ShouldBeEmpty(
            "a column that stays NULL is no reason for an alert");

        await bench.LoadAsync(bench.Write("b.csv", "id,x\n1,2\n"));
        await alerts.EvaluateAsync(TestContext.Current.CancellationToken);
        await alerts.EvaluateAsync(TestContext.Current.CancellationToken);

        (await bench.RowsAsync("SELECT rule, pipeline, severity, message FROM ingest.alert")).ShouldBe(
            ["drift|test|warning|Files of pipeline test differ from its table: 1 difference in the last 24 h, most recently: "
                + "column x bigint was added to public.t"]);
        await bench.ExecuteAsync("UPDATE ingest.drift SET at = at - interval '25 h'");
        await alerts.EvaluateAsync(TestContext.Current.CancellationToken);
        await bench.ExecuteAsync("UPDATE ingest.alert SET quiet_since = quiet_since - interval '31 s'");
        await alerts.EvaluateAsync(TestContext.Current.CancellationToken);
        (await bench.RowsAsync("SELECT count(*) FROM ingest.alert WHERE resolved_at IS NULL")).ShouldBe(["0"]);
    }
}
