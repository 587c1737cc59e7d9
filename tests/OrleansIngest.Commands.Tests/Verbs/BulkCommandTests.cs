using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Verbs;

/// <summary>Verbs for all files in a state, and the commands about alerts, in a terminal.</summary>
public sealed class BulkCommandTests() : CommandTest(Files)
{
    const string Files =
        """
        INSERT INTO ingest.pipeline (name, config) VALUES ('orders', '{"name": "orders", "table": "t", "watch": ["/in"]}'), (
            'other', '{}');
        INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status)
        SELECT p, format('/in/%s-%s', p, n), 1, 0, 0, n, s
            FROM (VALUES ('orders', 'quarantined', 3), ('other', 'quarantined', 1), ('orders', 'loaded', 2)) v (p, s, many),
            LATERAL generate_series(10 * length(s), 10 * length(s) + many - 1) n;
        INSERT INTO ingest.alert (rule, pipeline, severity, message) VALUES (
            'quarantined', 'orders', 'warning', '3 files are quarantined');
        """;

    [Fact]
    public async Task Retry_ByState_ReportsFirstAndThenDoesIt()
    {
        var report = await RunAsync("retry", "--state", "quarantined", "--pipeline", "orders");
        var before = await ScalarAsync("SELECT count(*) FROM ingest.file WHERE status = 'ready'");
        var upTo = report.Output.Split("--up-to ")[1].Split(' ')[0];
        await ExecuteAsync(
            "INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status) VALUES ('orders', '/in/late', 1, 0, 0, "
                + "0, 'quarantined')");
        var done = await RunAsync(
            "retry", "--state", "quarantined", "--pipeline", "orders", "--up-to", upTo, "--yes", "--why", "mended");

        report.ExitCode.ShouldBe(ExitCode.Failed, "nothing is done yet");
        report.Output.ShouldStartWith("This would change 3 files of pipeline orders, quarantined: ready to be loaded.\n");
        before.ShouldBe(0L);
        (done.ExitCode, done.Output).ShouldBe((ExitCode.Done, "3 files of pipeline orders, quarantined: ready to be loaded.\n"));
        (await ScalarAsync("SELECT count(*) FROM ingest.file WHERE status = 'ready'")).ShouldBe(3L);
        (await ScalarAsync("SELECT status FROM ingest.file WHERE path = '/in/late'")).ShouldBe("quarantined");
        (await ScalarAsync("SELECT detail FROM ingest.history")).ShouldBe(
            "3 files of pipeline orders, quarantined: ready to be loaded (mended)");
    }

    [Fact]
    public async Task Skip_ByState_SaysWhichFilesStayAsTheyAre()
    {
        var report = await RunAsync("skip", "--state", "quarantined,loaded", "--search", "orders");

        report.Output.ShouldContain("This would change 3 files, quarantined or loaded, with 'orders' in their path: skipped.");
        report.Output.ShouldContain("2 files, loaded, stay as they are: file ");
    }

    [Theory]
    [InlineData("retry --state vanished", "No matching files.\n")]
    [InlineData("retry --state vanished --yes", "No matching files.\n")]
    [InlineData("retry --state loaded", "No matching file would change.\n2 files, loaded, stay as they are: file ")]
    [InlineData("retry --state loaded --yes", "No matching file has changed.\n2 files, loaded, stay as they are: file ")]
    public async Task Verb_NothingToChange_SaysSo(string line, string expected)
    {
        var run = await RunAsync(line.Split(' '));

        run.Output.ShouldStartWith(expected);
        run.ExitCode.ShouldBe(ExitCode.Done);
    }

    [Fact]
    public async Task ReplayRejects_NoneMatches_SaysSo() =>
        (await RunAsync("replay", "--rejects")).Output.ShouldBe("No matching open rejects.\n");

    /// <summary>The files are ready, and nothing will load them: silos are stopped, or the pipeline is paused.</summary>
    [Fact]
    public async Task Retry_NoProcessLoadsTheFiles_SaysWhy()
    {
        var stopped = await RunAsync("retry", "/in/orders-110", "--pipeline", "orders");
        await RunAsync("pause", "orders", "--why", "maintenance");
        var paused = await RunAsync("retry", "--state", "quarantined", "--pipeline", "orders", "--yes");
        await ExecuteAsync("UPDATE ingest.pipeline SET paused = false, coordinated_at = clock_timestamp()");
        var replayed = await RunAsync("replay", "--again", "/in/orders-60");

        stopped.Error.ShouldBe("not loaded yet: no silo runs pipeline orders: start one with `ingest up`\n");
        paused.Error.ShouldMatch("^not loaded yet: pipeline orders is paused by .*: maintenance\n$");
        (replayed.ExitCode, replayed.Error).ShouldBe((ExitCode.Done, ""));
    }

