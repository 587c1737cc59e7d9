using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using OrleansIngest.Engine.Alerting;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Loading;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Alerting;

/// <summary>Alerts from a real ledger to a real HTTP server.</summary>
public sealed class AlertMonitorTests
{
    const string Table = "CREATE TABLE t (id int NOT NULL, name text)";
    const string Alerts =
        "SELECT rule, coalesce(pipeline, node), severity, resolved_at IS NOT NULL FROM ingest.alert ORDER BY alert_id";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stalled_pipeline_fires_once_and_ends_once_however_often_it_is_judged()
    {
        await using var bench = await BenchAsync();
        await using var alerts = Monitor(bench);
        await bench.ExecuteAsync(
            "INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, discovered_at, ready_at) VALUES "
                + "('test', 'x', 1, 0, 0, 0, 'ready', now(), now() - interval '6 min')");

        for (var i = 0; i < 3; i++) await alerts.EvaluateAsync(Stop);

        (await bench.RowsAsync(Alerts)).ShouldBe(["stalled|test|critical|False"]);
        await bench.ExecuteAsync("UPDATE ingest.file SET status = 'loaded', finished_at = now()");
        for (var i = 0; i < 3; i++) await alerts.EvaluateAsync(Stop);
        (await bench.RowsAsync(Alerts)).ShouldBe(["stalled|test|critical|False"], "it may come back within half a minute");
        await bench.ExecuteAsync("UPDATE ingest.alert SET quiet_since = quiet_since - interval '31 s'");
        for (var i = 0; i < 3; i++) await alerts.EvaluateAsync(Stop);
        (await bench.RowsAsync(Alerts)).ShouldBe(["stalled|test|critical|True"]);
        (await bench.RowsAsync(
            "SELECT kind, pipeline FROM ingest.history WHERE kind LIKE 'alert.%' ORDER BY history_id")).ShouldBe(
                ["alert.fired|test", "alert.resolved|test"]);
    }

    [Fact]
    public async Task Each_rule_finds_its_condition_in_the_ledger()
    {
        await using var bench = await BenchAsync(p => (p.Alerts.NoFileBy, p.Alerts.RejectMinimum) = ("00:00", 10));
        await using var alerts = Monitor(bench);
        await alerts.EvaluateAsync(Stop);
        (await bench.RowsAsync(Alerts)).ShouldBe(["no-file-by|test|warning|False"]);

        await bench.LoadAsync(bench.Write("a.csv",
            "id,name\n" + string.Concat(Enumerable.Range(1, 10).Select(i => $"{(i > 8 ? "x" : i)},n\n"))));
        await bench.ExecuteAsync(
            """
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, discovered_at, next_attempt_at)
                VALUES ('test', 'x', 1, 0, 0, 0, 'failed', now() - interval '61 min', now() + interval '1 h');
            INSERT INTO ingest.node (node, kind, host, pid, version, cores, memory_bytes, lanes, capacity, state, lock_key,
                started_at, left_at) VALUES
                ('gone', 'silo', 'a', 1, '1', 1, 1, 1, 1, 'dead', 1, now() - interval '2 h', now() - interval '1 min'),
                ('replaced', 'silo', 'b', 1, '1', 1, 1, 1, 1, 'dead', 1, now() - interval '2 h', now() - interval '1 min'),
                ('successor', 'silo', 'b', 2, '1', 1, 1, 1, 1, 'alive', 1, now(), NULL),
                ('long ago', 'silo', 'c', 1, '1', 1, 1, 1, 1, 'dead', 1, now() - interval '9 h', now() - interval '2 h');
            INSERT INTO ingest.node (node, kind, host, pid, version, cores, memory_bytes, lanes, capacity, state, lock_key,
                started_at, heartbeat_at) VALUES
                ('unjudged', 'silo', 'd', 1, '1', 1, 1, 1, 1, 'alive', 1, now() - interval '2 h', now() - interval '1 min'),
                ('slow', 'silo', 'e', 1, '1', 1, 1, 1, 1, 'alive', 1, now() - interval '2 h', now() - interval '10 s');
            """);
        await alerts.EvaluateAsync(Stop);
        await bench.ExecuteAsync("UPDATE ingest.alert SET quiet_since = quiet_since - interval '31 s'");
        await alerts.EvaluateAsync(Stop);

        (await bench.RowsAsync(Alerts)).Order().ShouldBe(
            ["dead-node|gone|warning|False", "dead-node|unjudged|warning|False", "no-file-by|test|warning|True",
                "oldest-file|test|warning|False", "reject-rate|test|warning|False"]);
        (await bench.RowsAsync("SELECT value, threshold FROM ingest.alert WHERE rule = 'reject-rate'")).ShouldBe(["20|10"]);
    }

