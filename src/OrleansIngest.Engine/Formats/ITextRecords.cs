namespace OrleansIngest.Engine.Formats;

/// <summary>
/// The records of one span of an input, one after the other, their fields as UTF-8 text as PostgreSQL would read it. To be
/// implemented by a struct (over a class that reads), so that the loop over fields calls it directly, compiled at run time or
/// ahead of it.
/// </summary>
/// <remarks>Hot: for a sound record <see cref="Read"/> and the accessors allocate nothing.</remarks>
interface ITextRecords : IDisposable
{
    /// <summary>Goes to the next record.</summary>
    RecordKind Read();

    /// <summary>Where the current record starts, in the input's unit. After
    /// <see cref="RecordKind.End"/>: where the span ended.</summary>
    long Position { get; }

    /// <summary>The 1-based line where the current record starts; 0 for an input without lines.</summary>
    long Line { get; }

    /// <summary>How many fields the current record has.</summary>
    int FieldCount { get; }

    /// <summary>The current record as a reject keeps it, without its line break; valid until the next
    /// <see cref="Read"/>.</summary>
    ReadOnlySpan<byte> Raw { get; }

    /// <summary>At least as many bytes as all fields together: what the room for the encoded row is measured by.</summary>
    int FieldBytes { get; }

    /// <summary>Whether the current record is known to be UTF-8 without NUL; otherwise it may or may not be.</summary>
    bool IsCleanText { get; }

    /// <summary>A field's value; valid until the next <see cref="Read"/>, or the next call for a format that converts.</summary>
    ReadOnlySpan<byte> Field(int index);

    /// <summary>Whether the field is NULL; asked of empty fields only.</summary>
    bool IsNull(int index);

    /// <summary>Why the current record is broken; only after <see cref="RecordKind.Broken"/>.</summary>
    RecordFault Fault { get; }

    /// <summary>Whether the input ended before the span did: it was cut short since it was claimed.</summary>
    bool EndedEarly { get; }
}
