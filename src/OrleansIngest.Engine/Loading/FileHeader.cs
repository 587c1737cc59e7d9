using CsvHelper;
using OrleansIngest.Engine.Csv;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Loading;

/// <summary>What the beginning of a file says of its records.</summary>
/// <param name="Names">The header's names as read; empty for a file without one.</param>
/// <param name="FieldCount">How many fields the header, or else the first record, has.</param>
readonly record struct FileHeader(IReadOnlyList<string> Names, int FieldCount)
{
    /// <summary>Reads the header, or the first record of a file without one.</summary>
    /// <exception cref="HeaderException">The header is too long, or no text in UTF-8.</exception>
    public static FileHeader Read(RecordReader reader, CsvOptions csv)
    {
        try
        {
            var names = reader.ReadHeader();
            if (reader.HeaderRefusal() is { } refusal) throw new HeaderException(refusal);
            if (csv.Header) return new FileHeader(names, names.Count);
            reader.Read();
            return new FileHeader(names, reader.FieldCount);
        }
        catch (CsvFormatException)
        {
            throw new HeaderException(
                $"line 1: the header is longer than {Counted.Of(csv.MaxRecordBytes, "byte")}; is this a CSV file with a header?");
        }
    }
}
