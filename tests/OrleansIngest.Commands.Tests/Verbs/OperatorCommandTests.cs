using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Verbs;

/// <summary>The operator's verbs and the looks at the ledger, as a script would use them: one database, real loads.</summary>
public sealed class OperatorCommandTests() : CommandTest("CREATE TABLE orders (id int NOT NULL, n int CHECK (n < 100))")
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Temp.Write("ingest.json", """{ "pipelines": [ { "name": "orders", "watch": ["in"], "table": "orders" } ] }""");
    }

    [Fact]
    public async Task Rejects_are_shown_counted_and_replayed()
    {
        Temp.Write("a.csv", "id,n\n1,1\n2,200\nthree,3\n");
        await RunAsync("load", "a.csv");

        var shown = await JsonAsync("rejects", "a.csv", "--status", "open");
        var summary = await JsonAsync("rejects", "--summary");
        await ExecuteAsync("ALTER TABLE orders DROP CONSTRAINT orders_n_check");
        var replay = await RunAsync("replay", "--rejects", "--why", "no limit any more", "--json");
        var plain = await RunAsync("rejects", "--status", "open");

        shown.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("rawRecord").GetString())
            .ShouldBe(["three,3", "2,200"]);
        summary.GetProperty("byReason").EnumerateArray().Select(r => r.GetProperty("reason").GetString())
            .ShouldBe(["bad_value", "constraint"], ignoreOrder: true);
        replay.ExitCode.ShouldBe(ExitCode.Failed, "one is still rejected");
        replay.Output.Trim().ShouldBe("""{"replayed":1,"stillRejected":1}""");
        plain.Output.Split('\n')[0].ShouldBe("ID\tSTATUS\tREASON\tCOLUMN\tPLACE\tDETAIL\tRECORD\tAT");
        plain.Output.ShouldContain("three,3");
        plain.Output.ShouldNotContain("2,200");
        (await ScalarAsync("SELECT count(*) FROM orders")).ShouldBe(2L);
        var history = await JsonAsync("history", "--kind", "operator");
        history.GetProperty("items")[0].GetProperty("who").GetString()
            .ShouldBe($"{Environment.UserName}@{Environment.MachineName}");
        history.GetProperty("items")[0].GetProperty("detail").GetString()!.ShouldContain("no limit any more");
    }

    [Fact]
    public async Task Rejects_of_a_file_that_is_not_there_are_an_error()
    {
        await RunAsync("load", Temp.Write("a.csv", "id,n\nx,1\n"));

        foreach (var command in new[] { "replay --rejects 999", "rejects 999" })
        {
            var run = await RunAsync(command.Split(' '));

            run.ExitCode.ShouldBe(ExitCode.Failed);
            run.Error.ShouldContain("the ledger has no file 999");
        }
    }

    [Fact]
    public async Task Rejects_are_shown_as_issues_and_one_of_them_is_replayed()
    {
        Temp.Write("a.csv", "id,n\n1,1\n2,200\nthree,3\nfour,4\n5,500\n");
        await RunAsync("load", "a.csv");

        var issues = await JsonAsync("rejects", "--issues");
        var plain = await RunAsync("rejects", "--issues");

        issues.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("rejects").GetInt64()).ShouldBe([2, 2]);
        plain.Output.Split('\n')[0].ShouldBe("ISSUE\tREJECTS\tFILES\tPIPELINE\tTABLE\tREASON\tCOLUMN\tMESSAGE\tFIRST\tLAST");
        plain.Output.ShouldContain("invalid input syntax for type integer: \"...\"");
        plain.Error.ShouldContain("4 rejects in 2 issues");
        await ExecuteAsync("ALTER TABLE orders DROP CONSTRAINT orders_n_check");
        var rule = issues.GetProperty("items").EnumerateArray().Single(i => i.GetProperty("reason").GetString() == "constraint")
            .GetProperty("id").GetString()!;
        (await RunAsync("replay", "--rejects", "--issue", rule, "--json")).Output.Trim()
            .ShouldBe("""{"replayed":2,"stillRejected":0}""");
        (await JsonAsync("rejects", "--issues")).GetProperty("rejects").GetInt64().ShouldBe(2);
        (await JsonAsync("rejects", "--issues", "--status", "replayed")).GetProperty("rejects").GetInt64().ShouldBe(2);
        (await RunAsync("rejects", "--issue", "12")).Error.ShouldContain("16 hexadecimal digits");
        (await RunAsync("rejects", "--issues", "--summary")).Error.ShouldContain("cannot be combined");
    }

    /// <summary>A key of an issue is that of its message: two tables can have the same, and a replay must not load the
    /// other's.</summary>
    [Fact]
    public async Task Issue_of_two_tables_has_two_ids_and_is_replayed_for_one()
    {
        await ExecuteAsync("CREATE TABLE others (id int NOT NULL, n int)");
        Temp.Write("a.csv", "id,n\n1,1\nthree,3\n");
        await RunAsync("load", "a.csv");
        await RunAsync("load", "a.csv", "--table", "others");

        var issues = (await RunAsync("rejects", "--issues")).Output.Split('\n')[1..3].Select(line => line.Split('\t')).ToList();
        var key = issues[0][0].Split('-')[0];
        var ambiguous = await RunAsync("replay", "--rejects", "--issue", key);
        await ExecuteAsync("ALTER TABLE others ALTER id TYPE text; ALTER TABLE orders ALTER id TYPE text");
        var id = issues.Single(cells => cells[4].EndsWith("others", StringComparison.Ordinal))[0];
        var replay = await RunAsync("replay", "--rejects", "--issue", id, "--json");

        issues.Select(cells => cells[0]).Distinct().Count().ShouldBe(2);
        issues.ShouldAllBe(cells => cells[0].StartsWith(key, StringComparison.Ordinal));
        ambiguous.ExitCode.ShouldBe(ExitCode.Usage);
        foreach (var cells in issues) ambiguous.Error.ShouldContain($"{cells[0]} (pipeline {cells[3]}, table {cells[4]})");
        replay.Output.Trim().ShouldBe("""{"replayed":1,"stillRejected":0}""");
        (await ScalarAsync("SELECT count(*) FROM orders")).ShouldBe(1L);
        (await ScalarAsync("SELECT count(*) FROM others")).ShouldBe(2L);
        (await RunAsync("rejects", "--issue", id)).Output.ShouldContain("replayed");
        // What is left is one issue, so that the key alone, or with its pipeline, is clear.
        (await RunAsync("replay", "--rejects", "--issue", key, "--pipeline", "orders", "--json")).Output.Trim()
            .ShouldBe("""{"replayed":1,"stillRejected":0}""");
        (await RunAsync("replay", "--rejects", "--issue", id)).Output.ShouldContain("No matching open rejects");
        (await RunAsync("rejects", "--issue", $"{key}-zzzz")).Error.ShouldContain("such as -7f3a");
    }

    [Theory]
    [InlineData("pause ordres")]
    [InlineData("resume ordres")]
    [InlineData("remove load-orders")]
    [InlineData("limit order")]
    [InlineData("status --pipeline load-orders")]
    [InlineData("alerts mute --for 1h --pipeline oders")]
    public async Task Pipeline_name_that_is_mistyped_is_refused_with_the_one_that_is_meant(string command)
    {
        Temp.Write("a.csv", "id,n\n1,1\n");
        await RunAsync("load", "a.csv");

        var run = await RunAsync(command.Split(' '));

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("; did you mean orders?");
    }

    [Fact]
    public async Task Undo_counts_first_and_takes_the_rows_of_a_file_out()
    {
        await ExecuteAsync("ALTER TABLE orders ADD src bigint");
        Temp.Write("a.csv", "id,n\n1,1\n2,2\n");
        Temp.Write("b.csv", "id,n\n3,3\n");
        await RunAsync("load", "b.csv");
        await RunAsync("load", "a.csv", "--metadata", "src={fileId}");

        var trial = await RunAsync("undo", "a.csv", "--dry-run");
        var done = await RunAsync("undo", "a.csv", "--why", "by mistake");
        var other = await RunAsync("undo", "b.csv");

        trial.Output.Trim().ShouldEndWith("a.csv would be undone: 2 rows are removed from orders");
        (done.ExitCode, done.Output.Trim()).ShouldBe((ExitCode.Done, "a.csv is undone: 2 rows are removed from orders"));
        other.ExitCode.ShouldBe(ExitCode.Failed);
        other.Error.ShouldContain("were loaded before the pipeline stored it");
        (await ScalarAsync("SELECT count(*) FROM orders")).ShouldBe(1L);
    }

    [Fact]
    public async Task Replace_of_chosen_files_counts_first_and_puts_new_rows_in_the_place_of_old_ones()
    {
        await ExecuteAsync("ALTER TABLE orders ADD src bigint");
        Directory.CreateDirectory(Path.Combine(Temp.Path, "in"));
        Temp.Write("in/a.csv", "id,n\n1,1\n2,2\n");
        Temp.Write("in/b.csv", "id,n\n3,3\n");
        Temp.Write("in/c.csv", "id,n\n4,4\n");
        await RunAsync("load", "in/a.csv", "in/b.csv", "in/c.csv", "--metadata", "src={fileId}");
        await ExecuteAsync("UPDATE orders SET n = 50");

        var trial = await RunAsync("replay", "--replace", "--glob", "in/[ab].csv", "--since", "1h", "--dry-run");
        var json = await RunAsync("replay", "--replace", "--glob", "in/[ab].csv", "--why", "wrong", "--json");
        await RunAsync("load", "in/a.csv", "in/b.csv", "--metadata", "src={fileId}");
        var none = await RunAsync("replay", "--replace", "--glob", "in/z*");
        var both = await RunAsync("replay", "--replace", "in/a.csv", "--since", "1h");
        var undone = await RunAsync("undo", "--glob", "in/*.csv");

        trial.ExitCode.ShouldBe(ExitCode.Done, trial.Error);
        trial.Output.ShouldContain("a.csv will be loaded again as version 2; 2 rows are removed");
        trial.Output.Trim().ShouldEndWith("in all: 2 files, 3 rows removed");
        JsonDocument.Parse(json.Output).RootElement.GetProperty("items").EnumerateArray()
            .Select(i => i.GetProperty("rows").GetInt64()).ShouldBe([2, 1]);
        (none.ExitCode, none.Error).ShouldSatisfyAllConditions(r => r.ExitCode.ShouldBe(ExitCode.Failed),
            r => r.Error.ShouldContain("no such file"));
        both.ExitCode.ShouldBe(ExitCode.Usage);
        undone.Output.Trim().ShouldEndWith("in all: 3 files, 4 rows removed");
        (await ScalarAsync("SELECT count(*) FROM orders")).ShouldBe(0L);
        (await ScalarAsync("SELECT count(*) FROM ingest.history WHERE kind = 'file.replaced'")).ShouldBe(2L);
    }

    [Fact]
    public async Task Status_and_files_say_what_is_open_and_fall_after_a_replay()
    {
        Temp.Write("bad.csv", "id,n\n2,200\n3,300\n");
        Temp.Write("some.csv", "id,n\n1,1\nfour,4\n");
        Temp.Write("strange.csv", "nonsense\n1\n");
        await RunAsync("load", "bad.csv", "some.csv", "strange.csv");

        var before = await JsonAsync("status");
        var plain = await RunAsync("status");
        var files = await RunAsync("files", "--sort", "path", "--ascending");
        (await JsonAsync("files", "--status", "all-rejected")).GetProperty("total").GetInt64().ShouldBe(1);
        await ExecuteAsync("ALTER TABLE orders DROP CONSTRAINT orders_n_check");
        await RunAsync("replay", "--rejects");
        var after = await JsonAsync("status");
        var bad = await JsonAsync("files", "bad.csv");

        before.GetProperty("attention").GetProperty("text").GetString()
            .ShouldBe("1 file quarantined · 1 file with every record rejected · 1 other open reject");
        plain.Error.ShouldContain("open: 1 file quarantined · 1 file with every record rejected · 1 other open reject");
        Cells(plain.Output, "QUARANTINED", "OPEN REJECTS").ShouldBe(["1 3"]);
        Cells(files.Output, "STATUS", "OPEN REJECTS").ShouldBe(["all-rejected 2", "loaded-with-rejects 1", "quarantined 0"]);
        after.GetProperty("attention").GetProperty("text").GetString().ShouldBe("1 file quarantined · 1 open reject");
        (bad.GetProperty("status").GetString(), bad.GetProperty("state").GetString(),
            bad.GetProperty("openRejects").GetInt64()).ShouldBe(("loaded", "loaded", 0));
    }

    [Fact]
    public async Task Quarantined_file_is_shown_with_its_reason_retried_and_loaded()
    {
        Temp.Write("a.csv", "nonsense\n1\n");
        (await RunAsync("load", "a.csv")).ExitCode.ShouldBe(ExitCode.Failed);

        var files = await JsonAsync("files", "--status", "quarantined,failed");
        await ExecuteAsync("ALTER TABLE orders ADD nonsense int; ALTER TABLE orders ALTER id DROP NOT NULL");
        var retry = await RunAsync("retry", "a.csv", "--why", "column added");
        var twice = await RunAsync("retry", "a.csv");
        var load = await RunAsync("load", "a.csv");
        var one = await JsonAsync("files", "a.csv");

        files.GetProperty("items")[0].GetProperty("reason").GetString()!.ShouldContain("nonsense");
        (retry.ExitCode, twice.ExitCode, load.ExitCode).ShouldBe((ExitCode.Done, ExitCode.Done, ExitCode.Done),
            retry.Error + twice.Error + load.Error);
        retry.Output.ShouldBe($"a.csv is ready to be loaded{Environment.NewLine}");
        twice.Output.ShouldBe($"a.csv is already waiting to be loaded{Environment.NewLine}");
        one.GetProperty("status").GetString().ShouldBe("loaded");
        one.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("kind").GetString()).ShouldContain("operator.retry");
    }

    [Fact]
    public async Task Loaded_file_is_loaded_again_only_with_again()
    {
        Temp.Write("a.csv", "id,n\n1,1\n");
        await RunAsync("load", "a.csv");

        var refused = await RunAsync("replay", "a.csv");
        var again = await RunAsync("replay", "a.csv", "--again", "--json");
        await RunAsync("load", "a.csv");

        refused.ExitCode.ShouldBe(ExitCode.Failed);
        refused.Error.ShouldContain("twice");
        JsonDocument.Parse(again.Output).RootElement.GetProperty("items")[0].GetProperty("outcome").GetString().ShouldBe("done");
        (await ScalarAsync("SELECT count(*) FROM orders")).ShouldBe(2L);
    }

    [Fact]
    public async Task Verbs_on_what_the_ledger_does_not_know_do_the_rest_and_fail()
    {
        Temp.Write("a.csv", "id,n\nx,1\n");
        Temp.Write("b.csv", "id,n\n1,1\n");
        await RunAsync("load", "a.csv");

        var skip = await RunAsync("skip", "nonesuch.csv", "999999", "--json");
        var pause = await RunAsync("pause", "orders", "nonesuch");
        var status = await JsonAsync("status");

        skip.ExitCode.ShouldBe(ExitCode.Failed);
        JsonDocument.Parse(skip.Output).RootElement.GetProperty("items").EnumerateArray()
            .Select(i => i.GetProperty("outcome").GetString()).ShouldBe(["unknown", "unknown"]);
        pause.ExitCode.ShouldBe(ExitCode.Failed);
        pause.Output.ShouldContain("orders is paused");
        pause.Error.ShouldContain("nonesuch is not in the ledger");
        status.GetProperty("pipelines")[0].GetProperty("status").GetString().ShouldBe("paused");
        (await RunAsync("resume", "orders")).ExitCode.ShouldBe(ExitCode.Done);
    }

    /// <summary>A pause would be shown, and would stop nothing.</summary>
    [Fact]
    public async Task Pause_PipelineThatOnlyLoadUses_IsRefused()
    {
        await ExecuteAsync("CREATE TABLE other (id int)");
        await RunAsync("load", Temp.Write("a.csv", "id\n1\n"), "--table", "other");

        var refused = await RunAsync("pause", "load-other");
        var history = await ScalarAsync("SELECT count(*) FROM ingest.history WHERE kind = 'operator.pause'");
        await ExecuteAsync("UPDATE ingest.pipeline SET paused = true"); // as older programs did
        var status = await JsonAsync("status");
        var resumed = await RunAsync("resume", "load-other");
        await ExecuteAsync("UPDATE ingest.pipeline SET coordinated_at = clock_timestamp()"); // a silo runs it
        var paused = await RunAsync("pause", "load-other");

        (refused.ExitCode, refused.Error).ShouldBe((ExitCode.Failed,
            "load-other cannot be paused: only `ingest load` loads its files, and a pause stops only silos\n"));
        history.ShouldBe(0L);
        status.GetProperty("pipelines")[0].GetProperty("status").GetString().ShouldBe("load");
        resumed.ExitCode.ShouldBe(ExitCode.Done, resumed.Error);
        (paused.ExitCode, (await JsonAsync("status")).GetProperty("pipelines")[0].GetProperty("status").GetString())
            .ShouldBe((ExitCode.Done, "paused"));
    }

    [Theory]
    [InlineData("status", "PIPELINE\tSTATUS\t")]
    [InlineData("files", "FILE\tPIPELINE\tSTATUS\t")]
    [InlineData("history", "AT\tKIND\t")]
    [InlineData("nodes", "NODE\tKIND\tSTATE\t")]
    public async Task Looks_are_columns_between_tabs_when_piped(string command, string head)
    {
        Temp.Write("a\u001b[31m.csv", "id,n\n1,1\n");
        await RunAsync("load", "a\u001b[31m.csv");
        await RunAsync("pause", "orders");

        var run = await RunAsync(command);

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Output.ShouldStartWith(head);
        run.Output.ShouldNotContain('\u001b');
        run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Watch_looks_again_until_it_is_interrupted_and_that_is_no_failure()
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var lines = new InterruptingWriter(interrupt, afterLines: 3);
        var surroundings = CliRun.Surroundings(Temp.Path) with { Output = lines };

        var exitCode = await new IngestCli(StandaloneCommands.Create()).RunAsync(
            ["nodes", "--watch", "--json", "--db", TestUrl.Of(Database)], surroundings, interrupt.Token);

        exitCode.ShouldBe(ExitCode.Done);
        lines.Lines.Count.ShouldBe(3);
        lines.Lines.ShouldAllBe(l => l.StartsWith("{\"items\":["));
    }

    [Theory]
    [InlineData("replay")]
    [InlineData("replay", "a.csv", "--since", "1h")]
    [InlineData("replay", "--rejects", "--again")]
    [InlineData("replay", "--rejects", "--glob", "x")]
    [InlineData("replay", "--again", "--replace", "x")]
    [InlineData("undo")]
    [InlineData("files", "--status", "lost")]
    [InlineData("files", "--after", "!")]
    [InlineData("history", "--since", "yesterday-ish")]
    [InlineData("pause")]
    public async Task Wrong_usage_is_told_before_anything_is_done(params string[] arguments) =>
        (await RunAsync(arguments)).ExitCode.ShouldBe(ExitCode.Usage);

    [Fact]
    public async Task Database_without_a_ledger_is_said_to_need_migrate()
    {
        await using var empty = await TestPostgres.CreateDatabaseAsync(withSchema: false);

        foreach (var command in new string[][] { ["status"], ["files"], ["rejects"], ["history"], ["nodes"], ["pause", "x"],
            ["retry", "1"] })
        {
            var run = await CliRun.InAsync(Temp.Path, [.. command, "--db", TestUrl.Of(empty)]);
            run.ExitCode.ShouldBe(ExitCode.Failed, command[0]);
            run.Error.ShouldContain("ingest migrate", customMessage: command[0]);
        }
    }

    /// <summary>These columns of a table between tabs, row by row.</summary>
    static string[] Cells(string table, params string[] columns)
    {
        var rows = table.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.TrimEnd('\r').Split('\t')).ToArray();
        return [.. rows.Skip(1).Select(row => string.Join(' ', columns.Select(c => row[Array.IndexOf(rows[0], c)])))];
    }

    /// <summary>Interrupts the program, as Ctrl-C does, when it has written so many lines.</summary>
    sealed class InterruptingWriter(CancellationTokenSource interrupt, int afterLines) : StringWriter
    {
        public List<string> Lines { get; } = [];

        public override void WriteLine(string? value)
        {
            Lines.Add(value ?? "");
            if (Lines.Count == afterLines) interrupt.Cancel();
        }
    }
}
