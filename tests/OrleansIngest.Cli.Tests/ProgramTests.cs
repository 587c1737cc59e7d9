using System.Diagnostics;
using System.Globalization;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Cli.Tests;

/// <summary>The program as a process of its own.</summary>
public sealed class ProgramTests : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Generate_EndlessAndSignal_EndsWith0AndLeavesNothingHalf(string signal)
    {
        using var process = await StartEndlessAsync();

        using (var kill = Process.Start("kill", ["-" + signal, process.Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);

        process.ExitCode.ShouldBe(ExitCode.Done);
        (await process.StandardError.ReadToEndAsync()).ShouldContain("ingest: stopped");
        Directory.GetFiles(_temp["in"]).Select(Path.GetFileName).ShouldBe(["events-000001.csv"]);
    }

    [Fact]
    public async Task Generate_Running_HasLoadedNeitherSiloNorWebServer()
    {
        using var process = await StartEndlessAsync();

        var loaded = (await File.ReadAllLinesAsync($"/proc/{process.Id}/maps")).Select(line => Path.GetFileName(line))
            .Distinct().ToList();
        process.Kill();
        await process.WaitForExitAsync();

        loaded.ShouldContain("OrleansIngest.Generator.dll"); // or this test would prove nothing
        loaded.Where(name => name.StartsWith("Orleans.", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.Extensions.Hosting", StringComparison.Ordinal)
            || name is "Npgsql.dll" or "Serilog.dll" or "OrleansIngest.Silo.dll").ShouldBeEmpty();
    }

    /// <summary>A generator that has written its first file and waits a day before the second.</summary>
    async Task<Process> StartEndlessAsync()
    {
        Directory.CreateDirectory(_temp["in"]);
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(_temp.Path, "manifest.json");
        watcher.Renamed += (_, _) => written.TrySetResult(); // the manifest comes after the file
        watcher.EnableRaisingEvents = true;
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "ingest"),
            ["generate", "--out", "in", "--files", "0", "--interval", "1d"])
        {
            WorkingDirectory = _temp.Path,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        await written.Task.WaitAsync(Patience);
        return process;
    }
}
