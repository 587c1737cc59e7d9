using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Sources;

/// <summary>A pipe to load, which can be opened once: standard input, or a named pipe. In the ledger it is a file with a
/// unique name.</summary>
public sealed class PipeInput
{
    const string Mark = "pipe:";
    Func<Stream>? _open;

    /// <param name="name">Human-readable: <c>stdin</c>, or the path of a named pipe.</param>
    /// <param name="time">Makes the name unique to this run.</param>
    /// <param name="open">Opens it; called once.</param>
    public PipeInput(string name, TimeProvider time, Func<Stream> open)
    {
        (Name, _open) = (name, open);
        var now = time.GetUtcNow();
        var path = string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{Mark}{name}@{now:yyyy-MM-ddTHH:mm:ss.fffffff}Z.{Environment.ProcessId}");
        Seen = new SeenFile(path, 0, (now - DateTimeOffset.UnixEpoch).Ticks * 100, 0, 0);
    }

    /// <summary>Human-readable.</summary>
    public string Name { get; }

    /// <summary>The file for the ledger.</summary>
    public SeenFile Seen { get; }

    /// <summary>Whether a path of the ledger is that of a pipe.</summary>
    public static bool IsOne(string path) => path.StartsWith(Mark, StringComparison.Ordinal);

    /// <summary>Opens it.</summary>
    /// <exception cref="FileNotFoundException">It was opened before: its output is gone.</exception>
    public Stream Open() =>
        (Interlocked.Exchange(ref _open, null) ?? throw new FileNotFoundException("the pipe has already been read"))();

    /// <summary>Opens it to examine its first bytes; <see cref="Open"/> begins with them.</summary>
    /// <exception cref="FileNotFoundException">As above.</exception>
    internal ExaminedPipe Examine()
    {
        var pipe = new ExaminedPipe(Open());
        _open = () => pipe.Whole;
        return pipe;
    }
}
