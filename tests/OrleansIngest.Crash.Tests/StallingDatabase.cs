using System.Diagnostics;
using Npgsql;
using OrleansIngest.EmbeddedPostgres;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Testing;

namespace OrleansIngest.Crash.Tests;

/// <summary>A PostgreSQL server of the test's own, with the ledger in it, that can hang or die.</summary>
sealed class StallingDatabase : IAsyncDisposable
{
    readonly EmbeddedPostgresServer _server;
    readonly string _folder;
    readonly List<int> _stopped = [];

    StallingDatabase(EmbeddedPostgresServer server, string folder) => (_server, _folder) = (server, folder);

    public string ConnectionString => _server.ConnectionString;

    public static async Task<StallingDatabase> StartAsync()
    {
        var folder = TestPostgres.NewFolder();
        try
        {
            var server = await EmbeddedPostgresServer.StartAsync(
                new EmbeddedPostgresOptions { DataDirectory = Path.Combine(folder, "postgres") },
                TestContext.Current.CancellationToken);
            await using var source = NpgsqlDataSource.Create(server.ConnectionString);
            await Migrations.ApplyAsync(source, TestContext.Current.CancellationToken);
            return new StallingDatabase(server, folder);
        }
        catch (EmbeddedPostgresException missing) when (missing.BinariesMissing)
        {
            Directory.Delete(folder, recursive: true);
            TestPostgres.SkipWithoutBinaries(missing);
            throw;
        }
    }

    /// <summary>SIGSTOP for every process of the server: connections stand, new ones are accepted by the
    /// kernel, and nothing is answered.</summary>
    public async Task HangAsync()
    {
        var postmaster = _server.ProcessId ?? throw new InvalidOperationException("The server does not run.");
        await SignalAsync("STOP", [postmaster]); // first, so that no further process is born
        _stopped.Add(postmaster);
        var children = await ChildrenOfAsync(postmaster);
        await SignalAsync("STOP", children);
        _stopped.AddRange(children);
    }

    /// <summary>SIGKILL for the server: connections break, new ones are refused.</summary>
    public async Task DieAsync()
    {
        var postmaster = _server.ProcessId ?? throw new InvalidOperationException("The server does not run.");
        var children = await ChildrenOfAsync(postmaster);
        await SignalAsync("KILL", [postmaster, .. children]);
    }

    public async ValueTask DisposeAsync()
    {
        await SignalAsync("CONT", _stopped);
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    static async Task<List<int>> ChildrenOfAsync(int process)
    {
        using var list = Process.Start(new ProcessStartInfo("ps", ["-o", "pid=", "--ppid", $"{process}"])
        { RedirectStandardOutput = true })!;
        var output = await list.StandardOutput.ReadToEndAsync();
        await list.WaitForExitAsync();
        return [.. output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(pid => int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture))];
    }

    static async Task SignalAsync(string name, IReadOnlyCollection<int> processes)
    {
        if (processes.Count == 0) return;
        using var kill = Process.Start(new ProcessStartInfo("kill", [$"-{name}", .. processes.Select(p => $"{p}")])
        { RedirectStandardError = true })!;
        await kill.WaitForExitAsync();
    }
}
