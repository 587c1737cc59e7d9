using Npgsql;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>A committed span of a file, in the file's <see cref="FileRow.PositionUnit"/>.</summary>
public sealed record BatchRow
{
    /// <summary>Its first position.</summary>
    public required long StartOffset { get; init; }

    /// <summary>The position after its last.</summary>
    public required long EndOffset { get; init; }

    /// <summary>1-based number of its first record.</summary>
    public required long FirstRecord { get; init; }

    /// <summary>1-based line of its first record; 0 when the file has no lines.</summary>
    public required long FirstLine { get; init; }

    /// <summary>Records in it: the sum of the next three.</summary>
    public required long Records { get; init; }

    /// <summary>Rows in the table.</summary>
    public required long RowsLoaded { get; init; }

    /// <summary>Rows in <c>corrupt_records</c>.</summary>
    public required long RowsRejected { get; init; }

    /// <summary>Blank lines, comments, repeated headers.</summary>
    public required long RowsSkipped { get; init; }

    /// <summary>Of <see cref="RowsLoaded"/>, those that are new in the table; null if rows are only appended.</summary>
    public required long? RowsInserted { get; init; }

    /// <summary>Of <see cref="RowsLoaded"/>, those that updated a row of the table; null if rows are only appended.</summary>
    public required long? RowsUpdated { get; init; }

    /// <summary>Of <see cref="RowsLoaded"/>, those that changed nothing; null if rows are only appended.</summary>
    public required long? RowsUnchanged { get; init; }

    /// <summary>The epoch of the claim under which it was committed.</summary>
    public required int Epoch { get; init; }

    /// <summary>The node that committed it.</summary>
    public required string Node { get; init; }

    /// <summary>The connection on which it was committed.</summary>
    public required int Lane { get; init; }

    /// <summary>Time of reading and parsing.</summary>
    public required double ReadMs { get; init; }

    /// <summary>Time spent waiting for a lane.</summary>
    public required double WaitMs { get; init; }

    /// <summary>Time of COPY, for all batches committed together.</summary>
    public required double CopyMs { get; init; }

    /// <summary>Time of the lane's previous COMMIT.</summary>
    public required double CommitMs { get; init; }

    /// <summary>When it was committed.</summary>
    public required DateTimeOffset CommittedAt { get; init; }

    /// <summary>Reads a row of the query in <see cref="FileViews.DescribeAsync"/>.</summary>
    internal static BatchRow Read(NpgsqlDataReader reader) => new()
    {
        StartOffset = reader.GetInt64(0),
        EndOffset = reader.GetInt64(1),
        FirstRecord = reader.GetInt64(2),
        FirstLine = reader.GetInt64(3),
        Records = reader.GetInt64(4),
        RowsLoaded = reader.GetInt64(5),
        RowsRejected = reader.GetInt64(6),
        RowsSkipped = reader.GetInt64(7),
        RowsInserted = reader.IsDBNull(17) ? null : reader.GetInt64(17),
        RowsUpdated = reader.IsDBNull(18) ? null : reader.GetInt64(18),
        RowsUnchanged = reader.IsDBNull(19) ? null : reader.GetInt64(19),
        Epoch = reader.GetInt32(8),
        Node = reader.GetString(9),
        Lane = reader.GetInt32(10),
        ReadMs = reader.GetInt64(11) / 1000.0,
        WaitMs = reader.GetInt64(12) / 1000.0,
        CopyMs = reader.GetInt64(13) / 1000.0,
        CommitMs = reader.GetInt64(14) / 1000.0,
        CommittedAt = reader.Instant(15)!.Value,
    };
}
