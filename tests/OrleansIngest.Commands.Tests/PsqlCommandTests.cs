using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests;

public sealed class PsqlCommandTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task RunAsync_Command_RunsPsqlOnTheDatabaseOfTheOtherCommands()
    {
        Assert.SkipUnless(IsThere("psql"), "psql is not on this machine");
        await using var database = await TestPostgres.CreateDatabaseAsync();

        var good = await CliRun.InAsync(_temp.Path, "psql", "-c", "SELECT current_database()", "--db", TestUrl.Of(database), "--",
            "-At", "-o", _temp["out"]);
        var bad = await CliRun.InAsync(_temp.Path, "psql", "-c", "SELECT nonsense", "--db", TestUrl.Of(database), "--", "-q");

        good.ExitCode.ShouldBe(ExitCode.Done);
        File.ReadAllText(_temp["out"]).Trim().ShouldBe(database.Name);
        bad.ExitCode.ShouldBe(ExitCode.Failed);
    }

    [Fact]
    public async Task RunAsync_SeveralCommands_AreAllRun()
    {
        Assert.SkipUnless(IsThere("psql"), "psql is not on this machine");
        await using var database = await TestPostgres.CreateDatabaseAsync();

        var run = await CliRun.InAsync(_temp.Path, "psql", "-c", "SELECT 1", "-c", "SELECT 2", "--db", TestUrl.Of(database), "--",
            "-At", "-o", _temp["out"]);

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        File.ReadAllText(_temp["out"]).ShouldBe("1\n2\n");
    }

    static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
