using System.Text;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Engine.Tests.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Formats.Csv;

/// <summary>One record as <see cref="RecordReader"/> gives it.</summary>
sealed record ReadRecord(long Offset, long Line, RecordKind Kind, string Raw, int Fields, long LastLine, long Length);

/// <summary>A text in a file, to be read by <see cref="RecordReader"/>.</summary>
sealed class CsvText : IDisposable
{
    readonly TemporaryDirectory _directory = new();
    readonly FileContent _content;

    public CsvText(string text)
    {
        File.WriteAllBytes(_directory["a.csv"], Encoding.UTF8.GetBytes(text));
        _content = new FileContent(_directory["a.csv"]);
        Size = _content.Length!.Value;
    }

    public long Size { get; }

    public int Fields { get; init; } = 3;

    public int MaxRecordBytes { get; init; } = 1 << 20;

    public QuoteReading Quotes { get; init; } = QuoteReading.Strict;

    /// <summary>Reads all records of a range; all of the file by default.</summary>
    public List<ReadRecord> Read(long start = 0, long? end = null, long line = 1, ContentHash? hash = null)
    {
        var layout = new CsvFormat(new CsvOptions { Header = false, MaxRecordBytes = MaxRecordBytes, Quotes = Quotes }).LayoutOf(
            [], Fields, ",");
        var range = new PositionSpan(start, end ?? Size);
        using var reader = new RecordReader(hash is null ? _content : new HashedContent(_content, hash), range, layout, line);
        var records = new List<ReadRecord>();
        for (var kind = reader.Read(); kind != RecordKind.End; kind = reader.Read())
        {
            var isSound = kind is RecordKind.Data or RecordKind.Blank;
            records.Add(new ReadRecord(
                reader.Offset, reader.Line, kind, Encoding.UTF8.GetString(reader.Raw),
                kind == RecordKind.Data ? reader.FieldCount : 0,
                isSound ? 0 : reader.Broken.LastLine, isSound ? 0 : reader.Broken.Length));
        }

        return records;
    }

    /// <summary>The SHA-256 that reading leaves behind, without the bytes that nobody showed to it.</summary>
    public byte[]? Hash()
    {
        using var hash = new ContentHash();
        Read(hash: hash);
        using var empty = new MemoryContent(default);
        return hash.Finish(empty, Size); // nothing is there to be read again
    }

    public void Dispose()
    {
        _content.Dispose();
        _directory.Dispose();
    }
}
