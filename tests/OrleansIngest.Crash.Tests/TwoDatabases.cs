using OrleansIngest.Testing;

namespace OrleansIngest.Crash.Tests;

/// <summary>Known files for two databases in one configuration: those of the main one, and those of the database
/// <c>second</c>.</summary>
sealed class TwoDatabases(KnownFiles main, KnownFiles second) : IAsyncDisposable
{
    public KnownFiles Main => main;

    public KnownFiles Second => second;

    public string Config => main.Config;

    /// <param name="files">Files of each at the start.</param>
    /// <param name="records">Records of each file.</param>
    /// <param name="mainConnection">A database of the caller's, migrated; null makes one.</param>
    /// <param name="secondConnection">A database of the caller's; null makes one.</param>
    public static async Task<TwoDatabases> CreateAsync(
        int files, int records, string? mainConnection = null, string? secondConnection = null)
    {
        var main = await KnownFiles.CreateAsync(files, records, batchRecords: 100, mainConnection);
        var second = await KnownFiles.CreateAsync(files, records, batchRecords: 100, secondConnection);
        await File.WriteAllTextAsync(main.Config, $$"""
            {
              "databases": { "second": "{{TestUrl.Of(second.ConnectionString)}}" },
              "pipelines": [
                { "name": "crash", "watch": ["in"], "table": "t", "settleTime": "0",
                  "batchRecords": 100, "retryInitialDelay": "10ms", "maxOwnerDeaths": 1000 },
                { "name": "other", "database": "second", "watch": ["{{second.Watched}}"], "table": "t", "settleTime": "0",
                  "batchRecords": 100, "retryInitialDelay": "10ms", "maxOwnerDeaths": 1000 }
              ]
            }
            """);
        return new TwoDatabases(main, second);
    }

    public IngestProcess Up(string? crashAt, params string[] options) =>
        IngestProcess.Start(main.ConnectionString, crashAt,
            ["up", "--config", Config, "--http", "127.0.0.1:0", "--log-level", "info", .. options]);

    public async Task ShouldBeLoadedExactlyOnceAsync()
    {
        await main.ShouldBeLoadedExactlyOnceAsync();
        await second.ShouldBeLoadedExactlyOnceAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await main.DisposeAsync();
        await second.DisposeAsync();
    }
}
