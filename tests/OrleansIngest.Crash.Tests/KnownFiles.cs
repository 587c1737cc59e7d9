using System.Text;
using Npgsql;
using OrleansIngest.Testing;

namespace OrleansIngest.Crash.Tests;

/// <summary>Files whose every record is known, a table for them, and the comparison record by record.</summary>
sealed class KnownFiles : IAsyncDisposable
{
    readonly List<string> _good = [];
    readonly List<string> _bad = [];
    int _files;
    PackedFile? _pack;

    readonly TestDatabase? _database;
    readonly NpgsqlDataSource _dataSource;

    KnownFiles(string connectionString, TestDatabase? database, string folder)
    {
        (ConnectionString, Folder, _database) = (connectionString, folder, database);
        // Without a pool: a test kills the server, and no connection of before may be met again.
        _dataSource = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });
    }

    public string ConnectionString { get; }

    public string Folder { get; }

    public string Watched => Path.Combine(Folder, "in");

    public string Config => Path.Combine(Folder, "ingest.json");

    public int Records => _good.Count + _bad.Count;

    /// <param name="files">How many files.</param>
    /// <param name="records">Records of each; every 97th is bad, and every 101st breaks a constraint
    /// that only the server knows.</param>
    /// <param name="batchRecords">Small, so that a file is many transactions.</param>
    /// <param name="connectionString">A migrated database of the caller's; null makes one.</param>
    /// <param name="maxOwnerDeaths">The kills of these tests say nothing against a file,
    /// unless a test is about just that.</param>
    /// <param name="pack">Makes the files from their records; null leaves them plain text.</param>
    /// <param name="options">More of the pipeline, as JSON properties with a comma behind each.</param>
    public static async Task<KnownFiles> CreateAsync(
        int files, int records, int batchRecords, string? connectionString = null, int maxOwnerDeaths = 1000,
        PackedFile? pack = null, string options = "")
    {
        var database = connectionString is null ? await TestPostgres.CreateDatabaseAsync() : null;
        var known = new KnownFiles(connectionString ?? database!.ConnectionString, database,
            TestPostgres.NewFolder())
        { _pack = pack };
        Directory.CreateDirectory(known.Watched);
        for (var file = 0; file < files; file++) known.AddFile(records);
        await File.WriteAllTextAsync(known.Config, $$"""
            { "pipelines": [ { {{options}} "name": "crash", "watch": ["in"], "table": "t", "settleTime": "0",
                "batchRecords": {{batchRecords}}, "retryInitialDelay": "10ms", "maxOwnerDeaths": {{maxOwnerDeaths}} } ] }
            """);
        await using var command = known._dataSource.CreateCommand(
            "CREATE TABLE t (file int NOT NULL, id int NOT NULL CHECK (id % 101 <> 0), note text)");
        await command.ExecuteNonQueryAsync();
        return known;
    }

    /// <summary>Every good record is in the table once, every bad one in corrupt_records once, and the
    /// ledger's totals say so too.</summary>
    public async Task ShouldBeLoadedExactlyOnceAsync()
    {
        (await LinesAsync("SELECT file || ',' || id || ',\"' || replace(note, '\"', '\"\"') || '\"' FROM t")).ShouldBe(
            _good.Order(StringComparer.Ordinal));
        (await LinesAsync($"SELECT {_pack?.LineOfRaw ?? "raw_record"} FROM corrupt_records")).ShouldBe(
            _bad.Order(StringComparer.Ordinal));
        (await LinesAsync(
            "SELECT count(*) || ' ' || sum(rows_loaded) || ' ' || sum(rows_rejected) FROM ingest.file WHERE status = 'loaded' "
                + "AND bytes_read = size AND sha256 IS NOT NULL"))
            .ShouldBe([$"{Directory.GetFiles(Watched).Length * (_pack?.LedgerFiles ?? 1)} {_good.Count} {_bad.Count}"]);
    }

    public async Task<long> LoadedRowsAsync() => long.Parse((await LinesAsync("SELECT count(*)::text FROM t"))[0],
        System.Globalization.CultureInfo.InvariantCulture);

    public async Task<IReadOnlyList<string>> LinesAsync(string sql)
    {
        await using var command = _dataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync()) lines.Add(reader.GetString(0));
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    public async ValueTask DisposeAsync()
    {
        await _dataSource.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Puts one more file into the watched directory.</summary>
    public void AddFile(int records)
    {
        var file = _files++;
        const string Header = "file,id,note\n";
        var text = new StringBuilder();
        var lines = new List<string>();
        for (var id = 1; id <= records; id++)
        {
            var line = id % 97 == 0 ? $"{file},bad{id},\"x\""
                : $"{file},{id},\"note {id}{(id % 3 == 0 ? "\n" : " ")}with \"\"quotes\"\"\"";
            (id % 97 == 0 || id % 101 == 0 ? _bad : _good).Add(line);
            text.Append(line).Append('\n');
            lines.Add(line + "\n");
        }

        var path = Path.Combine(Watched, $"f{file:00}.csv{_pack?.Suffix}");
        File.WriteAllBytes(path + ".tmp", _pack is null ? Encoding.UTF8.GetBytes(Header + text) : _pack.Pack(Header, [.. lines]));
        File.Move(path + ".tmp", path);
    }
}
