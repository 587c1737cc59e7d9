using Npgsql;
using OrleansIngest.EmbeddedPostgres;
using OrleansIngest.Engine.Ledger;
using Xunit;

namespace OrleansIngest.Testing;

/// <summary>
/// One PostgreSQL for all tests of a test program, started by the first that asks, and gone after the last. INGEST_TEST_DB (a
/// Npgsql connection string, of a user who may create databases) names another server instead. Without PostgreSQL programs on
/// the machine a test that asks is skipped, but fails on CI (CI=true).
/// </summary>
public static class TestPostgres
{
    const string FolderPrefix = "orleans-ingest-tests-";
    static readonly Lazy<Task<Server>> Shared = new(StartAsync);
    static readonly Lazy<Task<string>> Template = new(CreateTemplateAsync);
    // a younger folder that nobody uses yet may be about to start
    static readonly TimeSpan StartingAge = TimeSpan.FromMinutes(10);
    const string Memory = "/dev/shm";
    const long MemoryNeeded = 6L << 30;
    static int _created;

    /// <summary>A new database; by default with every table of <c>sql/</c>.</summary>
    public static async Task<TestDatabase> CreateDatabaseAsync(bool withSchema = true)
    {
        var server = await SharedAsync();
        var name = $"test_{Environment.ProcessId}_{Interlocked.Increment(ref _created)}";
        await ExecuteAsync(server.ConnectionStringTo("postgres"),
            withSchema ? $"CREATE DATABASE {name} TEMPLATE {await Template.Value}" : $"CREATE DATABASE {name}");
        return new TestDatabase(name, server.ConnectionStringTo(name), DropAsync);
    }

    /// <summary>Where a folder of this test program may be made: below /tmp, and passable for the user that PostgreSQL runs
    /// as.</summary>
    public static string NewFolder() => NewFolder(Path.GetTempPath());

    /// <summary>Whether the tests run on npm's PostgreSQL (INGEST_PG_BIN=npm), the newest that the program knows.</summary>
    public static bool IsFromNpm => Environment.GetEnvironmentVariable("INGEST_PG_BIN") == "npm";

    /// <summary>Skips the test when the machine has no PostgreSQL programs; on CI that is a failure, except for npm's, whose
    /// registry may be out of reach.</summary>
    public static void SkipWithoutBinaries(EmbeddedPostgresException missing)
    {
        ArgumentNullException.ThrowIfNull(missing);
        if (Environment.GetEnvironmentVariable("CI") is "true" or "1" && !IsFromNpm)
        {
            throw new InvalidOperationException("On CI every test runs. " + missing.Message, missing);
        }

        Assert.Skip(missing.Message);
    }

    /// <summary>Ends the server and removes its folder, when a test has asked for it at all.</summary>
    internal static async Task StopAsync()
    {
        if (Shared.IsValueCreated && Shared.Value.IsCompletedSuccessfully && (await Shared.Value).Embedded is { } embedded)
        {
            await embedded.DisposeAsync();
            try
            {
                Directory.Delete(Path.GetDirectoryName(embedded.DataDirectory)!, recursive: true);
            }
            catch (IOException)
            {
                // Another test program tidies up at this very moment.
            }
        }
    }

    static async Task<Server> SharedAsync()
    {
        try
        {
            return await Shared.Value;
        }
        catch (EmbeddedPostgresException missing) when (missing.BinariesMissing)
        {
            SkipWithoutBinaries(missing);
            throw;
        }
    }

    static async Task<Server> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("INGEST_TEST_DB") is { Length: > 0 } connectionString)
        {
            return new Server(database => new NpgsqlConnectionStringBuilder(connectionString)
            { Database = database }.ConnectionString, null);
        }

        await RemoveAbandonedAsync();
        var embedded = await EmbeddedPostgresServer.StartAsync(new EmbeddedPostgresOptions
        {
            DataDirectory = Path.Combine(NewFolder(ServerRoot()), "postgres"),
            // The data need to survive a killed server, which they do, but not a power cut.
            Settings = new Dictionary<string, string>
            {
                ["fsync"] = "off",
                ["full_page_writes"] = "off",
                ["max_connections"] = "200"
            },
        });
        return new Server(embedded.ConnectionStringTo, embedded);
    }

    /// <summary>In memory where there is enough of it: a database for each test means hundreds of thousands of files that come
    /// and go, and ext4's search for an inode that was not deleted recently took a third of all processor time.</summary>
    static string ServerRoot()
    {
        try
        {
            return new DriveInfo(Memory).AvailableFreeSpace >= MemoryNeeded
                && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >= 2 * MemoryNeeded ? Memory : Path.GetTempPath();
        }
        catch (IOException)
        {
            return Path.GetTempPath();
        }
    }

    static string NewFolder(string root)
    {
        var path = Path.Combine(root, FolderPrefix + Guid.NewGuid().ToString("N")[..12]);
        Directory.CreateDirectory(path);
        return path;
    }

    static async Task<string> CreateTemplateAsync()
    {
        var server = await SharedAsync();
        var name = $"test_{Environment.ProcessId}_template";
        await ExecuteAsync(server.ConnectionStringTo("postgres"), $"CREATE DATABASE {name}");
        var unpooled = new NpgsqlConnectionStringBuilder(server.ConnectionStringTo(name)) { Pooling = false }.ConnectionString;
        await using var dataSource = NpgsqlDataSource.Create(unpooled);
        await Migrations.ApplyAsync(dataSource, CancellationToken.None);
        return name;
    }

    static async Task DropAsync(string name) =>
        await ExecuteAsync((await SharedAsync()).ConnectionStringTo("postgres"), $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");

    static async Task ExecuteAsync(string connectionString, string sql)
    {
        // Without a pool, no connection stays behind to hinder the use of the template.
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A test program that was killed leaves its server behind.</summary>
    static async Task RemoveAbandonedAsync()
    {
        var recent = TimeProvider.System.GetUtcNow().UtcDateTime - StartingAge;
        string[] roots = Directory.Exists(Memory) ? [Path.GetTempPath(), Memory] : [Path.GetTempPath()];
        foreach (var folder in roots.SelectMany(root => Directory.EnumerateDirectories(root, FolderPrefix + "*")))
        {
            try
            {
                var data = Path.Combine(folder, "postgres");
                var users = Path.Combine(data, "users");
                var shares = Directory.Exists(users) ? Directory.GetFiles(users) : [];
                var abandoned = shares.Length > 0 ? !shares.Any(IsLocked) : Directory.GetLastWriteTimeUtc(folder) < recent;
                if (abandoned && Directory.Exists(data) && await EmbeddedPostgresServer.StopUnusedAsync(data))
                {
                    Directory.Delete(folder, recursive: true);
                }
            }
            catch (Exception other) when (other is IOException or UnauthorizedAccessException or EmbeddedPostgresException)
            {
                // Another user's, or another program is at it.
            }
        }
    }

    /// <summary>Whether the program that made this file of <c>users/</c> is alive.</summary>
    static bool IsLocked(string path)
    {
        try
        {
            File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    sealed record Server(Func<string, string> ConnectionStringTo, EmbeddedPostgresServer? Embedded);
}
