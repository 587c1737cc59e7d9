using System.Globalization;
using System.IO.Compression;
using Npgsql;
using OrleansIngest.Testing;

namespace OrleansIngest.Crash.Tests;

/// <summary>SIGKILL at any moment of loading and archiving: every file is once in the table, and once on the disk with all of its
/// bytes; at no moment is it nowhere, and nothing in the archive is half a file.</summary>
public sealed class DisposalKillTests : IAsyncDisposable
{
    static readonly string[] Points =
        ["disposal-taken", "disposal-reserved", "disposal-copied", "disposal-published", "disposal-aside", "disposal-removed",
            "disposal-done"];

    readonly string _folder = TestPostgres.NewFolder();
    readonly Dictionary<string, string> _contents = [];
    string _archive = "";
    TestDatabase? _database;

    string Watched => Path.Combine(_folder, "in");

    string Config => Path.Combine(_folder, "ingest.json");

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        if (_archive.StartsWith("/dev/shm/", StringComparison.Ordinal)) Directory.Delete(_archive, recursive: true);
    }

    [Theory]
    [InlineData("archive", "none", false)]
    [InlineData("archive", "gzip", true)]
    [InlineData("delete", "none", false)]
    public async Task Fifty_kills_leave_every_file_once_in_the_table_and_once_on_the_disk(
        string what, string compress, bool otherDevice)
    {
        if (otherDevice && !Directory.Exists("/dev/shm")) Assert.Skip("there is no second file system");
        await PrepareAsync(what, compress, otherDevice);
        var random = new Random(20261125);
        var reached = new HashSet<string>();
        var kills = 0;
        for (var tries = 0; kills < 52 && tries < 200; tries++)
        {
            for (var n = 0; n < 3; n++) AddFile();
            // Three of four at a named point, the others at any moment.
            var point = Points[tries % Points.Length];
            var crashAt = tries % 4 == 3 ? null : $"{point}:{random.Next(1, 4)}";
            using var run = IngestProcess.Start(_database!.ConnectionString, crashAt, "load", Watched, "--config", Config);
            if (crashAt is null)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(200, 1500)), TimeProvider.System,
                    TestContext.Current.CancellationToken);
                run.Kill();
            }

            await run.WaitAsync();
            if (run.ExitCode == 137)
            {
                kills++;
                if (crashAt is not null) reached.Add(point);
            }

            await NothingShouldBeLostAsync(what);
        }

        kills.ShouldBeGreaterThanOrEqualTo(50);
        reached.ShouldBe(what == "delete" ? ["disposal-taken", "disposal-aside", "disposal-removed", "disposal-done"] : Points,
            ignoreOrder: true);
        using var last = IngestProcess.Start(_database!.ConnectionString, null, "load", Watched, "--config", Config);
        var said = await last.WaitAsync();
        last.ExitCode.ShouldBe(0, said);

        Directory.GetFiles(Watched).ShouldBeEmpty();
        Archived().ShouldBe(what == "delete" ? [] : _contents.Values.Order(StringComparer.Ordinal));
        Directory.GetFiles(_folder, ".ingest-*", SearchOption.AllDirectories).ShouldBeEmpty();
        (await LinesAsync("SELECT id::text FROM t")).ShouldBe(
            _contents.Values.SelectMany(text => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
                .Order(StringComparer.Ordinal));
        (await LinesAsync("SELECT count(*)::text FROM ingest.file WHERE status <> 'loaded' OR disposal IS NOT NULL")).ShouldBe(
            ["0"]);
    }

    async Task PrepareAsync(string what, string compress, bool otherDevice)
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        Directory.CreateDirectory(Watched);
        _archive = otherDevice ? $"/dev/shm/ingest-kill-{Guid.NewGuid():n}" : Path.Combine(_folder, "done");
        Directory.CreateDirectory(_archive);
        await File.WriteAllTextAsync(Config, $$"""
            { "pipelines": [ { "name": "crash", "watch": ["in"], "table": "t", "settleTime": "0", "maxOwnerDeaths": 1000,
                "afterLoad": "{{what}}",
                "archiveTo": "{{_archive}}/{yyyy}/{name}"{{(compress == "gzip" ? ", \"compress\": true" : "")}} } ] }
            """);
        await using var command = _database.DataSource.CreateCommand("CREATE TABLE t (id int NOT NULL)");
        await command.ExecuteNonQueryAsync();
    }

    void AddFile()
    {
        var file = _contents.Count;
        var text = "id\n" + string.Concat(Enumerable.Range(0,
            500).Select(n => string.Create(CultureInfo.InvariantCulture, $"{(file * 1000) + n}\n")));
        var path = Path.Combine(Watched, $"f{file:000}.csv");
        _contents.Add(path, text);
        File.WriteAllText(path + ".tmp", text);
        File.Move(path + ".tmp", path);
    }

    async Task NothingShouldBeLostAsync(string what)
    {
        var archived = Archived();
        archived.ShouldBeSubsetOf(_contents.Values);
        archived.ShouldBeUnique();
        var loaded = (await LinesAsync("SELECT path FROM ingest.file WHERE status = 'loaded'")).ToHashSet();
        foreach (var (path, text) in _contents)
        {
            if (File.Exists(path)) File.ReadAllText(path).ShouldBe(text);
            else if (what == "delete") loaded.ShouldContain(path);
            else archived.ShouldContain(text, path);
        }
    }

    /// <summary>What lies in the archive under a final name.</summary>
    string[] Archived() =>
    [
        .. Directory.GetFiles(_archive, "*", SearchOption.AllDirectories).Where(path => !Path.GetFileName(path).StartsWith('.'))
            .Select(path =>
        {
            using Stream stored = path.EndsWith(".gz", StringComparison.Ordinal)
                ? new GZipStream(File.OpenRead(path), CompressionMode.Decompress) : File.OpenRead(path);
            using var reader = new StreamReader(stored);
            return reader.ReadToEnd();
        }).Order(StringComparer.Ordinal),
    ];

    async Task<IReadOnlyList<string>> LinesAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(_database!.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync()) lines.Add(reader.GetString(0));
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }
}
