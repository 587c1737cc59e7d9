using System.Text;
using OrleansIngest.Engine.Csv;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Tests.Discovery;

namespace OrleansIngest.Engine.Tests.Csv;

/// <summary>One record as <see cref="RecordReader"/> gives it.</summary>
sealed record ReadRecord(long Offset, long Line, RecordKind Kind, string Raw, int Fields, long LastLine, long Length);

/// <summary>A text in a file, to be read by <see cref="RecordReader"/>.</summary>
sealed class CsvText : IDisposable
{
    readonly TemporaryDirectory _directory = new();
    readonly Microsoft.Win32.SafeHandles.SafeFileHandle _handle;

    public CsvText(string text)
    {
        File.WriteAllBytes(_directory["a.csv"], Encoding.UTF8.GetBytes(text));
        _handle = File.OpenHandle(_directory["a.csv"]);
        Size = RandomAccess.GetLength(_handle);
    }

    public long Size { get; }

    public int Fields { get; init; } = 3;

    public int MaxRecordBytes { get; init; } = 1 << 20;

    /// <summary>Reads all records of a range; all of the file by default.</summary>
    public List<ReadRecord> Read(long start = 0, long? end = null, long line = 1, ContentHash? hash = null)
    {
        var dialect = new CsvOptions { Header = false, MaxRecordBytes = MaxRecordBytes };
        var range = new ByteRange(start, end ?? Size);
        using var reader = new RecordReader(_handle, range, dialect, line, hash) { ExpectedFields = Fields };
        var records = new List<ReadRecord>();
        for (var kind = reader.Read(); kind != RecordKind.End; kind = reader.Read())
        {
            var isSound = kind is RecordKind.Data or RecordKind.Blank;
            records.Add(new ReadRecord(
                reader.Offset, reader.Line, kind, Encoding.UTF8.GetString(reader.Raw),
                kind == RecordKind.Data ? reader.FieldCount : 0,
                isSound ? 0 : reader.LastLine, isSound ? 0 : reader.Length));
        }

        return records;
    }

    /// <summary>The SHA-256 that reading leaves behind, without the bytes that nobody showed to it.</summary>
    public byte[]? Hash()
    {
        using var hash = new ContentHash();
        Read(hash: hash);
        using var empty = File.OpenHandle("/dev/null");
        return hash.Finish(empty, Size); // nothing is there to be read again
    }

    public void Dispose()
    {
        _handle.Dispose();
        _directory.Dispose();
    }
}
