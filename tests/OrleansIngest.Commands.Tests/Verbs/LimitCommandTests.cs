using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Verbs;

public sealed class LimitCommandTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task RunAsync_EachOption_ChangesItsOwnLimitAndLeavesTheOther()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        var url = TestUrl.Of(database);
        await new FileLedger(database.DataSource).NotePipelineAsync("events", "{}", TestContext.Current.CancellationToken);

        (await CliRun.InAsync(_temp.Path, "limit", "events", "--max-files", "4", "--db", url)).ExitCode.ShouldBe(ExitCode.Done);
        (await CliRun.InAsync(_temp.Path, "limit", "events", "--priority", "-7", "--db", url)).Output.ShouldBe(
            "events: files loading at once: 4; priority -7\n");
        (await CliRun.InAsync(_temp.Path, "limit", "events", "--max-files", "none", "--db", url)).ExitCode.ShouldBe(
            ExitCode.Done);
        var shown = await CliRun.InAsync(_temp.Path, "limit", "events", "--json", "--db", url);

        shown.Output.ShouldBe("""{"pipeline":"events","maxFiles":null,"priority":-7}""" + "\n");
    }

    [Theory]
    [InlineData(ExitCode.Usage, "1 to 1000000, or none", "--max-files", "0")]
    [InlineData(ExitCode.Usage, "-100 to 100", "--priority", "101")]
    [InlineData(ExitCode.Failed, "has no pipeline events", "--priority", "1")]
    public async Task RunAsync_WhatCannotBe_IsSaid(int exitCode, string message, params string[] options)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();

        var run = await CliRun.InAsync(_temp.Path, ["limit", "events", "--db", TestUrl.Of(database), .. options]);

        run.ExitCode.ShouldBe(exitCode, run.Error);
        run.Error.ShouldContain(message);
    }
}
