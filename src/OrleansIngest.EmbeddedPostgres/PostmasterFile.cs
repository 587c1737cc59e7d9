using System.Globalization;

namespace OrleansIngest.EmbeddedPostgres;

/// <summary>The content of PostgreSQL's <c>postmaster.pid</c>, line by line: process id, data folder, start time, port, socket
/// folder, address, shared memory, state.</summary>
readonly record struct PostmasterFile(int Pid, int Port, string State)
{
    // Above the largest process id on Linux (4194304), so never alive.
    const int Nobody = int.MaxValue;

    internal static PostmasterFile? Read(string data)
    {
        try
        {
            var lines = File.ReadAllLines(PathIn(data));
            return lines.Length > 0 && int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                ? new PostmasterFile(pid, lines.Length > 3 ? Number(lines[3]) : 0,
                    lines.Length > 7 ? lines[7].Trim() : "starting")
                : null;
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Whether the process exists, is not a zombie, and is the server of this folder (process ids are reused).</summary>
    internal bool IsAlive(string data)
    {
        if (NativeMethods.Kill(Pid, NativeMethods.SignalZero) != 0
            && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == NativeMethods.NoSuchProcess)
        {
            return false;
        }

        if (!Directory.Exists("/proc/self"))
        {
            return true;
        }

        try
        {
            // A zombie's command line is empty. The postmaster never changes its own; cwd would need more rights than Docker
            // grants.
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{Pid}/cmdline")).Split('\0')
                .Contains(data);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>
    /// Makes PostgreSQL see that the process of a stale file is gone; otherwise it would mistake a zombie or an unrelated process
    /// with the same id for a running server. The rest of the file stays: from its shared memory line the server still detects
    /// whether a child of the killed one is running.
    /// </summary>
    internal static void Disown(string data)
    {
        if (!File.Exists(PathIn(data)))
        {
            return;
        }

        var lines = File.ReadAllLines(PathIn(data));
        if (lines.Length == 0)
        {
            // Truncated by a full disk; PostgreSQL would wait until it is removed.
            File.Delete(PathIn(data));
            return;
        }

        lines[0] = Nobody.ToString(CultureInfo.InvariantCulture);
        using var stream = new FileStream(PathIn(data), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.SetLength(0);
        using var writer = new StreamWriter(stream);
        writer.Write(string.Join('\n', lines) + '\n');
    }

    static string PathIn(string data) => Path.Combine(data, "postmaster.pid");

    static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number : 0;
}
