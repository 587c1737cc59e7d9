namespace OrleansIngest.Engine.Formats;

/// <summary>
/// The records of one span of an input, one after the other, with their fields as UTF-8 text that PostgreSQL can parse. Implement
/// it as a struct (over a class that reads), so that the loop over fields calls it directly, compiled just in time or ahead of
/// time.
/// </summary>
/// <remarks>Hot: for a valid record <see cref="Read"/> and the accessors allocate nothing.</remarks>
interface ITextRecords : IDisposable
{
    /// <summary>Advances to the next record.</summary>
    RecordKind Read();

    /// <summary>Where the current record starts, in the input's unit. After
    /// <see cref="RecordKind.End"/>: where the span ended.</summary>
    long Position { get; }

    /// <summary>The 1-based line where the current record starts; 0 for an input without lines.</summary>
    long Line { get; }

    /// <summary>How many fields the current record has.</summary>
    int FieldCount { get; }

    /// <summary>The current record as stored with a reject, without its line break; valid until the next
    /// <see cref="Read"/>.</summary>
    ReadOnlySpan<byte> Raw { get; }

    /// <summary>At least as many bytes as all fields together; determines the room for the encoded row.</summary>
    int FieldBytes { get; }

    /// <summary>Whether the current record is known to be UTF-8 without NUL; otherwise it is unknown.</summary>
    bool IsCleanText { get; }

    /// <summary>A field's value; valid until the next <see cref="Read"/>, or, for a format that converts, the next
    /// call.</summary>
    ReadOnlySpan<byte> Field(int index);

    /// <summary>Whether the field is NULL; called for empty fields only.</summary>
    bool IsNull(int index);

    /// <summary>Why the current record is broken; only after <see cref="RecordKind.Broken"/>.</summary>
    RecordFault Fault { get; }

    /// <summary>Whether the input ended before the span did: it was truncated after it was claimed.</summary>
    bool EndedEarly { get; }
}
