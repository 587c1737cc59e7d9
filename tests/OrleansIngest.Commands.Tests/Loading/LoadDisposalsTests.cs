using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

/// <summary>What <c>ingest load</c> does to its files afterwards.</summary>
public sealed class LoadDisposalsTests : IAsyncLifetime
{
    readonly TempDirectory _temp = new();
    TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        await using var command = _database.DataSource.CreateCommand("CREATE TABLE t (id int)");
        await command.ExecuteNonQueryAsync();
        Directory.CreateDirectory(_temp["in"]);
        _temp.Write("in/a.csv", "id\n1\n");
        _temp.Write("in/b.csv", "id\n2\n");
        _temp.Write("in/bad.csv", "wrong\n2\n");
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _temp.Dispose();
    }

    [Fact]
    public async Task RunAsync_Archive_MovesWhatIsLoadedAndSaysSo()
    {
        var json = JsonDocument.Parse(
            (await LoadAsync("--after-load", "archive", "--archive-to", "old/{stem}.csv", "--compress-archive",
                "--after-quarantine", "move", "--json")).Output);

        json.RootElement.GetProperty("disposals").GetProperty("archived").GetInt32().ShouldBe(3);
        Files().ShouldBe(["old/a.csv.gz", "old/b.csv.gz", "quarantined/bad.csv"]);
    }

    [Fact]
    public async Task RunAsync_LoadedBefore_IsDisposedWhenSomebodyAsks()
    {
        (await LoadAsync()).Output.ShouldNotContain("archived");
        Files().ShouldBe(["in/a.csv", "in/b.csv", "in/bad.csv"]);

        var run = await LoadAsync("--after-load", "delete");

        run.Output.ShouldContain("2 files deleted");
        Files().ShouldBe(["in/bad.csv"]);
    }

    [Fact]
    public async Task RunAsync_ArchiveThatCannotBeWritten_FailsAndTheNextLoadArchives()
    {
        File.Delete(_temp["in/bad.csv"]);
        _temp.Write("done", "not a directory");
        var run = await LoadAsync("--after-load", "archive", "--archive-to", "done/{name}");
        run.ExitCode.ShouldBe(ExitCode.Failed);
        run.Error.ShouldContain("a.csv: could not be archived: ");
        run.Output.ShouldContain("2 files that could not be archived or deleted");

        File.Delete(_temp["done"]);
        (await LoadAsync("--after-load", "archive", "--archive-to", "done/{name}")).ExitCode.ShouldBe(ExitCode.Done);

        Files().ShouldBe(["done/a.csv", "done/b.csv"]);
        await using var count = _database.DataSource.CreateCommand("SELECT count(*) FROM t");
        (await count.ExecuteScalarAsync()).ShouldBe(2L);
    }

    [Theory]
    [InlineData("--archive-to", "x/{name}", "--archive-to needs --after-load archive")]
    [InlineData("--after-load", "move", "--after-load must be one of archive, delete, keep, not 'move'")]
    public async Task RunAsync_OptionsThatMakeNoSense_AreRefused(string option, string value, string expected)
    {
        var run = await LoadAsync(option, value);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain(expected);
    }

    string[] Files() => [.. Directory.GetFiles(_temp.Path, "*",
        SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_temp.Path, path)).Order(StringComparer.Ordinal)];

    Task<CliRun> LoadAsync(params string[] options) =>
        CliRun.InAsync(_temp.Path, ["load", "in", "--table", "t", .. options, "--db", TestUrl.Of(_database)]);
}
