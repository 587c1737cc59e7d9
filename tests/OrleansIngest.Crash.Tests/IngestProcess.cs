using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using OrleansIngest.Testing;

namespace OrleansIngest.Crash.Tests;

/// <summary>The real program, as a process that can be killed, stopped and woken.</summary>
sealed class IngestProcess : IDisposable
{
    readonly Process _process;
    readonly StringBuilder _said = new();
    readonly Task<string> _error;
    TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    IngestProcess(Process process)
    {
        _process = process;
        _error = ReadAsync(process.StandardError);
        _ = process.StandardOutput.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    public bool HasExited => _process.HasExited;

    /// <summary>Its standard error up to now.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    /// <param name="connectionString">Npgsql's.</param>
    /// <param name="crashAt">A named point and a count, as in <c>INGEST_CRASH_AT</c>; null for none.</param>
    /// <param name="arguments">The command line.</param>
    public static IngestProcess Start(string connectionString, string? crashAt, params string[] arguments) =>
        Start(connectionString, crashAt, null, arguments);

    /// <param name="connectionString">Npgsql's.</param>
    /// <param name="crashAt">A named point and a count, as in <c>INGEST_CRASH_AT</c>; null for none.</param>
    /// <param name="inside">A command that runs another one in its own place; null for none.</param>
    /// <param name="arguments">The command line.</param>
    public static IngestProcess Start(string connectionString, string? crashAt, IReadOnlyList<string>? inside,
        IReadOnlyList<string> arguments)
    {
        string[] command = [.. inside ?? [], .. Program(arguments[0]), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["DATABASE_URL"] = TestUrl.Of(connectionString);
        if (crashAt is not null) start.Environment["INGEST_CRASH_AT"] = crashAt;
        return new IngestProcess(Process.Start(start)!);
    }

    /// <summary>What <c>./ingest</c> would start, where <c>./ingest test</c> has built it: both are compiled ahead of
    /// time.</summary>
    static string[] Program(string command) =>
        command == "load" && Environment.GetEnvironmentVariable("INGEST_NATIVE_PROGRAM") is { } native ? [native]
            : ["dotnet", CompleteProgram.Path];

    /// <summary>SIGKILL; a process that has ended already is as good.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It was quicker.
        }
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits until a text is on standard error.</summary>
    public Task SaidAsync(string text) => SaidLineAsync(new Regex(Regex.Escape(text)));

    /// <summary>Waits until standard error has what a pattern describes, and gives it.</summary>
    public async Task<string> SaidLineAsync(Regex pattern)
    {
        while (true)
        {
            Task more;
            lock (_said)
            {
                if (pattern.Match(_said.ToString()) is { Success: true } match) return match.Value;
                if (_error.IsCompleted)
                    throw new InvalidOperationException($"ingest ended and did not say '{pattern}', but: {_said}");
                more = _more.Task;
            }

            await more.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until a silo says what it watches, or has come to its crash point before that.</summary>
    public async Task RunsAsync()
    {
        try
        {
            await SaidAsync("watching ");
        }
        catch (InvalidOperationException) when (HasExited)
        {
            // It came to its point before it said so.
        }
    }

    /// <summary>Waits for the end.</summary>
    /// <param name="patience">How long. Default: two minutes.</param>
    public async Task<string> WaitAsync(TimeSpan? patience = null)
    {
        using var limit = new CancellationTokenSource(patience ?? TimeSpan.FromMinutes(2));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            throw new TimeoutException(
                $"ingest did not end within {patience ?? TimeSpan.FromMinutes(2)}; it said: {await _error}");
        }

        return await _error;
    }

    async Task<string> ReadAsync(StreamReader error)
    {
        while (await error.ReadLineAsync() is { } line)
        {
            lock (_said) _said.AppendLine(line);
            Interlocked.Exchange(ref _more, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
                .SetResult();
        }

        Volatile.Read(ref _more).TrySetResult();
        return _said.ToString();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
