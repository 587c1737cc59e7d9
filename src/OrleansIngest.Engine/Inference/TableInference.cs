using System.Globalization;
using System.Text;
using OrleansIngest.Engine.Csv;
using OrleansIngest.Engine.Ledger;
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
    /// <exception cref="InvalidDataException">The file has no column, or is no CSV in UTF-8; the message says why.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static InferredTable Read(string path, CsvOptions csv, long maxRecords)
    {
        using var handle = File.OpenHandle(path);
        if (FileSignature.Refusal(handle) is { } refusal)
            throw new InvalidDataException($"{path}: {refusal}");
        using var reader = new RecordReader(handle, new ByteRange(0, RandomAccess.GetLength(handle)), csv, firstLine: 1, hash: null);
        var headers = csv.Header ? reader.ReadHeader() : [];
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
        var names = Names(headers, tallies.Count);
        return new InferredTable
        {
            Columns = [.. tallies.Select((tally, i) => new InferredColumn(csv.Header ? headers[i] : "", names[i], tally.SqlType, tally.Note))],
            Delimiter = reader.Delimiter,
            Records = records,
            Unusable = unusable,
        };
    }

    static List<string> Names(IReadOnlyList<string> headers, int count)
    {
        var names = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var fallback = string.Create(CultureInfo.InvariantCulture, $"column_{i + 1}");
            var wanted = i < headers.Count ? SqlName.From(headers[i], fallback) : fallback;
            var name = wanted;
            for (var number = 2; names.Contains(name); number++)
                name = string.Create(CultureInfo.InvariantCulture, $"{wanted}_{number}");
            names.Add(name);
        }

        return names;
    }
}
