using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

/// <summary>An explicit load of files that the ledger has quarantined or ignored.</summary>
public sealed class LoadRetryTests() : CommandTest("CREATE TABLE t (id int NOT NULL, v text)")
{
    [Fact]
    public async Task RunAsync_QuarantinedFile_IsTriedAgainWithTheOptionsOfThisCall()
    {
        Temp.Write("e.csv", "id;v\n1;x\n2;y\n");

        var wrong = await LoadAsync("e.csv", "--delimiter", ",");
        var right = await LoadAsync("e.csv", "--delimiter", ";");
        var again = await LoadAsync("e.csv", "--delimiter", ";");

        (wrong.ExitCode, right.ExitCode, again.ExitCode).ShouldBe((ExitCode.Failed, ExitCode.Done, ExitCode.Done), right.Error);
        right.Output.ShouldContain("1 file loaded into t: 2 rows, 0 rejected");
        right.Error.ShouldBeEmpty();
        again.Output.ShouldBe("1 of 1 file skipped: already loaded\n");
        (await ScalarAsync("SELECT count(*) FROM t")).ShouldBe(2L);
        ((string)(await ScalarAsync("SELECT who || ': ' || detail FROM ingest.history WHERE kind = 'operator.retry'"))!)
            .ShouldBe($"{CliContext.Who}: 1 file of pipeline load-t: ready to be loaded (load)");
    }

    [Fact]
    public async Task RunAsync_QuarantinedFile_IsTriedAgainWithTheTableAsItIsNow()
    {
        Temp.Write("in/a.csv", "id,v,w\n1,x,2\n");

        var wrong = await LoadAsync("in", "--extra-columns", "quarantine");
        var still = await LoadAsync("in", "--extra-columns", "quarantine");
        await ExecuteAsync("ALTER TABLE t ADD w int");
        var right = await LoadAsync("in", "--extra-columns", "quarantine");

        (wrong.ExitCode, still.ExitCode, right.ExitCode).ShouldBe((ExitCode.Failed, ExitCode.Failed, ExitCode.Done), right.Error);
        still.Error.ShouldContain("a.csv: quarantined: ");
        (await ScalarAsync("SELECT w FROM t")).ShouldBe(2);
    }

    [Fact]
    public async Task RunAsync_FileThatExceededALimit_IsLoadedWithoutTheLimit()
    {
        Temp.Write("a.csv", "id,v\n1,x\nz,y\n");

        var strict = await LoadAsync("a.csv", "--max-rejected", "0");
        var plain = await LoadAsync("a.csv");

        (strict.ExitCode, plain.ExitCode).ShouldBe((ExitCode.Failed, ExitCode.Done), plain.Error);
        plain.Output.ShouldContain("1 row, 1 rejected");
        (await ScalarAsync("SELECT count(*) FROM t")).ShouldBe(1L);
    }

    [Theory]
    [InlineData("quarantine", "quarantined: quarantine by ", "retry")]
    [InlineData("skip", "ignored: skip by ", "replay")]
    public async Task RunAsync_FileThatAnOperatorHolds_StaysAndTheMessageNamesTheCommand(
        string verb, string state, string release)
    {
        var path = Temp.Write("e.csv", "id;v\n1;x\n");
        await LoadAsync("e.csv", "--delimiter", ",");
        (await RunAsync("retry", "e.csv")).ExitCode.ShouldBe(ExitCode.Done);
        (await RunAsync(verb, "e.csv", "--why", "wait")).ExitCode.ShouldBe(ExitCode.Done);

        var held = await LoadAsync("e.csv");
        (await RunAsync(release, "e.csv")).ExitCode.ShouldBe(ExitCode.Done);
        var released = await LoadAsync("e.csv");

        held.ExitCode.ShouldBe(ExitCode.Failed);
        held.Error.ShouldContain(
            $"e.csv: {state}{CliContext.Who}: wait. To load it: ingest {release} {path}, then repeat this command");
        released.ExitCode.ShouldBe(ExitCode.Done, released.Error);
        (await ScalarAsync("SELECT count(*) FROM t")).ShouldBe(1L);
    }

    [Fact]
    public async Task RunAsync_UndoneFile_StaysAndTheMessageNamesReplay()
    {
        await ExecuteAsync("ALTER TABLE t ADD src bigint");
        var path = Temp.Write("a.csv", "id,v\n1,x\n");
        string[] origin = ["--metadata", "src={fileId}"];
        (await LoadAsync(["a.csv", .. origin])).ExitCode.ShouldBe(ExitCode.Done);
        (await RunAsync("undo", "a.csv")).ExitCode.ShouldBe(ExitCode.Done);

        var undone = await LoadAsync(["a.csv", .. origin]);

        undone.ExitCode.ShouldBe(ExitCode.Failed);
        undone.Error.ShouldContain($". To load it: ingest replay {path}, then repeat this command");
        (await ScalarAsync("SELECT count(*) FROM t")).ShouldBe(0L);
    }

    /// <summary>With <c>onChange: quarantine</c> an operator decides, not the next scheduled load of the directory.</summary>
    [Fact]
    public async Task RunAsync_ChangedFileThatIsHeld_StaysHeld()
    {
        Temp.Write("a.csv", "id,v\n1,x\n");
        await LoadAsync("a.csv");
        Temp.Write("a.csv", "id,v\n1,x\n2,y\n");

        await LoadAsync("a.csv", "--on-change", "quarantine");
        var held = await LoadAsync("a.csv", "--on-change", "quarantine");
        (await ScalarAsync("SELECT count(*) FROM t")).ShouldBe(1L);
        (await RunAsync("retry", "a.csv")).ExitCode.ShouldBe(ExitCode.Done);
        var released = await LoadAsync("a.csv", "--on-change", "quarantine");

        held.ExitCode.ShouldBe(ExitCode.Failed);
        held.Error.ShouldContain("To load it: ingest retry ");
        released.ExitCode.ShouldBe(ExitCode.Done, released.Error);
        (await ScalarAsync("SELECT count(*) FROM t")).ShouldBe(3L);
    }

    Task<CliRun> LoadAsync(string name, params string[] more) => LoadAsync([name, .. more]);

    Task<CliRun> LoadAsync(string[] arguments) => RunAsync(["load", .. arguments, "--table", "t"]);
}
