using System.Text.Json;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A version of a file, as shown in lists.</summary>
public record FileRow
{
    /// <summary>Its key in <c>ingest.file</c>.</summary>
    public required long Id { get; init; }

    /// <summary>Its pipeline.</summary>
    public required string Pipeline { get; init; }

    /// <summary>Absolute.</summary>
    public required string Path { get; init; }

    /// <summary>The last part of <see cref="Path"/>.</summary>
    public required string Name { get; init; }

    /// <summary>1 for the first content seen under this path.</summary>
    public required int Version { get; init; }

    /// <summary>Stored bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Its modification time, from the file system.</summary>
    public required DateTimeOffset Mtime { get; init; }

    /// <summary><c>discovered</c>, <c>ready</c>, <c>loading</c>, <c>loaded</c>, <c>failed</c>, <c>quarantined</c>, <c>ignored</c>
    /// or <c>vanished</c>.</summary>
    public required string Status { get; init; }

    /// <summary><see cref="Status"/>; for a loaded file with open rejects <c>loaded-with-rejects</c> or
    /// <c>all-rejected</c>.</summary>
    public required string State { get; init; }

    /// <summary>Why it is in this state.</summary>
    public required string? Reason { get; init; }

    /// <summary>The last failure.</summary>
    public required string? Error { get; init; }

    /// <summary>The node that has or had it.</summary>
    public required string? Node { get; init; }

    /// <summary>Number of claims.</summary>
    public required int Epoch { get; init; }

    /// <summary>Number of failed attempts caused by the file.</summary>
    public required int Attempts { get; init; }

    /// <summary>When it will be retried.</summary>
    public required DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>Rows in the table; while it is loading, the committed ones.</summary>
    public required long RowsLoaded { get; init; }

    /// <summary>Rows in <c>corrupt_records</c>.</summary>
    public required long RowsRejected { get; init; }

    /// <summary>Its rejects that were neither replayed nor closed.</summary>
    public required long OpenRejects { get; init; }

    /// <summary>Blank lines, comments, repeated headers.</summary>
    public required long RowsSkipped { get; init; }

    /// <summary>Of <see cref="RowsSkipped"/>, those that a trigger of the table discarded.</summary>
    public required long RowsSuppressed { get; init; }

    /// <summary>Of <see cref="RowsLoaded"/>, those that are new in the table; null if rows are only appended.</summary>
    public required long? RowsInserted { get; init; }

    /// <summary>Of <see cref="RowsLoaded"/>, those that updated a row of the table; null if rows are only appended.</summary>
    public required long? RowsUpdated { get; init; }

    /// <summary>Of <see cref="RowsLoaded"/>, those that changed nothing; null if rows are only appended.</summary>
    public required long? RowsUnchanged { get; init; }

    /// <summary>Records read: the sum of the three.</summary>
    public required long RecordsRead { get; init; }

    /// <summary>Stored bytes whose records are committed; null while unknown, because the file's positions have another unit and
    /// it is not loaded.</summary>
    public required long? BytesRead { get; init; }

    /// <summary>The unit of its positions: <c>byte</c> (as stored), <c>decoded_byte</c>, <c>row</c> or <c>offset</c> (of a
    /// topic).</summary>
    public required string PositionUnit { get; init; }

    /// <summary>Positions whose records are committed.</summary>
    public required long PositionsRead { get; init; }

    /// <summary>Where it ends; null while unknown.</summary>
    public required long? EndPosition { get; init; }

    /// <summary>From 0 to 1; null while the end of the file is unknown.</summary>
    public required double? Progress { get; init; }

    /// <summary>The key of the archive of which it is a member; null for a file outside of archives.</summary>
    public required long? ParentId { get; init; }

    /// <summary>The table of its rows, if the pipeline alone does not determine it (<c>table</c> depends on the file); otherwise
    /// null.</summary>
    public required string? Target { get; init; }

    /// <summary>Its detected format and dialect; null if the pipeline's options determine them.</summary>
    public required JsonElement? Layout { get; init; }

    /// <summary>When it was first seen.</summary>
    public required DateTimeOffset DiscoveredAt { get; init; }

    /// <summary>When it settled; if it was retried, when it became ready again.</summary>
    public required DateTimeOffset? ReadyAt { get; init; }

    /// <summary>When it was last claimed.</summary>
    public required DateTimeOffset? ClaimedAt { get; init; }

    /// <summary>When it was first claimed.</summary>
    public required DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was finished.</summary>
    public required DateTimeOffset? FinishedAt { get; init; }

    /// <summary>From the last claim to the end, or to now while it loads; milliseconds. Null if it was skipped or has
    /// vanished.</summary>
    public required double? DurationMs { get; init; }

    /// <summary>From its last write (or its discovery, if that was much later; or its retry) until its rows were visible,
    /// milliseconds; null unless it is loaded.</summary>
    public required double? LatencyMs { get; init; }

    /// <summary>SHA-256 of its content, in hex; null until it is loaded.</summary>
    public required string? Sha256 { get; init; }

    /// <summary>The key of an earlier file or version of the pipeline with the same content; null if there is none, or if
    /// unknown.</summary>
    public required long? SameAs { get; init; }

    /// <summary>The path of <see cref="SameAs"/>.</summary>
    public required string? SameAsPath { get; init; }

    /// <summary>Whether a newer version replaces its rows: its pipeline has <c>onChange: replace</c>.</summary>
    public required bool IsReplacedByNewer { get; init; }

    /// <summary>Fields of the file without a column, and columns without a field; null for none.</summary>
    public required ColumnsNote? ColumnsNote { get; init; }

    /// <summary>The actions available to an operator now: <c>retry</c>, <c>skip</c>, <c>quarantine</c>, <c>replay</c>,
    /// <c>replace</c>, <c>undo</c>.</summary>
    public required IReadOnlyList<string> Actions { get; init; }
}
