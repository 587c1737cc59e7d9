using static OrleansIngest.Engine.Ledger.FileStatus;

namespace OrleansIngest.Engine.Ledger;

/// <summary>A transition of a version of a file from one state to another.</summary>
/// <param name="From">The states before; empty for a new version.</param>
/// <param name="To">The states after.</param>
/// <param name="Also">Further assignments of every statement; SQL, for <c>ingest.file f</c>.</param>
sealed record FileTransition(IReadOnlyList<FileStatus> From, IReadOnlyList<FileStatus> To, string Also = "")
{
    /// <summary>Its only state, as SQL.</summary>
    public string Into => FileStatusSql.Of(To.Single());

    /// <summary>The assignments of an UPDATE of <c>ingest.file f</c> into its only state.</summary>
    public string Set => SetTo(Into);

    /// <summary>The condition on <c>ingest.file f</c>.</summary>
    public string IsAllowed { get; } = From.Count == 1
        ? $"f.status = {FileStatusSql.Of(From[0])}"
        : $"f.status IN ({string.Join(", ", From.Select(FileStatusSql.Of))})";

    /// <summary>The assignments into one of its states.</summary>
    /// <param name="status">SQL whose value is one of <see cref="To"/>.</param>
    public string SetTo(string status) => Also.Length == 0 ? $"status = {status}" : $"status = {status}, {Also}";
}

/// <summary>Every transition of a file's state. Statements take their assignments and conditions from here; nothing else writes
/// <c>ingest.file.status</c>.</summary>
/// <remarks>A state that a statement's own parameter or expression chooses is one of <see cref="FileTransition.To"/>;
/// <c>FileTransitionTests</c> try each from each state.</remarks>
static class FileTransitions
{
    const string Ends = "finished_at = clock_timestamp()";

    /// <summary>Discovery sees a version for the first time.</summary>
    public static FileTransition Appear { get; } = new([], [Discovered, Ready, Ignored]);

    /// <summary>A version that is ready at once: replaced with the same size and mtime, loaded again by an operator,
    /// member of an archive.</summary>
    public static FileTransition Add { get; } = new([], [Ready]);

    /// <summary>Discovery sees it again, in another state. A ready file only while it is unclaimed.</summary>
    public static FileTransition Reappear { get; } = new([Discovered, Ignored, Vanished, Ready], [Discovered, Ready, Ignored]);

    /// <summary>Its archive is back, unchanged.</summary>
    public static FileTransition Return { get; } = new([Discovered, Vanished], [Ready],
        "reason = NULL, ready_at = clock_timestamp(), finished_at = NULL");

    /// <summary>A newer version has superseded it.</summary>
    public static FileTransition Overtake { get; } = new([Discovered], [Vanished], Ends);

    /// <summary>Its path is gone.</summary>
    public static FileTransition Vanish { get; } = new([Discovered, Ready, Failed, Ignored], [Vanished], Ends);

    /// <summary>A node claims it; every claim increments the epoch.</summary>
    public static FileTransition Claim { get; } = new(
        [Ready, Failed], [FileStatus.Loading],
        "epoch = f.epoch + 1, reason = NULL, claimed_at = clock_timestamp(), started_at = coalesce(f.started_at, "
            + "clock_timestamp())");

    /// <summary>All of it is committed.</summary>
    public static FileTransition Finish { get; } = new([FileStatus.Loading], [Loaded],
        $"error = NULL, next_attempt_at = NULL, {Ends}");

    /// <summary>Its claim ends in another way (<see cref="ClaimEnd"/>).</summary>
    public static FileTransition End { get; } = new([FileStatus.Loading],
        [Ready, Discovered, Failed, Quarantined, Vanished, Ignored]);

    /// <summary>Its content is already loaded.</summary>
    public static FileTransition Repeat { get; } = new([FileStatus.Loading], [Ignored], $"next_attempt_at = NULL, {Ends}");

    /// <summary>Its owner shuts down.</summary>
    public static FileTransition Leave { get; } = new([FileStatus.Loading], [Ready],
        "reason = 'node ' || f.owner_node || ' left'");

    /// <summary>Its owner does not know the claim.</summary>
    public static FileTransition Lose { get; } = new([FileStatus.Loading], [Ready], "reason = 'its claim was lost'");

    /// <summary>Its owner has died; quarantined if that has happened too often.</summary>
    public static FileTransition Free { get; } = new([FileStatus.Loading], [Ready, Quarantined]);

    /// <summary>It is retried at once.</summary>
    public static FileTransition Hurry { get; } = new([Failed], [Ready], "next_attempt_at = NULL");

    /// <summary>An operator's command (<see cref="Operators.FileVerbs"/> decides). Ends the claim of the
    /// current owner, by the epoch.</summary>
    public static FileTransition Obey { get; } = new(
        [Discovered, Ready, FileStatus.Loading, Failed, Quarantined, Ignored, Vanished], [Ready, Quarantined, Ignored],
        $"""
        attempts = 0, owner_deaths = 0, next_attempt_at = NULL,
            epoch = f.epoch + (f.status = {FileStatusSql.Loading})::integer,
            owner_node = CASE WHEN f.status <> {FileStatusSql.Loading} THEN f.owner_node END
        """);

    /// <summary>Its committed rows are removed from the table (<see cref="Operators.UndoLedger"/>).</summary>
    public static FileTransition Undo { get; } = new(
        [Loaded, Discovered, Ready, Failed, Quarantined, Ignored, Vanished], [Ignored],
        "attempts = 0, owner_deaths = 0, next_attempt_at = NULL, same_as = NULL");
}
