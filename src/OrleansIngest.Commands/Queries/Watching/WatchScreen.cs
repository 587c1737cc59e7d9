using System.Threading.Channels;

namespace OrleansIngest.Commands.Queries.Watching;

/// <summary>The terminal while watching: its alternate screen, so that its previous content is
/// restored, and its keyboard.</summary>
sealed class WatchScreen : IDisposable
{
    const string Begin = "\e[?1049h\e[?25l\e[?7l", End = "\e[?7h\e[?25h\e[?1049l";

    readonly TextWriter _output;
    readonly Channel<ConsoleKeyInfo> _keys = Channel.CreateUnbounded<ConsoleKeyInfo>();

    /// <param name="output">The terminal.</param>
    public WatchScreen(TextWriter output)
    {
        _output = output;
        _output.Write(Begin);
        if (Console.IsInputRedirected) return;
        // A thread that waits for keys, because the terminal echoes keys while no read is pending.
        new Thread(ReadKeys) { IsBackground = true, Name = "keys" }.Start();
    }

    /// <summary>Characters and lines.</summary>
    public static (int Width, int Height) Size
    {
        get
        {
            var (width, height) = (Console.WindowWidth, Console.WindowHeight);
            return (width >= 20 ? width : 80, height >= 4 ? height : 24); // a terminal of unknown size
        }
    }

    /// <summary>Replaces the last frame.</summary>
    public void Draw(IReadOnlyList<string> lines)
    {
        _output.Write($"\e[H{string.Join("\e[K\r\n", lines)}\e[K");
        _output.Flush();
    }

    /// <summary>The next key; null when none comes in time.</summary>
    public async Task<ConsoleKeyInfo?> KeyAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await _keys.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _output.Write(End);
        _output.Flush();
    }

    void ReadKeys()
    {
        try
        {
            while (true) _keys.Writer.TryWrite(Console.ReadKey(intercept: true));
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException)
        {
            // There is no keyboard: the frames are shown without keys.
        }
    }
}