    [Fact]
    public async Task Files_Waiting_SayWhy()
    {
        await ExecuteAsync(
            """
            UPDATE ingest.file SET status = 'ready' WHERE status = 'quarantined';
            UPDATE ingest.pipeline SET coordinated_at = clock_timestamp() WHERE name = 'other';
            """);
        var stopped = await RunAsync("files", "--pipeline", "orders", "--status", "ready");
        var file = await RunAsync("files", "1");
        var loading = await RunAsync("files", "--pipeline", "other");
        await RunAsync("pause", "orders", "--why", "maintenance");
        var paused = await RunAsync("files", "1");

        stopped.Output.Split('\n')[1].ShouldEndWith("no silo runs pipeline orders: start one with `ingest up`");
        file.Output.ShouldContain("why\tno silo runs pipeline orders: start one with `ingest up`");
        loading.Output.Split('\n')[1].ShouldEndWith("\t");
        paused.Output.ShouldMatch("why\tpipeline orders is paused by .*: maintenance");
    }

    [Fact]
    public async Task Replay_ByState_LoadsLoadedFilesAgain()
    {
        var done = await RunAsync("replay", "--state", "loaded", "--pipeline", "orders", "--yes", "--json");

        var report = JsonSerializer.Deserialize<JsonElement>(done.Output);
        (report.GetProperty("files").GetInt64(), report.GetProperty("matching").GetInt64()).ShouldBe((2, 2));
        (await ScalarAsync("SELECT count(*) FROM ingest.file WHERE version = 2 AND status = 'ready'")).ShouldBe(2L);
    }

    [Theory]
    [InlineData("retry")]
    [InlineData("retry", "a.csv", "--state", "quarantined")]
    [InlineData("retry", "a.csv", "--yes")]
    [InlineData("skip", "--pipeline", "orders")]
    [InlineData("skip", "--state", "lost")]
    [InlineData("undo", "--state", "loaded", "--since", "1h")]
    [InlineData("replay", "--state", "loaded", "--glob", "x")]
    [InlineData("replay", "--rejects", "--state", "loaded")]
    [InlineData("alerts")]
    [InlineData("alerts", "mute")]
    [InlineData("alerts", "mute", "--for", "8")]
    [InlineData("alerts", "mute", "--for", "8h", "--rule", "loud")]
    [InlineData("alerts", "ack", "first")]
    public async Task WrongUsage_IsToldBeforeAnythingIsDone(params string[] arguments)
    {
        (await RunAsync(arguments)).ExitCode.ShouldBe(ExitCode.Usage);
        (await ScalarAsync("SELECT count(*) FROM ingest.history")).ShouldBe(0L);
    }

    [Fact]
    public async Task Alerts_AreListedAcknowledgedAndMuted()
    {
        var listed = await RunAsync("alerts", "list");
        var number = listed.Output.Split('\n')[1].Split('\t')[0];
        var ack = await RunAsync("alerts", "ack", number, "4711", "--why", "asked");
        var acknowledged = await RunAsync("alerts", "list");
        var mute = await RunAsync("alerts", "mute", "--for", "8h", "--pipeline", "orders", "--rule", "quarantined");
        var muted = await RunAsync("alerts", "list");
        var mutes = await RunAsync("alerts", "mutes");
        var unmute = await RunAsync("alerts", "unmute", mutes.Output.Split('\n')[1].Split('\t')[0]);

        listed.Output.Split('\n')[0].ShouldBe("ALERT\tSEVERITY\tRULE\tPIPELINE\tSTATE\tSINCE\tMESSAGE");
        ack.ExitCode.ShouldBe(ExitCode.Failed, "one is unknown");
        ack.Output.ShouldBe($"alert {number} is acknowledged\n");
        acknowledged.Output.ShouldContain("acknowledged by ");
        mute.Output.ShouldContain("quarantined alerts of pipeline orders are muted until ");
        muted.Output.ShouldContain("muted until ");
        mutes.Output.ShouldContain("quarantined\torders\t");
        unmute.ExitCode.ShouldBe(ExitCode.Done);
        (await RunAsync("alerts", "mutes")).Output.ShouldNotContain("quarantined");
        (await RunAsync("alerts", "mute", "--for", "8h", "--pipeline", "tset")).ExitCode.ShouldBe(ExitCode.Failed);
    }
}
