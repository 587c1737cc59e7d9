namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A record that could not be loaded, in full, as exported to a file of rejects.</summary>
public record Reject
{
    /// <summary>Its key in <c>corrupt_records</c>.</summary>
    public required long Id { get; init; }

    /// <summary>Whose file it is from.</summary>
    public required string Pipeline { get; init; }

    /// <summary>That file's key.</summary>
    public required long FileId { get; init; }

    /// <summary>That file's path.</summary>
    public required string File { get; init; }

    /// <summary>1-based, header and blank lines counted; null when the input has no lines.</summary>
    public required long? Line { get; init; }

    /// <summary>1-based, the header not counted.</summary>
    public required long RecordNumber { get; init; }

    /// <summary>Its position in the input: of its first byte, stored or decoded, or its row; see
    /// <c>ingest.file.position_unit</c>.</summary>
    public required long ByteOffset { get; init; }

    /// <summary>A code: <c>bad_value</c>, <c>field_count</c>, <c>broken_quote</c>, and others.</summary>
    public required string Reason { get; init; }

    /// <summary>The column at fault, when it is one.</summary>
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
