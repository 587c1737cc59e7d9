using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace OrleansIngest.EmbeddedPostgres;

/// <summary>Starts and stops the server process of one folder. Every method requires the folder's lock.</summary>
sealed class Postmaster(ServerFolder folder, EmbeddedPostgresOptions options)
{
    const int Attempts = 6;
    const int LogTailLines = 12;
    const long LargeLogBytes = 8 * 1024 * 1024;
    const int FirstPort = 20000;
    const int PortCount = 10000; // below the range that the kernel assigns to outgoing connections
    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);
    static readonly TimeSpan PortWait = TimeSpan.FromSeconds(5);
    static readonly TimeSpan RetryWait = TimeSpan.FromMilliseconds(200);

    /// <summary>For ingest on a small machine: few checkpoints, no replication, but every commit is on disk.</summary>
    static readonly (string Name, string Value)[] Defaults =
    [
        ("listen_addresses", "127.0.0.1"), ("unix_socket_directories", ""), ("max_connections", "100"),
        ("shared_buffers", "128MB"), ("wal_level", "minimal"), ("max_wal_senders", "0"), ("wal_compression", "off"),
        ("max_wal_size", "2GB"), ("checkpoint_timeout", "15min"), ("synchronous_commit", "on"), ("fsync", "on"),
        ("timezone", "UTC"), ("log_timezone", "UTC"), ("lc_messages", "C"), ("jit", "off"),
        ("log_line_prefix", "%m [%p] %a "),
    ];

    /// <summary>Joins the running server or starts one; returns its port when it is ready for connections.</summary>
    internal async Task<int> EnsureRunningAsync(PostgresBinaries binaries, CancellationToken ct)
    {
        var start = options.TimeProvider.GetTimestamp();
        if (await WaitWhileAsync(file => file.State is not "ready", process: null, start, ct) is { } running)
        {
            return running.Port;
        }

        // A killed server leaves its file behind, and holds its port until the kernel has released it.
        var wait = PostmasterFile.Read(folder.Data) is null ? TimeSpan.Zero : PortWait;
        for (var attempt = 1; ; attempt++)
        {
            PostmasterFile.Disown(folder.Data);
            var port = await ChoosePortAsync(attempt == 1 ? wait : TimeSpan.Zero, ct);
            using var process = Launch(binaries, port);
            if (await WaitWhileAsync(file => file.State is not "ready" || file.Port != port, process, start, ct) is not null)
            {
                folder.RememberPort(port);
                return port;
            }

            // Its port was taken in the meantime, or a child of a killed predecessor is still ending: a retry solves both.
            if (attempt == Attempts)
            {
                throw new EmbeddedPostgresException(
                    $"PostgreSQL {binaries.Version} did not start in {folder.Data}. The end of {folder.Log}:\n{LogTail()}");
            }

            await Task.Delay(RetryWait * attempt, options.TimeProvider, ct);
        }
    }

    /// <summary>Requests a fast shutdown and waits until the server has stopped.</summary>
    internal async Task StopAsync(CancellationToken ct)
    {
        var start = options.TimeProvider.GetTimestamp();
        if (Alive() is { } running)
        {
            NativeMethods.Kill(running.Pid, NativeMethods.SignalInterrupt);
        }

        while (Alive() is not null && options.TimeProvider.GetElapsedTime(start) < options.StopTimeout)
        {
            await Task.Delay(Poll, options.TimeProvider, ct);
        }
    }

    /// <summary>The running server, whatever its state.</summary>
    internal PostmasterFile? Alive() =>
        PostmasterFile.Read(folder.Data) is { } file && file.IsAlive(folder.Data) ? file : null;

    /// <summary>Waits until a living server is ready; null if there is none (any more).</summary>
    async Task<PostmasterFile?> WaitWhileAsync(Func<PostmasterFile, bool> unready, Process? process, long start,
        CancellationToken ct)
    {
        while (true)
        {
            var alive = Alive();
            if (alive is { } file && !unready(file))
            {
                return file;
            }

            if (alive is null && (process is null || process.HasExited))
            {
                return null;
            }

            if (options.TimeProvider.GetElapsedTime(start) > options.StartTimeout)
            {
                throw new EmbeddedPostgresException(
                    $"PostgreSQL in {folder.Data} is not ready after {options.StartTimeout.TotalSeconds:0} s "
                    + $"(state: {alive?.State ?? "not started"}). Wait and try again, or see {folder.Log}, which ends "
                    + $"with:\n{LogTail()}");
            }

            await Task.Delay(Poll, options.TimeProvider, ct);
        }
    }

    /// <summary>A session of its own protects the server from this program's Ctrl-C and from a kill of its process
    /// group.</summary>
    Process Launch(PostgresBinaries binaries, int port)
    {
        if (new FileInfo(folder.Log) is { Exists: true, Length: > LargeLogBytes })
        {
            File.Move(folder.Log, folder.Log + ".1", overwrite: true);
        }

        var settings = Defaults.ToDictionary(setting => setting.Name, setting => setting.Value);
        foreach (var (name, value) in options.Settings)
        {
            settings[name] = value;
        }

        settings["port"] = port.ToString(CultureInfo.InvariantCulture);
        IReadOnlyList<string> session = Command.Find("setsid") is { } setsid
            ? [setsid]
            : ["perl", "-e", "use POSIX; POSIX::setsid(); exec @ARGV"]; // macOS has no setsid
        var process = Process.Start(Command.StartInfo([
            "/bin/sh", "-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", folder.Log, .. session,
            .. folder.Account.Wrap([binaries.Path("postgres"), "-D", folder.Data,
                .. settings.SelectMany(setting => new[] { "-c", $"{setting.Key}={setting.Value}" })])]))!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>The last port, so that yesterday's psql command and a program that waits for the server still find it; otherwise
    /// a free one.</summary>
    async Task<int> ChoosePortAsync(TimeSpan wait, CancellationToken ct)
    {
        if (folder.LastPort() is { } last)
        {
            var start = options.TimeProvider.GetTimestamp();
            while (true)
            {
                if (IsFree(last))
                {
                    return last;
                }

                if (options.TimeProvider.GetElapsedTime(start) >= wait)
                {
                    break;
                }

                await Task.Delay(Poll, options.TimeProvider, ct);
            }
        }

        int port;
        do
        {
            port = FirstPort + RandomNumberGenerator.GetInt32(PortCount);
        }
        while (!IsFree(port));
        return port;
    }

    static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    string LogTail() =>
        File.Exists(folder.Log) ? string.Join('\n', File.ReadLines(folder.Log).TakeLast(LogTailLines)) : "(no log)";
}
