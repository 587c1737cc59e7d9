using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats;

/// <summary>Knows how content is divided into records and fields. Made for one pipeline; safe for concurrent use.</summary>
interface IRecordFormat
{
    /// <summary>As the ledger and messages call it: <c>csv</c>, <c>parquet</c>.</summary>
    string Name { get; }

    /// <summary>The unit of positions when the content's bytes count <paramref name="bytes"/>.</summary>
    PositionUnit UnitOver(PositionUnit bytes);

    /// <summary>Whether its inputs have lines that a person counts. Default: yes.</summary>
    bool HasLines => true;

    /// <summary>Reads how the records of an input are laid out.</summary>
    /// <param name="content">The whole input, decoded.</param>
    /// <param name="columns">The names of the target's columns, for a format whose records need not name all fields; null when
    /// there is no target.</param>
    /// <exception cref="LayoutException">It is not an input of this format; the message says why and what to do.</exception>
    RecordLayout ReadLayout(ByteContent content, IReadOnlyList<string>? columns);

    /// <summary>The layout of an input that was laid out before, when a part of it may be loaded.
    /// Default: what its beginning says.</summary>
    /// <param name="content">The same version of the input.</param>
    /// <param name="kept"><see cref="RecordLayout.Kept"/> of that layout.</param>
    /// <param name="columns">As for <see cref="ReadLayout"/>.</param>
    /// <exception cref="LayoutException">It is not an input of this format.</exception>
    RecordLayout ReadKept(ByteContent content, string kept, IReadOnlyList<string>? columns) => ReadLayout(content, columns);

    /// <summary>Opens a span of the input's records.</summary>
    /// <param name="content">The whole input, decoded; not owned.</param>
    /// <param name="layout">What <see cref="ReadLayout"/> found in the same version.</param>
    /// <param name="span">From a position where a record starts. The header, if there is one, lies before the first record of a
    /// span that starts at 0.</param>
    /// <param name="start">Which record and line that is.</param>
    /// <param name="user">Takes the records; owns them from here on.</param>
    TResult Open<TResult>(ByteContent content, RecordLayout layout, PositionSpan span, RecordPosition start,
        IRecordConsumer<TResult> user);

    /// <summary>The layout of rejected records, whose input may be gone. Default: that of the names alone.</summary>
    /// <param name="names">The fields' names, as the layout had them; empty for one without.</param>
    /// <param name="fieldCount">How many fields they had.</param>
    RecordLayout LayoutOfRaw(IReadOnlyList<string> names, int fieldCount) =>
        new() { Names = names, FieldCount = fieldCount, IsByName = names.Count > 0 };

    /// <summary>Opens the bytes of one rejected record, as <see cref="ITextRecords.Raw"/> gave them.</summary>
    TResult OpenRaw<TResult>(byte[] raw, RecordLayout layout, IRecordConsumer<TResult> user);
}

/// <summary>What is done with records, whatever their type: a generic method instead of a virtual call per field.</summary>
interface IRecordConsumer<out TResult>
{
    /// <summary>Takes the records.</summary>
    TResult Use<TRecords>(TRecords records) where TRecords : struct, ITextRecords;
}
