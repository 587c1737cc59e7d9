using System.Globalization;
using System.Text;
using Npgsql;
using OrleansIngest.Testing;

namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary>A database, a watched directory and the real program over them. Files are put into the
/// directory; the program loads them.</summary>
sealed class Site : IAsyncDisposable
{
    public const string Token = "an operator's token, 1234567890";
    const string Pipeline = "orders";
    const string Header = "order_id,customer,total,note\n";

    readonly IAsyncDisposable _database;
    readonly NpgsqlDataSource _dataSource;
    readonly string _connectionString;
    readonly string _folder;
    IngestUp? _program;

    Site(IAsyncDisposable database, string connectionString, string folder)
    {
        (_database, _connectionString, _folder) = (database, connectionString, folder);
        // Without a pool: a test kills the server, and no connection of before may be met again.
        _dataSource = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });
    }

    public Uri Address { get; private set; } = null!;

    /// <summary>Of the site: its configuration, and all that it watches.</summary>
    public string Folder => _folder;

    /// <summary>Where the program keeps what is uploaded.</summary>
    public string Uploads => Path.Combine(_folder, "uploads");

    string Watched => Path.Combine(_folder, "in");

    /// <param name="database">Migrated; ends with the site.</param>
    /// <param name="connectionString">Of that database.</param>
    public static async Task<Site> StartAsync(IAsyncDisposable database, string connectionString)
    {
        var site = new Site(database, connectionString, TestPostgres.NewFolder());
        Directory.CreateDirectory(site.Watched);
        await File.WriteAllTextAsync(Path.Combine(site._folder, "ingest.json"), $$"""
            { "pages": { "uploadDirectory": "uploads" },
              "pipelines": [ { "name": "{{Pipeline}}", "watch": ["in"], "table": "orders", "settleTime": "0",
                "batchRecords": 500, "retryInitialDelay": "10ms", "metadata": { "file_id": "{fileId}" } } ] }
            """);
        await site.ExecuteAsync(
            "CREATE TABLE orders (order_id bigint NOT NULL, customer text, total numeric, note text, file_id bigint, CONSTRAINT "
                + "total_is_known CHECK (total < 1000000))");
        await site.RunAsync();
        return site;
    }

    /// <summary>Starts the program, anew on the port of before if it ran.</summary>
    public async Task RunAsync() => (_program, Address) = await IngestUp.StartAsync(_connectionString, _folder, Token,
        Address?.Port ?? 0);

    public Task KillProgramAsync() => _program!.KillAsync();

    public async Task ExecuteAsync(string sql)
    {
        await using var command = _dataSource.CreateCommand(sql);
        command.CommandTimeout = 120;
        await command.ExecuteNonQueryAsync();
    }

    public async Task<long> NumberAsync(string sql)
    {
        await using var command = _dataSource.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    public async Task<string> TextAsync(string sql)
    {
        await using var command = _dataSource.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>A file of good records.</summary>
    public void AddFile(string name, int records)
    {
        var text = new StringBuilder(Header);
        for (var id = 1; id <= records; id++)
            text.Append(CultureInfo.InvariantCulture, $"{id},customer {id % 97},{id % 1000}.50,note {id}\n");
        Put(name, text.ToString());
    }

    /// <summary>A file with these records below the header.</summary>
    public void AddRecords(string name, params string[] records) => Put(name, Header + string.Join('\n', records) + "\n");

    /// <summary>A file as it is.</summary>
    public void Put(string name, string text)
    {
        var path = Path.Combine(_folder, "new.tmp");
        File.WriteAllText(path, text);
        File.Move(path, Path.Combine(Watched, name), overwrite: true);
    }

    /// <summary>Waits until this many files are in a final state.</summary>
    public async Task WaitForFilesAsync(int count)
    {
        while (await NumberAsync("SELECT count(*) FROM ingest.file WHERE status IN ('loaded', 'quarantined')") < count)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        if (_program is not null) await _program.DisposeAsync();
        await _dataSource.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
