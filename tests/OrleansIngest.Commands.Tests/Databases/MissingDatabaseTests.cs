using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Databases;

/// <summary>A directory in which nothing was ever loaded, and no database is configured: perhaps a mistyped one.</summary>
public sealed class MissingDatabaseTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("status")]
    [InlineData("status --watch --json")]
    [InlineData("files")]
    [InlineData("rejects")]
    [InlineData("where orders true")]
    [InlineData("history")]
    [InlineData("report")]
    [InlineData("nodes")]
    [InlineData("pause orders")]
    [InlineData("limit orders")]
    [InlineData("retry a.csv")]
    [InlineData("replay --rejects")]
    [InlineData("undo a.csv")]
    [InlineData("remove orders")]
    [InlineData("alerts list")]
    [InlineData("pipeline list")]
    [InlineData("config diff")]
    [InlineData("check a.csv --table t")]
    public async Task RunAsync_CommandForWhatIsStored_CreatesNoServer(string line)
    {
        _temp.Write("a.csv", "a\n1\n");

        var run = await CliRun.InAsync(_temp.Path, line.Split(' '));

        run.ExitCode.ShouldBe(ExitCode.Usage, run.Output);
        run.Error.ShouldStartWith(
            $"ingest: there is no private database in {_temp[".ingest"]}, and no other database is configured");
        run.Output.ShouldBeEmpty();
        Directory.Exists(_temp[".ingest"]).ShouldBeFalse();
    }

    [Fact]
    public async Task RunAsync_Check_NotesItAndChecksTheRest()
    {
        var run = await CliRun.InAsync(_temp.Path, "check");

        run.Output.ShouldContain("configuration: 1 pipeline: events");
        run.Output.ShouldContain($"note  database: there is no private database in {_temp[".ingest"]}");
        Directory.Exists(_temp[".ingest"]).ShouldBeFalse();
    }
}
