using OrleansIngest.Cli.Commands;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Cli.Tests;

public sealed class UpCommandTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task RunAsync_WatchedDirectoryThatIsNotThere_IsCreatedAndSaysSo()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using (var source = Npgsql.NpgsqlDataSource.Create(database.ConnectionString))
        await using (var create = source.CreateCommand("CREATE TABLE t (id int)"))
            await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        string[] line =
        [
            "up", "--watch", "typo", "--table", "t", "--exit-when-idle", "--settle", "0", "--http", "127.0.0.1:0", "--db",
            TestUrl.Of(database.ConnectionString),
        ];
        var said = $"ingest: created the watched directory {_temp["typo"]}, which did not exist\n";

        var first = await CliRun.WithAsync(AllCommands.Create(), CliRun.Surroundings(_temp.Path), line);
        var second = await CliRun.WithAsync(AllCommands.Create(), CliRun.Surroundings(_temp.Path), line);

        (first.ExitCode, second.ExitCode).ShouldBe((ExitCode.Done, ExitCode.Done), first.Error + second.Error);
        first.Error.ShouldContain(said);
        second.Error.ShouldNotContain("created the watched directory");
    }

    [Fact]
    public async Task RunAsync_TableThatNeedsQuotes_SaysHow()
    {
        var run = await CliRun.WithAsync(
            AllCommands.Create(), CliRun.Surroundings(_temp.Path), "up", "--watch", "in", "--table", "Weird Name");

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain("double quotes: --table '\"Weird Name\"'\n");
    }
}
