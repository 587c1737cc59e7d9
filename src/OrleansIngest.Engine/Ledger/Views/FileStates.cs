namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The displayed states of files: the statuses of the ledger, and two that a loaded file has while it has open
/// rejects.</summary>
public static class FileStates
{
    /// <summary>A loaded file with open rejects.</summary>
    public const string LoadedWithRejects = "loaded-with-rejects";

    /// <summary>A loaded file of which no row was loaded: all of its records are open rejects.</summary>
    public const string AllRejected = "all-rejected";

    /// <summary>The statuses of <c>ingest.file</c>.</summary>
    public static IReadOnlyList<string> Statuses { get; } = [.. FileStatusNames.All.Select(s => s.ToName())];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["discovered", "ready", "loading", "loaded", LoadedWithRejects, AllRejected, "failed", "quarantined", "ignored",
            "vanished"];

    /// <summary>The state of a file.</summary>
    /// <param name="status">Its status in the ledger.</param>
    /// <param name="loaded">Rows loaded.</param>
    /// <param name="rejected">Records rejected while it was loaded.</param>
    /// <param name="open">How many of them are still open.</param>
    public static string Of(string status, long loaded, long rejected, long open) =>
        status != "loaded" || open <= 0 ? status : loaded == 0 && open >= rejected ? AllRejected : LoadedWithRejects;
}
