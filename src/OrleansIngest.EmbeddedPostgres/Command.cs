using System.Diagnostics;

namespace OrleansIngest.EmbeddedPostgres;

/// <summary>Runs a program to its end and captures its output.</summary>
static class Command
{
    internal static async Task<(int ExitCode, string Output)> RunAsync(
        IReadOnlyList<string> commandLine, CancellationToken ct, string folder = "/")
    {
        using var process = Process.Start(StartInfo(commandLine, folder))
            ?? throw new EmbeddedPostgresException($"{commandLine[0]} could not be started.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var error = process.StandardError.ReadToEndAsync(ct);
        try
        {
            await process.WaitForExitAsync(ct);
            return (process.ExitCode, (await output + await error).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>All three streams redirected (so that .NET leaves the terminal's settings alone), a folder that every user may
    /// enter, and no PostgreSQL settings from the user's shell.</summary>
    internal static ProcessStartInfo StartInfo(IReadOnlyList<string> commandLine, string folder = "/")
    {
        var info = new ProcessStartInfo(commandLine[0], commandLine.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var name in info.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
        {
            info.Environment.Remove(name);
        }

        info.Environment["LC_ALL"] = "C";
        return info;
    }

    /// <summary>Full path of a program on the PATH or in a system folder; null when absent.</summary>
    internal static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/sbin", "/usr/bin", "/sbin", "/bin"])
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
