using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>Handles a record that the strict rules refuse, or that is too long: <see cref="RecordRecovery"/> decides where it
/// ends; a broken record of one line is read again by <see cref="LenientRecord"/>.</summary>
/// <remarks>Cold.</remarks>
sealed class BrokenRecord(ByteContent content, DialectBytes signs, CsvDialect dialect, int fields)
{
    ContentBytes? _bytes;
    RecordRecovery? _recovery;

    /// <summary>The record's fields, if <see cref="IsLenient"/>.</summary>
    public LenientRecord Lenient => field ??= new LenientRecord(signs);

    /// <summary>Whether the lenient rules accept the record.</summary>
    public bool IsLenient { get; private set; }

    /// <summary>Its bytes without its line break, at most the maximum length of a record.</summary>
    public byte[] Raw { get; private set; } = [];

    /// <summary>How many bytes it has.</summary>
    public long Length { get; private set; }

    /// <summary>The 1-based line where it ends.</summary>
    public long LastLine { get; private set; }

    /// <summary>Why it is invalid.</summary>
    public RecordFault Fault { get; private set; }

    /// <summary>Random access to the content.</summary>
    public ContentBytes Bytes => _bytes ??= new ContentBytes(content);

    /// <summary>Finds the end of the record that starts at an offset.</summary>
    /// <param name="offset">Its start.</param>
    /// <param name="line">The line of that offset.</param>
    /// <param name="limit">The end of the span: a record ends there.</param>
    public RecoveredRecord Recover(long offset, long line, long limit)
    {
        _recovery ??= new RecordRecovery(Bytes, signs, dialect.MaxRecordBytes, fields, dialect.Quotes == QuoteReading.Lenient);
        var record = _recovery.Recover(offset);
        record = new RecoveredRecord(Math.Min(record.End, limit), Math.Min(record.Next, limit));
        Length = record.End - offset;
        LastLine = line + Bytes.CountBreaks(offset, record.End);
        Raw = new byte[Math.Min(Length, dialect.MaxRecordBytes)];
        Bytes.CopyTo(offset, Raw);
        IsLenient = dialect.Quotes == QuoteReading.Lenient && fields > 0 && LastLine == line && Length <= dialect.MaxRecordBytes
            && Lenient.TryRead(Raw, fields);
        if (!IsLenient) Fault = FaultOf(line);
        return record;
    }

    RecordFault FaultOf(long line)
    {
        var lines = LastLine == line ? null : $"lines {line} to {LastLine} were read as one record";
        return Length > dialect.MaxRecordBytes
            ? new RecordFault(
                RejectReason.TooLong,
                $"the record has {Counted.Of(Length, "byte")}, more than {dialect.MaxRecordBytes} (maxRecordBytes); "
                + $"its first {Counted.Of(Raw.Length, "byte")} are kept" + (lines is null ? "" : $"; {lines}"))
            : new RecordFault(
                RejectReason.BrokenQuote,
                "a quote is misplaced or not closed; "
                + (lines ?? "only this line was rejected, and reading continued at the next line"));
    }
}
