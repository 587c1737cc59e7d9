using System.Diagnostics;
using Npgsql;
using OrleansIngest.Testing;

namespace OrleansIngest.EmbeddedPostgres.Tests;

/// <summary>A data folder of one test, made from nothing, and what the tests do with the server in it.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    readonly List<EmbeddedPostgresServer> _servers = [];

    public string Root { get; } = TestPostgres.NewFolder();

    public string Folder => Path.Combine(Root, "postgres");

    public ValueTask InitializeAsync() => default;

    public async Task<EmbeddedPostgresServer> StartAsync(
        string database = "ingest", string? folder = null, string? binaries = null)
    {
        try
        {
            var server = await EmbeddedPostgresServer.StartAsync(new EmbeddedPostgresOptions
            {
                DataDirectory = folder ?? Folder,
                Database = database,
                BinDirectory = binaries,
                Settings = new Dictionary<string, string> { ["fsync"] = "off" },
            });
            lock (_servers)
            {
                _servers.Add(server);
            }

            return server;
        }
        catch (EmbeddedPostgresException missing) when (missing.BinariesMissing)
        {
            TestPostgres.SkipWithoutBinaries(missing);
            throw;
        }
    }

    public static async Task<string> AskAsync(EmbeddedPostgresServer server, string sql)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(unpooled);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (await command.ExecuteScalarAsync())?.ToString() ?? "";
    }

    /// <summary>kill -9, and its end awaited.</summary>
    public static async Task KillAsync(int pid)
    {
        using var process = Process.GetProcessById(pid);
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async Task DisposeServersAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DisposeServersAsync();
        Directory.Delete(Root, recursive: true);
    }
}
