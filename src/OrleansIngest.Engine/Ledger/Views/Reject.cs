namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A record that could not be loaded, in full, as exported to a file of rejects.</summary>
public record Reject
{
    /// <summary>Its key in <c>corrupt_records</c>.</summary>
    public required long Id { get; init; }

    /// <summary>The pipeline of its file.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The key of its file.</summary>
    public required long FileId { get; init; }

    /// <summary>The path of its file.</summary>
    public required string File { get; init; }

    /// <summary>Its 1-based line, counting header and blank lines; null if the input has no lines.</summary>
    public required long? Line { get; init; }

    /// <summary>Its 1-based number, without the header.</summary>
    public required long RecordNumber { get; init; }

    /// <summary>Its position in the input: its first byte, stored or decoded, or its row; see
    /// <c>ingest.file.position_unit</c>.</summary>
    public required long ByteOffset { get; init; }

    /// <summary>A code: <c>bad_value</c>, <c>field_count</c>, <c>broken_quote</c>, and others.</summary>
    public required string Reason { get; init; }

    /// <summary>The column at fault, if there is one.</summary>
    public required string? Column { get; init; }

    /// <summary>Human-readable.</summary>
    public required string Detail { get; init; }

    /// <summary><c>open</c>, <c>replayed</c> or <c>ignored</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The record as read.</summary>
    public required string RawRecord { get; init; }

    /// <summary>When it was rejected.</summary>
    public required DateTimeOffset At { get; init; }
}
