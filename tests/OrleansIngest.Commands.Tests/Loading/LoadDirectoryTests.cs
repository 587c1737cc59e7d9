using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

/// <summary>Which files of a directory <c>load</c> loads, and that it says which it leaves.</summary>
public sealed class LoadDirectoryTests : IDisposable
{
    const string Note = "files in its subdirectories are not loaded; --recursive loads them too";

    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(false, "", "1 file loaded into t: 1 row, ", true)]
    [InlineData(false, "--recursive", "3 files loaded into t: 3 rows, ", false)]
    [InlineData(true, "", "3 files loaded into t: 3 rows, ", false)]
    [InlineData(true, "--recursive=false", "1 file loaded into t: 1 row, ", true)]
    public async Task RunAsync_DirectoryWithSubdirectories_LoadsThemWhenAskedAndSaysWhenNot(
        bool isConfigured, string option, string expected, bool isNoted)
    {
        await using var database = await CreateTableAsync();
        _temp.Write("in/a.csv", "a\n1\n");
        _temp.Write("in/below/b.csv", "a\n2\n");
        _temp.Write("in/below/deep/c.csv", "a\n3\n");
        var recursive = isConfigured ? "true" : "false";
        _temp.Write("ingest.json",
            $$"""{ "pipelines": [ { "name": "p", "watch": ["in"], "table": "t", "recursive": {{recursive}} } ] }""");

        var run = await CliRun.InAsync(_temp.Path,
            ["load", "in", .. option.Length > 0 ? [option] : Array.Empty<string>(), "--db", TestUrl.Of(database)]);

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Output.ShouldContain(expected);
        run.Error.Contains(Note, StringComparison.Ordinal).ShouldBe(isNoted, run.Error);
    }

    [Fact]
    public async Task RunAsync_SubdirectoriesWithoutData_AreNotMentioned()
    {
        await using var database = await CreateTableAsync();
        _temp.Write("in/a.csv", "a\n1\n");
        _temp.Write("in/done/.hidden", "a\n2\n");

        var run = await CliRun.InAsync(_temp.Path, "load", "in", "--table", "t", "--db", TestUrl.Of(database));

        run.Error.ShouldNotContain(Note);
    }

    static async Task<TestDatabase> CreateTableAsync()
    {
        var database = await TestPostgres.CreateDatabaseAsync();
        await using var command = database.DataSource.CreateCommand("CREATE TABLE t (a int)");
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return database;
    }
}
