using System.Buffers;
using CsvHelper;
using Microsoft.Win32.SafeHandles;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Csv;

/// <summary>
/// Reads the records of one byte range of a file, with their places. A record with a broken quote is cut back to its first line, and
/// reading goes on at the next one, so that an open quote cannot swallow its neighbours.
/// </summary>
/// <remarks>Hot: <see cref="Read"/> and the accessors allocate nothing for a sound record.</remarks>
public sealed class RecordReader : IDisposable
{
    const int BufferBytes = 128 * 1024;

    readonly SafeFileHandle _handle;
    readonly ByteRange _range;
    readonly ContentHash? _hash;
    readonly CsvReaderOptions _options;
    readonly int _maxRecordBytes;
    readonly CsvOptions _dialect;
    FileRangeStream _stream = null!;
    CsvReader _reader = null!;
    long _base;       // the file offset of the reader's first byte
    long _lineBase;   // added to the reader's line numbers
    bool _malformed;
    bool _skipFirst;
    byte[]? _brokenLine;

    /// <param name="handle">The open file; not owned.</param>
    /// <param name="range">From the file's start (the header is read first, if the dialect has one) or from a record's start, to a record's end.</param>
    /// <param name="dialect">With a known delimiter when <paramref name="range"/> does not start at 0.</param>
    /// <param name="firstLine">The 1-based line at the start of the range.</param>
    /// <param name="hash">Sees every byte that is read; may be null.</param>
    internal RecordReader(SafeFileHandle handle, ByteRange range, CsvOptions dialect, long firstLine, ContentHash? hash)
    {
        _handle = handle;
        _range = range;
        _hash = hash;
        _dialect = dialect;
        _maxRecordBytes = dialect.MaxRecordBytes;
        _options = new CsvReaderOptions
        {
            Separator = dialect.Delimiter ?? DelimiterGuess.Of(handle, dialect.Quote),
            Quote = dialect.Quote,
            SkipEmptyLines = false,
            TrackLineNumbers = true,
            MaxRecordSize = dialect.MaxRecordBytes,
            BufferSize = (int)Math.Clamp(range.Length, 4096, BufferBytes),
            DetectSeparatorHint = false,
            OnMalformedRecord = _ => _malformed = true,
        };
        if (range.Start == 0)
        {
            Start(0, firstLine, dialect.Header);
        }
        else
        {
            StartAfterLineBreak(range.Start, firstLine);
        }
    }

    /// <summary>Offset in the file, in bytes, of the current record.</summary>
    public long Offset { get; private set; }

    /// <summary>The 1-based line of the file where the current record starts.</summary>
    public long Line { get; private set; }

    /// <summary>How many fields the current record has.</summary>
    public int FieldCount => _reader.FieldCount;

    /// <summary>Whether the file ended before the range did.</summary>
    public bool EndedEarly => _stream.EndedEarly;

    /// <summary>The delimiter in use, detected or given.</summary>
    public char Delimiter => _reader.Separator;

    /// <summary>The current record's bytes without its line break; valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> Raw => _brokenLine is null ? _reader.RawRecord : _brokenLine;

    /// <summary>Whether the current record is known to be UTF-8 without NUL; otherwise it may or may not be.</summary>
    public bool IsCleanText => Offset >= _stream.SuspectUpTo;

    /// <summary>The header's names; only for a reader that starts at 0.</summary>
    /// <exception cref="CsvFormatException">The header is longer than a record may be.</exception>
    public IReadOnlyList<string> ReadHeader()
    {
        _reader.ReadHeader();
        return _reader.Headers;
    }

    /// <summary>Why the header that was read is no text, or null.</summary>
    public string? HeaderRefusal()
    {
        if (!_reader.Headers.Any(HeaderText.IsSuspect)) return null;
        var headerAsRecord = new CsvOptions { Delimiter = Delimiter, Quote = _dialect.Quote, Header = false, MaxRecordBytes = _maxRecordBytes };
        using var again = new RecordReader(_handle, _range, headerAsRecord, firstLine: 1, hash: null);
        again.Read();
        return HeaderText.Refusal(again.Raw);
    }

