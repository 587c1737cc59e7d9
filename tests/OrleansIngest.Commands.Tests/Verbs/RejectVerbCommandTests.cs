using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Verbs;

/// <summary>Rejects are ignored and reopened in a terminal.</summary>
public sealed class RejectVerbCommandTests : IAsyncLifetime
{
    readonly TempDirectory _temp = new();
    TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(
            """
            INSERT INTO ingest.pipeline (name, config) VALUES ('orders', '{"name": "orders", "table": "t", "watch": ["/in"]}'),
                ('other', '{"name": "other", "table": "u", "watch": ["/in"]}');
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status)
            SELECT p, '/in/' || p, 1, 0, 0, 1, 'loaded' FROM unnest(ARRAY['orders', 'other']) p;
            INSERT INTO corrupt_records (raw_record, file, file_id, line, record_number, byte_offset, reason, detail, pipeline)
            SELECT 'r' || n, f.path, f.file_id, n, n, n, 'bad_value', 'x', f.pipeline
                FROM ingest.file f, generate_series(1, 3) n ORDER BY f.file_id, n;
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _temp.Dispose();
    }

    [Fact]
    public async Task Ignore_ReportsFirstAndThenDoesIt()
    {
        var report = await RunAsync("rejects", "ignore", "--pipeline", "orders");
        var before = await OpenAsync();
        var apply = report.Output.Split("add ")[1].Trim().Split(' ');
        var done = await RunAsync(["rejects", "ignore", "--pipeline", "orders", .. apply, "--why", "a test file"]);
        var again = await RunAsync("rejects", "ignore", "--pipeline", "orders");

        report.ExitCode.ShouldBe(ExitCode.Failed, "nothing is done yet");
        report.Output.ShouldBe(
            "This would ignore 3 rejects of 1 file.\nNothing has changed yet. To apply it, add --up-to 3 --yes\n");
        before.ShouldBe(6L);
        (done.ExitCode, done.Output).ShouldBe((ExitCode.Done, "3 rejects of 1 file ignored.\n"));
        (await OpenAsync()).ShouldBe(3L);
        (await ScalarAsync("SELECT detail FROM ingest.history")).ShouldBe("3 rejects ignored (a test file)");
        (again.ExitCode, again.Output).ShouldBe((ExitCode.Done, "No matching open rejects.\n"));
    }

    [Theory]
    [InlineData("--id 1,3", 2L)]
    [InlineData("--table t", 3L)]
    [InlineData("/in/other", 3L)]
    [InlineData("--search orders --reason bad_value", 3L)]
    [InlineData("--up-to 4", 4L)]
    [InlineData("--id 1,3 --pipeline other", 0L)]
    public async Task Ignore_ChangesExactlyTheChosenOnes(string options, long expected)
    {
        await RunAsync(["rejects", "ignore", .. options.Split(' '), "--yes"]);

        (await OpenAsync()).ShouldBe(6 - expected);
    }

    [Fact]
    public async Task Reopen_RestoresIgnoredOnes()
    {
        await RunAsync("rejects", "ignore", "--yes");
        var done = await RunAsync("rejects", "reopen", "--id", "2", "--yes", "--json");

        JsonSerializer.Deserialize<JsonElement>(done.Output).GetProperty("rejects").GetInt64().ShouldBe(1);
        (await OpenAsync()).ShouldBe(1L);
        (await RunAsync("rejects", "reopen")).Output.ShouldStartWith("This would reopen 5 rejects of 2 files.\n");
    }

    [Fact]
    public async Task Rejects_WithAFile_AreStillListed() =>
        (await RunAsync("rejects", "/in/orders", "--id", "2,3")).Output.Split('\n').Length.ShouldBe(4, "a title, 2 rows, an end");

    [Theory]
    [InlineData("rejects ignore --id one")]
    [InlineData("rejects ignore --issue 7")]
    [InlineData("rejects ignore --status open")]
    [InlineData("replay --id 1 x.csv")]
    public async Task WrongUsage_IsToldBeforeAnythingIsDone(string line)
    {
        (await RunAsync(line.Split(' '))).ExitCode.ShouldBe(ExitCode.Usage);
        (await OpenAsync()).ShouldBe(6L);
    }

    Task<CliRun> RunAsync(params string[] arguments) => CliRun.InAsync(_temp.Path, [.. arguments, "--db", TestUrl.Of(_database)]);

    Task<object?> OpenAsync() => ScalarAsync("SELECT count(*) FROM corrupt_records WHERE status = 'open'");

    async Task ExecuteAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    async Task<object?> ScalarAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
