using Npgsql;
using OrleansIngest.EmbeddedPostgres;
using OrleansIngest.Testing;

namespace OrleansIngest.Crash.Tests;

/// <summary>A PostgreSQL server of one test's own, which may be killed.</summary>
static class OwnServer
{
    /// <summary>Starts one; the test is skipped where PostgreSQL's binaries are missing.</summary>
    /// <param name="folder">Its data goes to <c>postgres</c> in there.</param>
    /// <param name="settings">Of <c>postgresql.conf</c>; null for the defaults.</param>
    public static async Task<EmbeddedPostgresServer> StartAsync(
        string folder, IReadOnlyDictionary<string, string>? settings = null)
    {
        try
        {
            return await EmbeddedPostgresServer.StartAsync(
                new EmbeddedPostgresOptions
                {
                    DataDirectory = Path.Combine(folder, "postgres"),
                    Settings = settings ?? new Dictionary<string, string>()
                },
                TestContext.Current.CancellationToken);
        }
        catch (EmbeddedPostgresException missing) when (missing.BinariesMissing)
        {
            TestPostgres.SkipWithoutBinaries(missing);
            throw;
        }
    }

    /// <summary>SIGKILL; connections of before are not used again.</summary>
    public static async Task KillAsync(EmbeddedPostgresServer server)
    {
        using (var kill = System.Diagnostics.Process.Start("kill", ["-9", $"{server.ProcessId}"]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        NpgsqlConnection.ClearAllPools();
    }
}
