using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using OrleansIngest.Testing;

namespace OrleansIngest.Monitor.Tests.Browser;

/// <summary><c>ingest up</c>, the real program, as a process; ends with the test.</summary>
sealed partial class IngestUp : IAsyncDisposable
{
    readonly Process _process;
    readonly StringBuilder _said = new();
    readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    IngestUp(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.ErrorDataReceived += (_, line) => Heard(line.Data);
        _process.OutputDataReceived += (_, _) => { };
        _process.Exited += (_, _) => _address.TrySetException(
            new InvalidOperationException($"ingest up ended with {_process.ExitCode}: {Said}"));
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>What it wrote to standard error so far.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    /// <summary>Starts it and waits until it serves its pages.</summary>
    /// <param name="connectionString">Npgsql's.</param>
    /// <param name="folder">Its working directory, with <c>ingest.json</c>.</param>
    /// <param name="token">The operator's.</param>
    /// <param name="port">Of the pages on 127.0.0.1; 0 for a free one.</param>
    public static async Task<(IngestUp Program, Uri Address)> StartAsync(
        string connectionString, string folder, string token, int port = 0)
    {
        var start = new ProcessStartInfo("dotnet", [CompleteProgram.Path, "up", "--http", $"127.0.0.1:{port}"])
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        start.Environment["DATABASE_URL"] = TestUrl.Of(connectionString);
        start.Environment["INGEST_TOKEN"] = token;
        var program = new IngestUp(start);
        return (program, await program._address.Task.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as a person would end it; killed when it takes too long.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using (var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"])) await kill.WaitForExitAsync();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }

    void Heard(string? line)
    {
        if (line is null) return;
        lock (_said) _said.AppendLine(line);
        if (PagesLine().Match(line) is { Success: true } match) _address.TrySetResult(new Uri(match.Groups[1].Value));
    }

    [GeneratedRegex(@"""Pages"":""(http://127\.0\.0\.1:\d+)")]
    private static partial Regex PagesLine();
}
