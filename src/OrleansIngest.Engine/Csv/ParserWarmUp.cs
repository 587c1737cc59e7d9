using CsvHelper;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Csv;

/// <summary>Reads the first records of a file for nothing, so that the parser's code is there when the file is claimed: a process that loads one
/// small file spends most of its time on code that runs for the first time, and this part of it need not wait for the database.</summary>
public static class ParserWarmUp
{
    const int Bytes = 16 * 1024;

    /// <summary>Takes some 30 ms once in a process. Whatever is wrong with the file is for the loader to say.</summary>
    /// <param name="path">Any file.</param>
    /// <param name="dialect">How it is read.</param>
    public static void Run(string path, CsvOptions dialect)
    {
        try
        {
            using var handle = File.OpenHandle(path);
            using var hash = new ContentHash();
            using var reader = new RecordReader(handle, new ByteRange(0, Math.Min(Bytes, RandomAccess.GetLength(handle))), dialect, 1, hash);
            if (dialect.Header) reader.ReadHeader();
            while (reader.Read() == RecordKind.Data && reader.FieldCount > 0) reader.Field(0);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CsvFormatException)
        {
            // The loader will meet it again, and say it with the file's place in the ledger.
        }
    }
}
