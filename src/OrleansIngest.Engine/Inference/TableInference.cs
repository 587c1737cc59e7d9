using System.Globalization;
using System.Text;
using OrleansIngest.Engine.Csv;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Inference;

/// <summary>Looks at a file and suggests the table that it fits into.</summary>
public static class TableInference
{
    /// <summary>Reads the file's first records. Each column gets the narrowest type that all its values have, NULLs left out of account; text when
    /// there is none, or no value at all.</summary>
    /// <param name="path">A CSV file in UTF-8.</param>
    /// <param name="csv">Its dialect; a null delimiter is detected.</param>
    /// <param name="maxRecords">How many records to look at, from 1.</param>
    /// <param name="naming">How columns get their names. Default: names that need no quotes.</param>
    /// <exception cref="InvalidDataException">The file has no column, more than a table can have, or is no CSV in UTF-8; the message says why.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static InferredTable Read(string path, CsvOptions csv, long maxRecords, ColumnNaming? naming = null)
    {
        using var handle = File.OpenHandle(path);
        if (FileSignature.Refusal(handle) is { } refusal)
            throw new InvalidDataException($"{path}: {refusal}");
        using var reader = new RecordReader(handle, new ByteRange(0, RandomAccess.GetLength(handle)), csv, firstLine: 1, hash: null);
        var headers = csv.Header ? HeaderOf(reader, path, csv) : [];
        if (DelimiterHint.SpreadsheetNote(headers) is { } note) throw new InvalidDataException($"{path}: {note}");
        reader.ExpectedFields = headers.Count;
        var tallies = headers.Select(_ => new ColumnTally()).ToList();
        long records = 0, unusable = 0;
        for (var kind = reader.Read(); kind != RecordKind.End && records < maxRecords; kind = reader.Read())
        {
            if (kind == RecordKind.Blank)
                continue;
            records++;
            if (!csv.Header && records == 1 && kind == RecordKind.Data)
                tallies.AddRange(Enumerable.Range(0, reader.ExpectedFields = reader.FieldCount).Select(_ => new ColumnTally()));
            if (kind != RecordKind.Data || reader.FieldCount != tallies.Count)
            {
                unusable++;
                continue;
            }

            for (var i = 0; i < tallies.Count; i++)
            {
                if (!reader.IsNull(i))
                    tallies[i].Add(Encoding.UTF8.GetString(reader.Field(i)));
            }
        }

        if (tallies.Count == 0)
            throw new InvalidDataException($"{path} has no {(csv.Header ? "header" : "record")}: there is nothing to infer columns from");
        if (tallies.Count > ColumnNames.MostColumns)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{path} has {Counted.Of(tallies.Count, "field")}, and a table of PostgreSQL can have {Counted.Of(ColumnNames.MostColumns, "column")}: create a table with the columns that you need, and load into that"));
        }

        var names = (naming ?? new ColumnNaming()).NamesOf(headers, tallies.Count);
        var types = RowWidth.Fit(tallies);
        return new InferredTable
        {
            Columns = [.. tallies.Select((tally, i) => new InferredColumn(csv.Header ? headers[i] : "", names[i], types[i], tally.Note))],
            Delimiter = reader.Delimiter,
            Records = records,
            Unusable = unusable,
        };
    }

    static IReadOnlyList<string> HeaderOf(RecordReader reader, string path, CsvOptions csv)
    {
        try
        {
            return FileHeader.Read(reader, csv).Names;
        }
        catch (HeaderException failure)
        {
            throw new InvalidDataException($"{path}: {failure.Message}");
        }
    }
}
