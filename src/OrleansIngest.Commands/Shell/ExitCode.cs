namespace OrleansIngest.Commands.Shell;

/// <summary>Exit codes of the program.</summary>
public static class ExitCode
{
    /// <summary>All done.</summary>
    public const int Done = 0;

    /// <summary>Done, but something failed or was rejected beyond its threshold.</summary>
    public const int Failed = 1;

    /// <summary>Invalid usage or configuration; nothing was started.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C or SIGTERM before completion.</summary>
    public const int Interrupted = 130;

    /// <summary>What each means, for the manual.</summary>
    internal static IReadOnlyList<(int Code, string Meaning)> Meanings { get; } =
    [
        (Done, "All done."),
        (Failed, "A file failed, or too many records or every record of a file were rejected."),
        (Usage, "Invalid usage or configuration; nothing was started."),
        (Interrupted, "Stopped by Ctrl-C or SIGTERM before completion."),
    ];
}