    [Fact]
    public async Task Evaluate_SmallFileThatLostEveryRecord_IsAnAlertHoweverManyGoodRecordsThereAre()
    {
        await using var bench = await BenchAsync();
        await using var alerts = Monitor(bench);
        await bench.LoadAsync(bench.Write("good.csv",
            "id,name\n" + string.Concat(Enumerable.Range(1, 1000).Select(i => $"{i},n\n"))));
        await bench.LoadAsync(bench.Write("some.csv", "id,name\n1,n\n2,n\nx,n\n")); // a third
        await alerts.EvaluateAsync(Stop);
        (await bench.RowsAsync(Alerts)).ShouldBeEmpty();

        await bench.LoadAsync(bench.Write("all-bad.csv", "id,name\nx,n\ny,n\n"));
        await alerts.EvaluateAsync(Stop);

        (await bench.RowsAsync("SELECT rule, severity, message, value, threshold FROM ingest.alert"))
            .ShouldBe(["reject-file|critical|2 of 2 records of all-bad.csv (pipeline test) are rejected|100|50"]);

        await bench.LoadAsync(bench.Write("later.csv", "id,name\nx,n\ny,n\nz,n\n"));
        await alerts.EvaluateAsync(Stop);

        (await bench.RowsAsync("SELECT message, fired_message FROM ingest.alert")).Single().ShouldSatisfyAllConditions(
            row => row.Split('|')[0].ShouldContain("later.csv"), row => row.Split('|')[1].ShouldContain("all-bad.csv"));
        // A report dates it with what was known at that time.
        (await bench.RowsAsync("SELECT detail FROM ingest.report_event(now() - interval '1 h', now(), 'test')"))
            .ShouldBe(["2 of 2 records of all-bad.csv (pipeline test) are rejected"]);
    }

