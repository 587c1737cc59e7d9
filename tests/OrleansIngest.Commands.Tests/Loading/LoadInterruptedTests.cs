using OrleansIngest.Commands.Loading;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

/// <summary>What a load says that is interrupted.</summary>
public sealed class LoadInterruptedTests() : CommandTest("CREATE TABLE t (id int)")
{
    const string Configuration =
        """{ "pipelines": [ { "name": "p", "watch": ["in"], "table": "t", "batchRecords": 100, "lanes": 1 } ] }""";

    [Theory]
    [InlineData("The same command continues after the last commit")]
    [InlineData("The same command without --again continues after the last commit", "--again")]
    public async Task RunAsync_Interrupted_SaysWhatIsCommittedAndContinues(string how, params string[] options)
    {
        Temp.Write("ingest.json", Configuration);
        Temp.Write("a.csv", "id\n" + string.Concat(Enumerable.Range(1, 2500).Select(i => $"{i}\n")));
        (await RunAsync("load", "a.csv")).ExitCode.ShouldBe(ExitCode.Done);
        await ForgetAllButTheFirstBatchAsync();
        var committed = (long)(await ScalarAsync("SELECT count(*) FROM t"))!;
        committed.ShouldBeInRange(1, 2499);
        await FillTheDiskAsync();

        var interrupted = await InterruptAsync(["load", "a.csv", .. options]);
        await ExecuteAsync("DROP TRIGGER full_disk ON t");
        var continued = await RunAsync("load", "a.csv");

        interrupted.ExitCode.ShouldBe(ExitCode.Interrupted);
        interrupted.Error.ShouldEndWith($"ingest: interrupted: {committed:N0} rows of 1 file are committed. {how}\n");
        continued.ExitCode.ShouldBe(ExitCode.Done, continued.Error);
        (await ScalarAsync("SELECT count(*) FROM t")).ShouldBe(2500L);
    }

    [Fact]
    public async Task RunAsync_InterruptedBeforeTheFirstCommit_SaysSo()
    {
        Temp.Write("a.csv", "id\n1\n");
        await FillTheDiskAsync();

        var interrupted = await InterruptAsync(["load", "a.csv", "--table", "t"]);

        interrupted.ExitCode.ShouldBe(ExitCode.Interrupted);
        interrupted.Error.ShouldEndWith("ingest: interrupted: nothing is committed\n");
    }

    [Theory]
    [InlineData(1, 1, 1, 0, ": 1 row of 1 file is committed, completely")]
    [InlineData(4, 3, 52_000, 0, ": 52,000 rows of 4 files are committed, 3 of them completely")]
    [InlineData(2, 0, 3, 700, ": 703 rows of 2 files are committed; 700 of these rows become visible when their file is "
        + "complete")]
    public void Describe_Parts(long files, long complete, long rows, long staged, string expected) =>
        new InterruptedLoad(hasPipes: false, isAgain: false).Describe(new CommittedPart(files, complete, rows, staged))
            .ShouldBe($"interrupted{expected}. The same command continues after the last commit");

    [Theory]
    [InlineData(false, false, "interrupted. The same command continues after the last commit")]
    [InlineData(true, false, "interrupted. A pipe cannot be continued: see ingest files")]
    [InlineData(false, true, "interrupted. The same command without --again continues after the last commit")]
    public void Describe_LedgerThatCannotBeRead(bool hasPipes, bool isAgain, string expected) =>
        new InterruptedLoad(hasPipes, isAgain).Describe(null).ShouldBe(expected);

    /// <summary>The ledger as a run leaves it that was stopped after its first batch.</summary>
    Task ForgetAllButTheFirstBatchAsync() => ExecuteAsync(
        """
        DELETE FROM ingest.batch WHERE start_offset > (SELECT min(start_offset) FROM ingest.batch);
        DELETE FROM t WHERE id > (SELECT rows_loaded FROM ingest.batch);
        UPDATE ingest.file SET status = 'ready', finished_at = NULL, sha256 = NULL, rows_loaded = 0, records_read = 0,
            bytes_read = 0
        """);

    /// <summary>From now on a load waits for the database, before its next commit.</summary>
    Task FillTheDiskAsync() => ExecuteAsync(
        """
        CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'the disk is full'; END $$;
        CREATE TRIGGER full_disk BEFORE INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION full_disk()
        """);

    /// <summary>Interrupts the command, as Ctrl-C does, when it loads its file. Always in this process.</summary>
    async Task<CliRun> InterruptAsync(string[] arguments)
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var surroundings = CliRun.Surroundings(Temp.Path);
        var running = new IngestCli(StandaloneCommands.Create())
            .RunAsync([.. arguments, "--db", TestUrl.Of(Database)], surroundings, interrupt.Token);
        while (!running.IsCompleted && await ScalarAsync("SELECT 1 FROM ingest.file WHERE status = 'loading'") is null)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        await interrupt.CancelAsync();
        return new CliRun(await running, surroundings.Output.ToString()!, surroundings.Error.ToString()!);
    }
}
