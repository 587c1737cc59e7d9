using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using OrleansIngest.Testing;

namespace OrleansIngest.Crash.Tests;

/// <summary>Files that are dropped on the pages, under SIGKILL of the program at any moment: whoever drops the file again has
/// each record once, and before that all of the file or nothing. Kills: 60 with INGEST_LONG_TESTS=1, else 10.</summary>
public sealed partial class DropKillTests : IAsyncLifetime
{
    const string Token = "operator-token-0123456789";
    const int Records = 6_000;

    static readonly string[] Points = [.. RandomKills.BatchPoints, "creating", "created", "staged", "inserted", "publishing",
        "published"];
    static readonly int Kills = Environment.GetEnvironmentVariable("INGEST_LONG_TESTS") == "1" ? 60 : 10;

    readonly TempDirectory _folder = new();
    TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestPostgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Dropped_files_whose_program_is_killed_are_there_once_when_they_are_dropped_again()
    {
        // A pipeline of the table, so that the file is many batches; its own files are none of this.
        await LinesAsync(
            """
            INSERT INTO ingest.pipeline (name, config)
                VALUES ('base', '{"name": "base", "table": "public.t", "watch": ["/nowhere"], "batchRecords": 500,
                    "metadata": {"src": "{fileId}"}}')
            """);
        var random = new Random(20261126);
        var (kills, file, attempts) = (0, 0, 0);
        for (var isOver = false; !isOver;)
        {
            (++attempts).ShouldBeLessThan(8 * Kills);
            // Each file has a table of its own now and then, so that making it is met too.
            if (file % 5 == 0 && await CountAsync(file) == 0)
                await LinesAsync("DROP TABLE IF EXISTS t_old; ALTER TABLE IF EXISTS t RENAME TO t_old");
            var point = Points[random.Next(Points.Length)];
            // the others are passed once
            var crashAt = kills < Kills ? $"{point}:{(RandomKills.BatchPoints.Contains(point) ? random.Next(1, 4) : 1)}" : null;
            using var program = IngestProcess.Start(
                _database.ConnectionString, crashAt, ["env", "-C", _folder.Path, $"INGEST_TOKEN={Token}"],
                ["monitor", "--http", "127.0.0.1:0"]);
            var state = await DropAsync(program, file);
            if (state is null)
            {
                await program.WaitAsync();
                program.ExitCode.ShouldBe(137);
                kills++;
                (await CountAsync(file)).ShouldBeOneOf(0, Records); // all of it, or nothing
                continue;
            }

            // quarantined: too many of its programs died in a row; the next attempt is an operator's retry
            if (state == "failed") continue;
            state.ShouldBeOneOf("loaded", "repeated");
            (await LinesAsync($"SELECT count(*) || ' ' || count(DISTINCT id) FROM t WHERE file = {file}")).ShouldBe(
                [$"{Records} {Records}"]);
            file++;
            isOver = crashAt is null;
        }

        kills.ShouldBeGreaterThanOrEqualTo(Kills);
        (await LinesAsync("SELECT DISTINCT status FROM ingest.file WHERE status <> 'ignored'")).ShouldBe(["loaded"]);
        (await LinesAsync($"SELECT path FROM ingest.file WHERE status = 'loaded' AND rows_loaded <> {Records}")).ShouldBeEmpty();
        (await LinesAsync("SELECT relation FROM ingest.stage")).ShouldBeEmpty();
        Directory.GetDirectories(_folder[".ingest/uploads"]).ShouldBeEmpty();
    }

    /// <summary>Drops a file on the program and waits; null when the program died of it.</summary>
    async Task<string?> DropAsync(IngestProcess program, int file)
    {
        using var client = new HttpClient { DefaultRequestHeaders = { { "Authorization", "Bearer " + Token } } };
        try
        {
            client.BaseAddress = new Uri(PagesLine().Match(await program.SaidLineAsync(PagesLine())).Groups[1].Value);
            using var uploaded = await client.PostAsync($"/api/v1/drops?name=t-{file}.csv", new ByteArrayContent(Content(file)),
                TestContext.Current.CancellationToken);
            uploaded.StatusCode.ShouldBe(HttpStatusCode.Created);
            var drop = await uploaded.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            var path = $"/api/v1/drops/{drop.GetProperty("id").GetString()}";
            using var load = await client.PostAsJsonAsync(path + "/load", new { table = "public.t" },
                TestContext.Current.CancellationToken);
            load.StatusCode.ShouldBe(HttpStatusCode.Accepted,
                await load.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            while (true)
            {
                drop = await client.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);
                var state = drop.GetProperty("state").GetString();
                if (state == "failed") drop.GetProperty("message").GetString()!.ShouldStartWith("The file is quarantined: ");
                if (state is not ("waiting" or "loading")) return state;
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    static byte[] Content(int file)
    {
        var text = new StringBuilder("file,id,note\n");
        for (var id = 1; id <= Records; id++) text.Append(CultureInfo.InvariantCulture, $"{file},{id},note {id}\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    async Task<int> CountAsync(int file)
    {
        if ((await LinesAsync("SELECT to_regclass('t')::text")) is [null]) return 0;
        return int.Parse((await LinesAsync($"SELECT count(*)::text FROM t WHERE file = {file}")).Single()!,
            CultureInfo.InvariantCulture);
    }

    async Task<List<string?>> LinesAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var lines = new List<string?>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            lines.Add(reader.IsDBNull(0) ? null : reader.GetString(0));
        return lines;
    }

    [GeneratedRegex(@"(http://127\.0\.0\.1:\d+)")]
    private static partial Regex PagesLine();
}
