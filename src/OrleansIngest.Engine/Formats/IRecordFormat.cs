using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats;

/// <summary>Divides content into records and fields. Created for one pipeline; safe for concurrent use.</summary>
interface IRecordFormat
{
    /// <summary>Its name in the ledger and in messages: <c>csv</c>, <c>parquet</c>.</summary>
    string Name { get; }

    /// <summary>The unit of positions, given the unit of the content's bytes.</summary>
    PositionUnit UnitOver(PositionUnit bytes);

    /// <summary>Whether its inputs have line numbers. Default: yes.</summary>
    bool HasLines => true;

    /// <summary>Reads the layout of an input's records.</summary>
    /// <param name="content">The whole input, decoded.</param>
    /// <param name="columns">The names of the target's columns, for a format whose records may omit fields; null when there is no
    /// target.</param>
    /// <exception cref="LayoutException">The input does not have this format; the message says why and what to do.</exception>
    RecordLayout ReadLayout(ByteContent content, IReadOnlyList<string>? columns);

    /// <summary>The layout of an input whose layout was read before, and of which a part may be loaded. Default: reads its
    /// beginning.</summary>
    /// <param name="content">The same version of the input.</param>
    /// <param name="kept"><see cref="RecordLayout.Kept"/> of that layout.</param>
    /// <param name="columns">As for <see cref="ReadLayout"/>.</param>
    /// <exception cref="LayoutException">The input does not have this format.</exception>
    RecordLayout ReadKept(ByteContent content, string kept, IReadOnlyList<string>? columns) => ReadLayout(content, columns);

    /// <summary>Opens a span of the input's records.</summary>
    /// <param name="content">The whole input, decoded; not owned.</param>
    /// <param name="layout">The result of <see cref="ReadLayout"/> for the same version.</param>
    /// <param name="span">From a position where a record starts. The header, if there is one, precedes the first record of a span
    /// that starts at 0.</param>
    /// <param name="start">The record number and line of that position.</param>
    /// <param name="user">Receives the records, and owns them.</param>
    TResult Open<TResult>(ByteContent content, RecordLayout layout, PositionSpan span, RecordPosition start,
        IRecordConsumer<TResult> user);

    /// <summary>The layout of rejected records, whose input may be gone. Default: one with these names only.</summary>
    /// <param name="names">The fields' names in the original layout; empty for none.</param>
    /// <param name="fieldCount">How many fields they had.</param>
    RecordLayout LayoutOfRaw(IReadOnlyList<string> names, int fieldCount) =>
        new() { Names = names, FieldCount = fieldCount, IsByName = names.Count > 0 };

    /// <summary>Opens the bytes of one rejected record, from <see cref="ITextRecords.Raw"/>.</summary>
    TResult OpenRaw<TResult>(byte[] raw, RecordLayout layout, IRecordConsumer<TResult> user);
}

/// <summary>Processes records of any type: a generic method instead of a virtual call per field.</summary>
interface IRecordConsumer<out TResult>
{
    /// <summary>Processes the records.</summary>
    TResult Use<TRecords>(TRecords records) where TRecords : struct, ITextRecords;
}
