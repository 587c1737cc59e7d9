namespace OrleansIngest.Engine.Ledger;

/// <summary>The states of one version of a file. For the transitions between them, see
/// <see cref="FileTransitions"/>.</summary>
public enum FileStatus
{
    /// <summary>Discovered, and not ready yet: it settles, or waits for its sentinel.</summary>
    Discovered,

    /// <summary>Waits for a node.</summary>
    Ready,

    /// <summary>A claim is in force.</summary>
    Loading,

    /// <summary>Each of its records is a row, a reject, or counted as skipped.</summary>
    Loaded,

    /// <summary>Retried after a delay.</summary>
    Failed,

    /// <summary>Failed permanently; only an operator can retry it.</summary>
    Quarantined,

    /// <summary>Not loaded: no data, content that is already loaded, or an operator's order.</summary>
    Ignored,

    /// <summary>Gone before it was loaded.</summary>
    Vanished,
}

/// <summary>The values of <c>ingest.file.status</c>.</summary>
public static class FileStatusNames
{
    /// <summary>The name in the ledger, REST and the commands.</summary>
    public static string ToName(this FileStatus status) => status switch
    {
        FileStatus.Discovered => "discovered",
        FileStatus.Ready => "ready",
        FileStatus.Loading => "loading",
        FileStatus.Loaded => "loaded",
        FileStatus.Failed => "failed",
        FileStatus.Quarantined => "quarantined",
        FileStatus.Ignored => "ignored",
        FileStatus.Vanished => "vanished",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>Parses the result of <see cref="ToName"/>.</summary>
    /// <exception cref="FormatException">It is not a state of a file.</exception>
    public static FileStatus Parse(string word) =>
        All.FirstOrDefault(s => s.ToName() == word, (FileStatus)(-1)) is var status && status >= 0
            ? status
            : throw new FormatException($"'{word}' is not a file state");

    /// <summary>All states, in display order.</summary>
    public static IReadOnlyList<FileStatus> All { get; } = Enum.GetValues<FileStatus>();
}

/// <summary>The states as SQL: every statement of this program that names one takes it from here.</summary>
static class FileStatusSql
{
    public const string Discovered = "'discovered'";
    public const string Ready = "'ready'";
    public const string Loading = "'loading'";
    public const string Loaded = "'loaded'";
    public const string Failed = "'failed'";
    public const string Quarantined = "'quarantined'";
    public const string Ignored = "'ignored'";
    public const string Vanished = "'vanished'";

    /// <summary>States of files that are neither loading nor finished. Identical to the condition of the index
    /// <c>file_waiting</c>, because the planner compares the two.</summary>
    public const string IsWaiting = $"IN ({Discovered}, {Ready}, {Failed})";

    /// <summary>All of them, as an array.</summary>
    public const string All =
        $"ARRAY[{Discovered}, {Ready}, {Loading}, {Loaded}, {Failed}, {Quarantined}, {Ignored}, {Vanished}]";

    /// <summary>As a literal.</summary>
    public static string Of(FileStatus status) => $"'{status.ToName()}'";

    /// <summary>Whether the file of an alias is due: a node may claim it now.</summary>
    public static string IsDue(string alias) =>
        $"""
        {alias}.status {IsWaiting} AND ({alias}.status = {Ready} AND {alias}.next_attempt_at IS NULL
            OR {alias}.status IN ({Ready}, {Failed}) AND {alias}.next_attempt_at <= clock_timestamp())
        """;

    /// <summary>The order in which waiting files are loaded, and that of their index. Also for a statement that only looks
    /// for any waiting file, or counts the first ones: when the statistics were taken from a full backlog, the planner expects
    /// to find such files wherever it looks, and without an order it reads the whole table when few are left.</summary>
    public static string OldestFirst(string alias) => $"ORDER BY {alias}.mtime_ns, {alias}.file_id";
}
