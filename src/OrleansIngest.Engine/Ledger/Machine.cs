using System.Globalization;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The machine of a process, shared by its containers: their host names differ, their kernel does not.</summary>
/// <param name="Id">The boot id of its kernel; the host name if the kernel has none.</param>
/// <param name="Cores">Processors, including those that this process may not use.</param>
/// <param name="MemoryBytes">Memory, including what this process may not use.</param>
sealed record Machine(string Id, int Cores, long MemoryBytes)
{
    /// <summary>The current machine.</summary>
    public static Machine Current { get; } = Read("/proc");

    /// <summary>Reads the files of a kernel.</summary>
    /// <param name="proc">Their directory.</param>
    internal static Machine Read(string proc)
    {
        var id = TryRead(Path.Combine(proc, "sys/kernel/random/boot_id"), text => text.Trim());
        var cores = TryRead(Path.Combine(proc, "stat"), text => text.Split('\n').Count(IsProcessor));
        var memory = TryRead(Path.Combine(proc, "meminfo"), MemoryOf);
        return new Machine(
            id is { Length: > 0 } ? id : Environment.MachineName, cores > 0 ? cores : Environment.ProcessorCount,
            memory > 0 ? memory : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
    }

    static bool IsProcessor(string line) => line.StartsWith("cpu", StringComparison.Ordinal) && line.Length > 3
        && char.IsAsciiDigit(line[3]);

    /// <summary>Parses <c>MemTotal: 24029472 kB</c>.</summary>
    static long MemoryOf(string text)
    {
        var line = text.Split('\n').FirstOrDefault(l => l.StartsWith("MemTotal:", StringComparison.Ordinal));
        var words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is [_, var number, "kB"]
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes << 10 : 0;
    }

    static T? TryRead<T>(string path, Func<string, T> parse)
    {
        try
        {
            return parse(File.ReadAllText(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return default; // another system, or a sandbox that hides it
        }
    }
}
