using OrleansIngest.Engine.Formats;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>A record to be written to <c>corrupt_records</c>.</summary>
public sealed record RejectedRow
{
    /// <summary>The record's bytes as read, without its line break.</summary>
    public required byte[] Raw { get; init; }

    /// <summary>1-based line of the file where it starts, counting header and blank lines.</summary>
    public required long Line { get; init; }

    /// <summary>1-based number among the records, without the header.</summary>
    public required long RecordNumber { get; init; }

    /// <summary>Offset of its first byte in the file.</summary>
    public required long ByteOffset { get; init; }

    /// <summary>One of <see cref="RejectReason"/>.</summary>
    public required string Reason { get; init; }

    /// <summary>The column at fault, if there is one.</summary>
    public string? Column { get; init; }

    /// <summary>Human-readable: what is wrong with which value.</summary>
    public required string Detail { get; init; }
}
