using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>Reads the first records of a file and discards them, so that the parser's code is compiled when the file is claimed.
/// A process that loads one small file spends most of its time on code that runs for the first time, and this part need not wait
/// for the database.</summary>
public static class ParserWarmUp
{
    const int Bytes = 16 * 1024;

    /// <summary>Takes about 30 ms, once per process. Errors of the file are left to the loader.</summary>
    /// <param name="path">Any file.</param>
    /// <param name="dialect">How it is read.</param>
    public static void Run(string path, CsvOptions dialect)
    {
        try
        {
            using var content = new FileContent(path);
            var format = new CsvFormat(dialect);
            var layout = format.ReadLayout(content, columns: null);
            var span = new PositionSpan(0, Math.Min(Bytes, content.Length!.Value));
            format.Open(content, layout, span, new RecordPosition(1, 1), new Reader());
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or LayoutException)
        {
            // The loader will get the same error, and record it in the ledger.
        }
    }

    sealed class Reader : IRecordConsumer<bool>
    {
        public bool Use<TRecords>(TRecords records) where TRecords : struct, ITextRecords
        {
            while (records.Read() == RecordKind.Data && records.FieldCount > 0) records.Field(0);
            records.Dispose();
            return true;
        }
    }
}
