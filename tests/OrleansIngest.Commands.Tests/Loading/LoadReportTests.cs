using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using OrleansIngest.Commands.Loading;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

/// <summary>The summary of <c>ingest load</c>, and its exit code.</summary>
public sealed partial class LoadReportTests()
    : CommandTest("CREATE TABLE d (id int, v numeric); CREATE TABLE n (name text, city text)")
{
    const string AllRejected = "id;v\n1;1,5\n2;2,5\n";

    /// <summary>The ledger as a run leaves it that was stopped after its first batch.</summary>
    [Fact]
    public async Task RunAsync_InterruptedFile_ReportsTheRowsOfThisRun()
    {
        Temp.Write("ingest.json",
            """{ "pipelines": [ { "name": "p", "watch": ["in"], "table": "d", "batchRecords": 100, "lanes": 1 } ] }""");
        Temp.Write("a.csv", "id,v\n" + string.Concat(Enumerable.Range(1, 2500).Select(i => $"{i},1\n")));
        (await RunAsync("load", "a.csv")).ExitCode.ShouldBe(ExitCode.Done);
        await ExecuteAsync(
            """
            DELETE FROM ingest.batch WHERE start_offset > (SELECT min(start_offset) FROM ingest.batch);
            DELETE FROM d WHERE id > (SELECT rows_loaded FROM ingest.batch);
            UPDATE ingest.file SET status = 'ready', finished_at = NULL, sha256 = NULL, rows_loaded = 0, records_read = 0,
                bytes_read = 0
            """);
        var before = (long)(await ScalarAsync("SELECT count(*) FROM d"))!;

        var run = await RunAsync("load", "a.csv");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        before.ShouldBeInRange(1, 2499);
        run.Output.ShouldContain(
            $"1 file loaded into d, continued after the last commit: {2500 - before:N0} rows now, 2,500 in total, 0 rejected");
        var match = Rate().Match(run.Output);
        var (seconds, rate) = (double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture),
            double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
        (rate * seconds).ShouldBeInRange((2500 - before) * 0.5, (2500 - before) * 1.5);
        (await ScalarAsync("SELECT count(*) FROM d")).ShouldBe(2500L);
    }

    [GeneratedRegex(@"in ([0-9.]+) s \(([0-9,]+) rows/s\)")]
    private static partial Regex Rate();

    [Fact]
    public async Task RunAsync_EveryRecordOfAFileRejected_FailsAndSaysSo()
    {
        Temp.Write("dec.csv", AllRejected);
        Temp.Write("good.csv", "id;v\n3;3\n");

        var run = await RunAsync("load", "dec.csv", "good.csv", "--table", "d");

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldBe($"ingest: every record of {Temp["dec.csv"]} was rejected\n");
        run.Output.ShouldContain("2 files loaded into d: 1 row, 2 rejected");
    }

    [Theory]
    [InlineData("1", ExitCode.Done)]
    [InlineData("0.9", ExitCode.Failed)]
    public async Task RunAsync_MaxRejectedShare_DecidesInsteadOfTheFile(string share, int expected)
    {
        Temp.Write("dec.csv", AllRejected);

        (await RunAsync("load", "dec.csv", "--table", "d", "--max-rejected-share", share)).ExitCode.ShouldBe(expected);
    }

    [Fact]
    public async Task RunAsync_SkippedFileWithOpenRejects_SaysHowToLoadThem()
    {
        Temp.Write("dec.csv", AllRejected);
        Temp.Write("part.csv", "id;v\n3;3\n4;x\n");
        await RunAsync("load", "dec.csv", "part.csv", "--table", "d");

        var one = await RunAsync("load", "dec.csv", "--table", "d", "--decimal", ",");
        var both = await RunAsync("load", "dec.csv", "part.csv", "--table", "d");
        var json = JsonDocument.Parse((await RunAsync("load", "dec.csv", "--table", "d", "--json")).Output).RootElement;
        var again = await RunAsync("load", "dec.csv", "--table", "d", "--decimal", ",", "--again");

        one.Output.ShouldBe(
            "1 of 1 file skipped: already loaded\n"
            + "2 records of it are open rejects. To map them again: ingest replay --rejects --pipeline load-d. To load the file "
            + "with other options: ingest load --again\n");
        both.Output.ShouldContain("3 records of 2 skipped files are open rejects.");
        both.Output.ShouldContain("ingest load --again, which adds their 1 loaded row a second time\n");
        json.GetProperty("skippedRejects").GetInt64().ShouldBe(2);
        again.Output.ShouldContain("1 file loaded into d: 2 rows, 0 rejected");
    }

    [Fact]
    public async Task RunAsync_FilesThatFailed_AreCountedOnceWithTheCommandThatShowsThem()
    {
        Temp.Write("in/a.csv", "id,v\n1,1\n");
        Temp.Write("in/b.csv", "x,y\n1,1\n");
        Temp.Write("in/c.csv", "x,y\n2,1\n");

        var run = await RunAsync("load", "in", "--table", "d");
        var logged = await RunAsync("load", "in", "--table", "d", "--log-level", "warn");

        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Output.ShouldContain("1 file loaded into d: 1 row");
        run.Output.ShouldContain("2 of 3 files quarantined: ingest files --status quarantined --pipeline load-d\n");
        run.Error.Split('\n').Count(line => line.Contains("b.csv", StringComparison.Ordinal)).ShouldBe(1);
        logged.Error.Split('\n').Count(line => line.Contains("b.csv", StringComparison.Ordinal)).ShouldBe(2);
        (await RunAsync("files", "--status", "quarantined", "--pipeline", "load-d")).Output.ShouldContain("b.csv");
    }

    [Fact]
    public async Task RunAsync_ManyFilesThatFailed_PrintsFiveReasonsEachOnceAndHowManyFilesHaveOthers()
    {
        for (var i = 1; i <= 3; i++) Temp.Write($"in/a{i}.csv", $"x,y\n{i},1\n");
        for (var i = 1; i <= 9; i++) Temp.Write($"in/b{i}.csv", $"field{i},y\n1,1\n");

        var run = await RunAsync("load", "in", "--table", "d");
        var json = await RunAsync("load", "in", "--table", "d", "--again", "--json");

        var lines = run.Error.TrimEnd().Split('\n');
        lines[0].ShouldStartWith($"{Temp["in/a1.csv"]} and 2 other files: quarantined: ");
        lines[1..5].Select(line => line.Split(": quarantined: ")[0]).ShouldBe(
            Enumerable.Range(1, 4).Select(i => Temp[$"in/b{i}.csv"]));
        lines[5..].ShouldBe(["and 5 more: ingest files --status quarantined --pipeline load-d"]);
        run.Output.ShouldContain("12 of 12 files quarantined");
        json.Error.Split('\n').Count(line => line.Contains(".csv", StringComparison.Ordinal)).ShouldBe(12);
        JsonDocument.Parse(json.Output).RootElement.GetProperty("filesFailed").GetInt32().ShouldBe(12);
    }

    [Fact]
    public async Task RunAsync_FilesThatAnOperatorHolds_ShareALineThatNamesTheCommandForOne()
    {
        for (var i = 1; i <= 2; i++) Temp.Write($"in/a{i}.csv", $"x,y\n{i},1\n");
        await RunAsync("load", "in", "--table", "d");
        (await RunAsync("skip", "in/a1.csv", "in/a2.csv", "--why", "wait")).ExitCode.ShouldBe(ExitCode.Done);

        var run = await RunAsync("load", "in", "--table", "d");

        run.Error.ShouldBe($"{Temp["in/a1.csv"]} and 1 other file: ignored: skip by {CliContext.Who}: wait. "
            + $"To load one of them: ingest replay {Temp["in/a1.csv"]}, then repeat this command\n");
    }

    [Theory]
    [InlineData("d")]
    [InlineData("missing", "--create")]
    public async Task RunAsync_EmptyDirectory_SaysThatNoFileMatches(string table, params string[] more)
    {
        Directory.CreateDirectory(Temp["empty"]);

        var run = await RunAsync(["load", "empty", "--table", table, .. more]);
        var json = await RunAsync(["load", "empty", "--table", table, "--json", .. more]);

        (run.ExitCode, run.Output, run.Error).ShouldBe((ExitCode.Done, "no matching files\n", ""));
        JsonDocument.Parse(json.Output).RootElement.GetProperty("files").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task RunAsync_LettersOfWindows1252_AreNamed()
    {
        await File.WriteAllBytesAsync(Temp["l1.csv"],
            System.Text.Encoding.Latin1.GetBytes("name,city\nAnn,Ulm\nJosé,München\n"));
        const string Note = "note  l1.csv is not UTF-8; if it is windows-1252: --encoding windows-1252\n";

        var run = await RunAsync("load", "l1.csv", "--table", "n");
        var told = await RunAsync("load", "l1.csv", "--table", "n", "--encoding", "windows-1252", "--again");

        run.Output.ShouldContain("invalid_utf8: l1.csv line 3");
        run.Output.ShouldContain(Note);
        told.Output.ShouldContain("2 rows, 0 rejected");
        told.Output.ShouldNotContain(Note);
    }

    [Theory]
    [InlineData(5, true, true, "/work", "./ingest psql", "")]
    [InlineData(5, false, true, "/work", "", "./ingest psql")]
    [InlineData(5, true, true, "/other", "/other/ingest psql", "")]
    [InlineData(5, true, true, null, "ingest psql", "")]
    [InlineData(5, false, false, "/work", "", "")]
    [InlineData(0, true, true, "/work", "", "")]
    public void HintAtPsql_OnlyForAPersonWhoLoadedRows(
        long rows, bool outputIsTerminal, bool errorIsTerminal, string? root, string output, string error)
    {
        var surroundings = CliRun.Surroundings("/work", root is null ? [] : [("INGEST_ROOT", root)]) with
        {
            OutputIsTerminal = outputIsTerminal,
            ErrorIsTerminal = errorIsTerminal,
        };

        LoadReport.HintAtPsql(surroundings, rows);

        surroundings.Output.ToString().ShouldBe(output.Length == 0 ? "" : $"To query the data: {output}\n");
        surroundings.Error.ToString().ShouldBe(error.Length == 0 ? "" : $"To query the data: {error}\n");
    }
}
