namespace OrleansIngest.Commands.Shell;

/// <summary>What the program tells its caller when it ends.</summary>
public static class ExitCode
{
    /// <summary>All done.</summary>
    public const int Done = 0;

    /// <summary>Done, but something failed or was rejected beyond its threshold.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage or configuration: nothing was begun.</summary>
    public const int Usage = 2;

    /// <summary>Ended by Ctrl-C or SIGTERM before it was done.</summary>
    public const int Interrupted = 130;

    /// <summary>What each means, for the manual.</summary>
    internal static IReadOnlyList<(int Code, string Meaning)> Meanings { get; } =
    [
        (Done, "All done."),
        (Failed, "Something failed, or was rejected beyond its threshold."),
        (Usage, "Wrong usage or configuration: nothing was begun."),
        (Interrupted, "Ended by Ctrl-C or SIGTERM before it was done."),
    ];
}