    [Fact]
    public async Task Evaluate_QuarantinedFile_IsAnAlertUntilItIsMended()
    {
        await using var bench = await BenchAsync();
        await using var alerts = Monitor(bench);
        await bench.LoadAsync(bench.Write("strange.csv", "wrong\n1\n"));
        await alerts.EvaluateAsync(Stop);
        (await bench.RowsAsync("SELECT rule, severity, message FROM ingest.alert")).ShouldBe(
            ["quarantined|critical|1 file of pipeline test is quarantined: strange.csv"]);

        await bench.LoadAsync(bench.Write("strange.csv", "id,name\n1,a\n"));
        await QuietAsync(bench, alerts);

        (await bench.RowsAsync(Alerts)).ShouldBe(["quarantined|test|critical|True"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(500)] // open rejects of long ago are none of the window's
    public async Task Evaluate_RejectsThatWereReplayed_NoLongerCount(int older)
    {
        await using var bench = await BenchAsync();
        await using var alerts = Monitor(bench);
        await bench.ExecuteAsync(
            $"""
            INSERT INTO corrupt_records (raw_record, file, file_id, line, record_number, byte_offset, reason, detail, pipeline,
                ingestion_time)
            SELECT 'x', 'x', 0, n, n, n, 'bad_value', '', 'test', now() - interval '2 h' FROM generate_series(1, {older}) n
            """);
        await bench.LoadAsync(bench.Write("a.csv",
            "id,name\n" + string.Concat(Enumerable.Range(1, 200).Select(i => $"{(i > 90 ? "x" : "")}{i},n\n"))));
        await alerts.EvaluateAsync(Stop);
        (await bench.RowsAsync(Alerts)).Order().ShouldBe(["reject-file|test|warning|False", "reject-rate|test|warning|False"]);

        await bench.ExecuteAsync("UPDATE corrupt_records SET status = 'replayed' WHERE file_id > 0");
        await QuietAsync(bench, alerts);

        (await bench.RowsAsync(Alerts)).Order().ShouldBe(["reject-file|test|warning|True", "reject-rate|test|warning|True"]);
    }

    [Fact]
    public async Task Many_monitors_at_once_fire_once_and_tell_once()
    {
        await using var bench = await BenchAsync();
        await using var receiver = await HttpReceiver.StartAsync();
        await bench.ExecuteAsync(
            "INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, discovered_at) VALUES ('test', 'x', 1, "
                + "0, 0, 0, 'ready', now() - interval '2 h')");
        var monitors = Enumerable.Range(0, 4).Select(_ => Monitor(bench, receiver.Address)).ToArray();

        await Task.WhenAll(monitors.Select(async m =>
        {
            for (var i = 0; i < 5; i++)
            {
                await m.EvaluateAsync(Stop);
                await m.NotifyAsync(Stop);
            }
        }));

        (await bench.RowsAsync(Alerts)).Order().ShouldBe(["oldest-file|test|warning|False", "stalled|test|critical|False"]);
        receiver.Received.Select(r => Json(r).GetProperty("alert").GetProperty("rule").GetString()).Order()
            .ShouldBe(["oldest-file", "stalled"]);
        foreach (var monitor in monitors) await monitor.DisposeAsync();
    }

    [Fact]
    public async Task Webhook_that_fails_is_told_again_and_hears_of_the_end_after_the_beginning()
    {
        await using var bench = await BenchAsync();
        await using var receiver = await HttpReceiver.StartAsync();
        receiver.Answer = _ => Task.FromResult(HttpStatusCode.ServiceUnavailable);
        await using var alerts = Monitor(bench, receiver.Address);
        await bench.ExecuteAsync(
            "INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, discovered_at, ready_at) VALUES "
                + "('test', 'x', 1, 0, 0, 0, 'ready', now(), now() - interval '6 min')");
        await alerts.EvaluateAsync(Stop);

        await alerts.NotifyAsync(Stop);
        await alerts.NotifyAsync(Stop); // not due yet
        receiver.Received.Count.ShouldBe(1);
        await bench.ExecuteAsync("UPDATE ingest.file SET status = 'loaded', finished_at = now()");
        await alerts.EvaluateAsync(Stop);
        await bench.ExecuteAsync("UPDATE ingest.alert SET quiet_since = quiet_since - interval '31 s'");
        await alerts.EvaluateAsync(Stop);
        receiver.Answer = _ => Task.FromResult(HttpStatusCode.NoContent);
        await bench.ExecuteAsync("UPDATE ingest.alert SET next_tell_at = now()");
        for (var i = 0; i < 3; i++) await alerts.NotifyAsync(Stop);

        receiver.Received.Select(r => Json(r).GetProperty("event").GetString()).ShouldBe(["fired", "fired", "resolved"]);
        var last = Json(receiver.Received.Last());
        last.GetProperty("text").GetString()!.ShouldStartWith("resolved: 1 file of pipeline test");
        last.GetProperty("alert").GetProperty("pipeline").GetString().ShouldBe("test");
        receiver.Received.ShouldAllBe(r => r.Method == "POST" && r.Headers["Content-Type"] == "application/json");
    }

    [Fact]
    public async Task Webhook_that_never_answers_is_given_up_after_its_time_and_nothing_waits_for_it()
    {
        await using var bench = await BenchAsync();
        await using var receiver = await HttpReceiver.StartAsync();
        var hang = new TaskCompletionSource<HttpStatusCode>();
        receiver.Answer = _ => hang.Task;
        await using var alerts = Monitor(bench, receiver.Address);
        await bench.ExecuteAsync(
            "INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, discovered_at, ready_at) VALUES "
                + "('test', 'x', 1, 0, 0, 0, 'ready', now(), now() - interval '6 min')");
        await alerts.EvaluateAsync(Stop);

        var telling = alerts.NotifyAsync(Stop);
        await bench.LoadAsync(bench.Write("a.csv", "id,name\n1,one\n")); // loading knows nothing of it
        await alerts.EvaluateAsync(Stop);
        await telling;

        (await bench.RowsAsync("SELECT fired_told_at IS NULL, tell_attempts FROM ingest.alert")).ShouldBe(["True|1"]);
        hang.SetResult(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Database_that_is_away_is_told_from_memory_and_noted_when_it_is_back()
    {
        await using var bench = await BenchAsync();
        await using var receiver = await HttpReceiver.StartAsync();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var server = new NpgsqlConnectionStringBuilder(bench.Database.ConnectionString);
        var (port, way) = (server.Port, new CuttingProxy(server.Port, cuts: 0));
        server.Port = way.Port;
        await using var source = NpgsqlDataSource.Create(server.ConnectionString);
        await using var alerts = Monitor(bench, receiver.Address, time, source);
        await alerts.EvaluateAsync(Stop);
        await way.DisposeAsync();
        await alerts.EvaluateAsync(Stop);
        time.Advance(TimeSpan.FromSeconds(59));
        await alerts.EvaluateAsync(Stop);
        receiver.Received.ShouldBeEmpty();

        time.Advance(TimeSpan.FromSeconds(2));
        await alerts.EvaluateAsync(Stop);
        await alerts.EvaluateAsync(Stop);
        receiver.Received.Select(r => Json(r).GetProperty("alert").GetProperty("rule").GetString()).ShouldBe(["database-away"]);
        await using var back = new CuttingProxy(port, cuts: 0, listen: server.Port);
        await alerts.EvaluateAsync(Stop);
        await alerts.EvaluateAsync(Stop);
        await alerts.NotifyAsync(Stop);

        (await bench.RowsAsync(Alerts)).ShouldBe(["database-away|monitor-1|critical|True"]);
        receiver.Received.Select(r => Json(r).GetProperty("event").GetString()).ShouldBe(["fired", "resolved"]);
        (await bench.RowsAsync("SELECT kind FROM ingest.history WHERE kind LIKE 'alert.%' ORDER BY at")).ShouldBe(
            ["alert.fired", "alert.resolved"]);
    }

    [Fact]
    public async Task Ledger_that_may_not_be_written_is_no_database_that_is_away()
    {
        await using var bench = await BenchAsync();
        await using var receiver = await HttpReceiver.StartAsync();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var alerts = Monitor(bench, receiver.Address, time);
        await bench.ExecuteAsync("ALTER TABLE ingest.alert RENAME TO hidden");

        for (var i = 0; i < 3; i++)
        {
            await Should.ThrowAsync<PostgresException>(() => alerts.EvaluateAsync(Stop));
            time.Advance(TimeSpan.FromMinutes(2));
        }

        receiver.Received.ShouldBeEmpty();
    }

    /// <summary>Judges as long as an alert has to be quiet before it is over.</summary>
    static async Task QuietAsync(LoadBench bench, AlertMonitor alerts)
    {
        await alerts.EvaluateAsync(Stop);
        await bench.ExecuteAsync("UPDATE ingest.alert SET quiet_since = quiet_since - interval '31 s'");
        await alerts.EvaluateAsync(Stop);
    }

    static async Task<LoadBench> BenchAsync(Action<PipelineOptions>? change = null)
    {
        var bench = await LoadBench.CreateAsync(Table, change);
        await bench.StartNodeAsync();
        return bench;
    }

    [Fact]
    public async Task Start_DatabaseWithoutALedger_SaysWhatToDo()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(withSchema: false);
        var log = new FirstLine();
        await using var alerts = new AlertMonitor(
            database.DataSource, new AlertingOptions(), "monitor-1", TimeProvider.System, log);

        alerts.Start();

        var line = await log.Line.Task.WaitAsync(TimeSpan.FromMinutes(1), Stop);
        line.ShouldContain("lacks the ledger's tables");
        line.ShouldEndWith("run ingest migrate");
        line.ShouldNotContain("POSITION");
    }

    sealed class FirstLine : ILogger
    {
        public TaskCompletionSource<string> Line { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Line.TrySetResult(formatter(state, exception));
    }

    static AlertMonitor Monitor(LoadBench bench, Uri? webhook = null, TimeProvider? time = null,
        NpgsqlDataSource? source = null) => new(
        source ?? bench.Database.DataSource, new AlertingOptions
        {
            Webhook = webhook?.ToString(),
            WebhookTimeout = TimeSpan.FromSeconds(2)
        }, "monitor-1", time ?? TimeProvider.System, NullLogger.Instance);

    static JsonElement Json(ReceivedRequest request) => JsonDocument.Parse(request.Text).RootElement;
}
