using Serilog.Events;

namespace OrleansIngest.Commands.Logging;

/// <summary>What is logged, and where to.</summary>
public sealed record LogSettings
{
    /// <summary>The least important lines to write. Default: Information.</summary>
    public LogEventLevel Level { get; init; } = LogEventLevel.Information;

    /// <summary>Readable lines; otherwise one JSON object per line. Default: false.</summary>
    public bool Readable { get; init; }

    /// <summary>A file that gets JSON lines too, or null. A new one is begun each day and every 50 MiB; the last
    /// 10 are kept. Default: null.</summary>
    public string? File { get; init; }

    /// <summary>Whether standard error gets no line for a file that failed or was quarantined, because the command prints its
    /// own; <see cref="File"/> still gets it. Default: false.</summary>
    public bool HidesFailedFiles { get; init; }

    /// <summary>Takes passwords out of every line. Default: one that knows none, and finds
    /// them by the text around them.</summary>
    public SecretMask Mask { get; init; } = new();
}
