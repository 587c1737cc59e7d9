using System.Diagnostics;

namespace OrleansIngest.Hosting.Tests;

/// <summary>The program of the package's README, killed and started again.</summary>
public sealed class HostingSampleTests
{
    static Process Start(HostedFiles files)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "OrleansIngest.Hosting.Sample.dll"),
            "--Database", files.ConnectionString, "--Watch", files.Watch])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    [Fact]
    public async Task Sample_KilledWhileItLoads_ContinuesWithoutALostOrDoubledRow()
    {
        await using var files = await HostedFiles.CreateAsync();
        for (var kills = 0; kills < 3; kills++)
        {
            files.Write(200_000);
            files.Write(10);
            var before = await files.CountAsync("count(*) FROM orders");
            using var process = Start(files);
            await files.UntilAsync("count(*) FROM orders", count => count > before);
            process.Kill(); // SIGKILL
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        using var last = Start(files);
        await files.AllAreLoadedAsync();
        last.Kill();
        await last.WaitForExitAsync(TestContext.Current.CancellationToken);
        await files.EachIsThereOnceAsync();
    }
}
