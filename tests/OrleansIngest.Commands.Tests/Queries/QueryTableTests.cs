using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Queries;

/// <summary>What a person sees on a terminal of 100 columns.</summary>
public sealed class QueryTableTests : IAsyncLifetime
{
    const int Width = 100;

    readonly TempDirectory _temp = new();
    TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        await using var create = _database.DataSource.CreateCommand(
            "CREATE TABLE c (id int NOT NULL, name text); CREATE TABLE d (LIKE c)");
        await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _temp.Dispose();
    }

    [Fact]
    public async Task Files_LongReason_IsOneLineAndNamesThePipelineWhereAPathHasTwo()
    {
        _temp.Write("a-folder/a-file-with-a-name.csv", "x;y\n1;Ann\n");
        foreach (var table in new[] { "c", "d" })
            await LoadAsync("load", "a-folder/a-file-with-a-name.csv", "--table", table, "--delimiter", ",");

        var lines = await ShownAsync("files");

        lines[0].ShouldContain("PIPELINE");
        lines[0].ShouldContain("WHY");
        lines.Length.ShouldBe(4); // head, rule, two files
        lines.Skip(2).ShouldAllBe(line => line.EndsWith('…') && line.Contains("a-name.csv", StringComparison.Ordinal));
        lines.ShouldContain(line => line.Contains("load-c", StringComparison.Ordinal));
        lines.ShouldContain(line => line.Contains("load-d", StringComparison.Ordinal));
        var file = string.Join(' ', await ShownAsync("files", "1"));
        string.Join(' ', file.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ShouldContain("is a column of the table");
    }

    [Fact]
    public async Task History_QuarantinedFile_ShowsThePathAndNotAnEmptyColumn()
    {
        _temp.Write("b.csv", "id\n1\n"); // file.drift.missing: a longer kind
        _temp.Write("a.csv", "x;y\n1;Ann\n");
        await LoadAsync("load", "b.csv", "a.csv", "--table", "c", "--delimiter", ",");

        var lines = await ShownAsync("history", "--kind", "file");

        lines[0].ShouldContain("PATH");
        lines[0].ShouldNotContain("WHO");
        lines.ShouldContain(line => line.Contains("a.csv", StringComparison.Ordinal));
    }

    /// <summary>Of what? Whatever the width, an entry names its file, pipeline, node and operator, and breaks no word.</summary>
    [Theory]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(120)]
    public async Task History_EntriesOfAllKinds_NameWhatTheyAreAbout(int width)
    {
        _temp.Write("a.csv", "x;y\n1;Ann\n");
        await LoadAsync("load", "a.csv", "--table", "c", "--delimiter", ",");
        await using var insert = _database.DataSource.CreateCommand(
            """
            INSERT INTO ingest.history (at, kind, pipeline, file_id, node, who, detail) VALUES
                ('2026-11-28 00:29:11Z', 'operator.replay-rejects', 'orders', NULL, NULL, 'operator (http, 127.0.0.1)',
                    '1 reject'),
                ('2026-11-28 00:30:11Z', 'node.dead', NULL, NULL, 'loader-1-a1b2c3', NULL, 'its process is gone'),
                ('2026-11-28 00:31:11Z', 'operator.retry', 'load-c', 1, 'loader-1-a1b2c3', 'somebody@a-machine-with-a-name',
                    'is ready to be loaded')
            """);
        await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var shown = await ShownAsync(width, "history", "--since", "2026-11-28");

        var text = string.Join(' ', shown.Select(line => line.Trim()));
        text.ShouldContain("orders");
        text.ShouldContain("loader-1-a1b2c3");
        text.ShouldContain("/a.csv");
        text.ShouldContain("somebody@a-machine-with-a-name"[..20]);
        text.ShouldContain("1 reject");
        text.ShouldContain("is ready to be loaded");
        text.ShouldContain("11-28 00:31");
    }

    /// <summary>A row and a sentence each: the sentences must not push everything else off the screen.</summary>
    [Theory]
    [InlineData(80, "status")]
    [InlineData(100, "status")]
    [InlineData(80, "alerts", "list")]
    [InlineData(100, "alerts", "list")]
    public async Task Alerts_LongMessages_StandBelowTheirRowsWithShortTimes(int width, params string[] command)
    {
        await LoadAsync("migrate");
        await using var insert = _database.DataSource.CreateCommand(
            """
            INSERT INTO ingest.alert (rule, pipeline, severity, message, fired_at)
            SELECT 'quarantined', 'orders-' || i, 'critical',
                '5 files of pipeline orders are quarantined, most recently because a column is missing in public.orders', now()
            FROM generate_series(1, 8) i
            """);
        await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var lines = await ShownAsync(width, command);

        lines.Count(line => line.Contains("critical", StringComparison.Ordinal)).ShouldBe(8);
        lines.Length.ShouldBeLessThan(8 * 3 + 10);
        var text = string.Join(' ', lines.Select(line => line.Trim()));
        text.Split("most recently because a column is missing in public.orders").Length.ShouldBe(9);
        text.ShouldMatch(@"\d\d:\d\d(:\d\d)?Z");
        for (var i = 1; i <= 8; i++) text.ShouldContain($"orders-{i}");
    }

    [Fact]
    public async Task Rejects_LongPath_ShowTheBeginningOfTheRecordAndTheEndOfThePlace()
    {
        var folder = string.Join('/', Enumerable.Repeat("a-long-name-of-a-folder", 4));
        _temp.Write($"{folder}/bom16.csv", "id,name\nthree,Ann and a record that is much longer than any column can be\n");
        await LoadAsync("load", $"{folder}/bom16.csv", "--table", "c");

        var text = string.Join('\n', await ShownAsync("rejects"));

        text.ShouldContain("three,Ann");
        text.ShouldContain("bom16.csv:2");
    }

    /// <summary>No silo will ever run what load --table has left, so status must not advise to start one.</summary>
    [Fact]
    public async Task Status_TableThatWasLoaded_HasTheStatusLoad()
    {
        _temp.Write("a.csv", "id,name\n1,Ann\n");
        await LoadAsync("load", "a.csv", "--table", "c");
        await using var create = _database.DataSource.CreateCommand(
            "INSERT INTO ingest.pipeline (name, config) VALUES ('load-d', '{\"table\": \"other\", \"watch\": [\"in\"]}')");
        await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var pipelines = JsonDocument.Parse((await LoadAsync("status", "--json")).Output).RootElement.GetProperty("pipelines")
            .EnumerateArray().ToDictionary(p => p.GetProperty("name").GetString()!);

        pipelines["load-c"].GetProperty("status").GetString().ShouldBe("load");
        pipelines["load-c"].GetProperty("statusReason").GetString().ShouldBe("Loaded by `ingest load`. Up to date.");
        pipelines["load-c"].GetProperty("etaSeconds").ValueKind.ShouldBe(JsonValueKind.Null);
        pipelines["load-d"].GetProperty("status").GetString().ShouldBe("no-coordinator"); // somebody's own name
    }

    [Theory]
    [InlineData("history", "--kind", "opertor", "--kind must be some of alert.fired, ", "not 'opertor'; did you mean operator?")]
    [InlineData("history", "--kind", "node,file.quarantine", "--kind must be some of ", "did you mean file.quarantined?")]
    [InlineData("files", "--status", "closed", "--status must be some of discovered, ", "not 'closed'")]
    [InlineData("retry", "--state", "faild", "--state must be some of discovered, ", "did you mean failed?")]
    public async Task Filter_UnknownValue_IsRefusedWithTheKnownOnes(
        string command, string option, string value, string listed, string meant)
    {
        var run = await LoadAsync(command, option, value);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain(listed);
        run.Error.ShouldContain(meant);
    }

    [Theory]
    [InlineData("operator")]
    [InlineData("file.drift,node,operator.replay-rejects")]
    public async Task History_KnownKindsAndPrefixes_AreTaken(string kinds) =>
        (await LoadAsync("history", "--kind", kinds)).ExitCode.ShouldBe(ExitCode.Done);

    Task<string[]> ShownAsync(params string[] arguments) => ShownAsync(Width, arguments);

    async Task<string[]> ShownAsync(int width, params string[] arguments)
    {
        var surroundings = CliRun.Surroundings(_temp.Path, ("TERM", "dumb"), ("DATABASE_URL", TestUrl.Of(_database))) with
        {
            OutputIsTerminal = true,
            OutputWidth = () => width,
        };
        var run = await CliRun.WithAsync(StandaloneCommands.Create(), surroundings, arguments);
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldAllBe(line => TextCells.Width(line) <= width);
        return lines;
    }

    Task<CliRun> LoadAsync(params string[] arguments) =>
        CliRun.InAsync(_temp.Path, [.. arguments, "--db", TestUrl.Of(_database)]);
}