    /// <summary>The field's value, unquoted; valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> Field(int index) => _reader.GetSpan(index);

    /// <summary>Whether the field is empty and not quoted, which is what COPY takes for NULL.</summary>
    public bool IsNull(int index) => _reader.GetRawSpan(index).Length == 0;

    /// <summary>Goes to the next record.</summary>
    public RecordKind Read()
    {
        _brokenLine = null;
        _malformed = false;
        bool found;
        try
        {
            found = _reader.Read();
            if (_skipFirst && found)
            {
                _skipFirst = false;
                _malformed = false;
                found = _reader.Read();
            }
        }
        catch (CsvFormatException)
        {
            return GiveUpLongRecord();
        }

        if (!found) return RecordKind.End;
        Offset = _base + _reader.ByteOffset;
        Line = _lineBase + _reader.LineNumber;
        if (_malformed) return CutBack();
        return _reader.RawRecord.IsEmpty ? RecordKind.Blank : RecordKind.Data;
    }

    /// <summary>Gives the read buffers back.</summary>
    public void Dispose() => _reader.Dispose();

    void Start(long offset, long firstLine, bool hasHeader)
    {
        _reader?.Dispose();
        _stream = new FileRangeStream(_handle, offset, _range.End, _hash);
        _reader = CsvReader.Create(_stream, _options with { HasHeader = hasHeader });
        _base = offset;
        _lineBase = firstLine - 1;
    }

    /// <summary>Starts one byte early, at the line break before the record: so bytes that look like a byte order mark are not taken for
    /// one, which CsvHelper would do at the start of a stream only.</summary>
    void StartAfterLineBreak(long offset, long firstLine)
    {
        Start(offset - 1, firstLine - 1, hasHeader: false);
        _skipFirst = true;
    }

    /// <summary>A broken quote: when it ran over line breaks, only the first line is taken, and the next line is read anew.</summary>
    RecordKind CutBack()
    {
        var raw = _reader.RawRecord;
        var lineEnd = raw.IndexOfAny((byte)'\n', (byte)'\r');
        if (lineEnd < 0) return RecordKind.BrokenQuote;
        _brokenLine = raw[..lineEnd].ToArray();
        var next = lineEnd + 1;
        if (raw[lineEnd] == '\r' && next < raw.Length && raw[next] == '\n') next++;
        StartAfterLineBreak(Offset + next, Line + 1);
        return RecordKind.BrokenQuote;
    }

    /// <summary>The reader's limit was reached: either one line is too long, or a quote was opened and not closed.</summary>
    RecordKind GiveUpLongRecord()
    {
        Offset = _base + _reader.ByteOffset;
        Line = _lineBase + _reader.LineNumber;
        var chunk = ArrayPool<byte>.Shared.Rent(64 * 1024);
        var kept = new ArrayBufferWriter<byte>();
        try
        {
            for (var position = Offset; ;)
            {
                var read = RandomAccess.Read(_handle, chunk.AsSpan(0, (int)Math.Min(chunk.Length, _range.End - position)), position);
                var bytes = chunk.AsSpan(0, read);
                var lineEnd = bytes.IndexOfAny((byte)'\n', (byte)'\r');
                var line = lineEnd < 0 ? bytes : bytes[..lineEnd];
                if (kept.WrittenCount < _maxRecordBytes) kept.Write(line[..Math.Min(line.Length, _maxRecordBytes - kept.WrittenCount)]);
                position += line.Length;
                if (lineEnd < 0 && read > 0) continue;
                _brokenLine = kept.WrittenSpan.ToArray();
                if (read == 0)
                {
                    Start(_range.End, Line + 1, hasHeader: false);
                }
                else
                {
                    StartAfterLineBreak(position + LineBreakLength(position), Line + 1);
                }

                return position - Offset > _maxRecordBytes ? RecordKind.TooLong : RecordKind.BrokenQuote;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    int LineBreakLength(long position)
    {
        Span<byte> two = stackalloc byte[2];
        var read = RandomAccess.Read(_handle, two[..(int)Math.Min(2, _range.End - position)], position);
        return read == 2 && two[0] == '\r' && two[1] == '\n' ? 2 : 1;
    }
}
