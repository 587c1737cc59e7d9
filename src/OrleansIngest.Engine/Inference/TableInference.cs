using System.Globalization;
using System.Text;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Inference;

/// <summary>Infers a matching table from a file.</summary>
public static class TableInference
{
    /// <summary>Number of bytes of a pipe, as they come out of it, that are kept in memory to sample its records; the record that
    /// reaches it, and what a decoder has read ahead, come on top.</summary>
    public const long MostPipeBytes = 64 << 20;

    /// <summary>Reads the file's first records. Each column gets the narrowest type that all its values have, ignoring NULLs;
    /// text when there is none, or no value at all.</summary>
    /// <param name="path">A CSV file in UTF-8.</param>
    /// <param name="csv">Its dialect; a null delimiter is detected.</param>
    /// <param name="maxRecords">How many records to sample, from 1.</param>
    /// <param name="naming">How columns get their names. Default: names that need no quotes.</param>
    /// <exception cref="InvalidDataException">The file has no column, has more than a table can have, or is not CSV in UTF-8; the
    /// message says why.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static InferredTable Read(string path, CsvOptions csv, long maxRecords, ColumnNaming? naming = null) =>
        Read(path, new PipelineOptions { Csv = csv }, maxRecords, naming);

    /// <summary>The same for a file of any format. A type that the format defines takes precedence over one inferred from the
    /// texts.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How a pipeline would read it.</param>
    /// <param name="maxRecords">As above.</param>
    /// <param name="naming">As above.</param>
    /// <exception cref="InvalidDataException">As above.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static InferredTable Read(string path, PipelineOptions options, long maxRecords, ColumnNaming? naming = null)
    {
        using var input = Opened(path, options);
        return Read(input, path, options, maxRecords, naming);
    }

    /// <summary>The same for a pipe, which is not opened yet and can be loaded afterwards: what is read here is kept for
    /// that.</summary>
    /// <param name="pipe">The pipe.</param>
    /// <param name="options">As above.</param>
    /// <param name="maxRecords">As above; fewer if they have more than <see cref="MostPipeBytes"/>.</param>
    /// <param name="naming">As above.</param>
    /// <exception cref="InvalidDataException">As above.</exception>
    /// <exception cref="IOException">The pipe cannot be read, or was read before.</exception>
    public static InferredTable Read(PipeInput pipe, PipelineOptions options, long maxRecords, ColumnNaming? naming = null)
    {
        var examined = pipe.Examine();
        try
        {
            using var input = OpenedInput.Open(examined, pipe.Name, options);
            if (input.Archive is not null) throw new InvalidDataException($"{pipe.Name}: {input.Refusal()}");
            return Read(input, pipe.Name, options, maxRecords, naming, () => examined.KeptBytes >= MostPipeBytes);
        }
        finally
        {
            examined.Finish();
        }
    }

    /// <summary>The same for an open input; it is read once, from its beginning.</summary>
    /// <param name="input">Not an archive.</param>
    /// <param name="path">Human-readable.</param>
    /// <param name="options">As above.</param>
    /// <param name="maxRecords">As above.</param>
    /// <param name="naming">As above.</param>
    /// <param name="isEnough">Whether to end before that many records. Default: never.</param>
    internal static InferredTable Read(OpenedInput input, string path, PipelineOptions options, long maxRecords,
        ColumnNaming? naming, Func<bool>? isEnough = null)
    {
        var csv = options.Csv;
        if (input.Refusal() is { } refusal) throw new InvalidDataException($"{path}: {refusal}");
        var layout = LayoutOf(input, path);
        var names = (naming ?? new ColumnNaming()).NamesOf(layout.Names, layout.FieldCount);
        var (tallies, records, unusable) = Tally(input, layout, csv, names, maxRecords, isEnough);

        if (tallies.Count == 0)
            throw new InvalidDataException(
                $"{path} has no {(layout.IsByName ? "header" : "record")}: there is nothing to infer columns from");
        if (tallies.Count > ColumnNames.MostColumns)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{path} has {Counted.Of(tallies.Count, "field")}, but a PostgreSQL table can have at most "
                    + $"{Counted.Of(ColumnNames.MostColumns, "column")}: create a table with the columns that you need, and "
                    + $"load into it"));
        }

        var types = TypesOf(tallies, layout);
        return new InferredTable
        {
            Columns =
                [.. tallies.Select((tally, i) => new InferredColumn(layout.IsByName ? layout.Names[i] : "", names[i], types[i],
                    layout.SaysTypes ? null : tally.Note, layout.SaysTypes ? null : tally.Setting))],
            Csv = layout is CsvLayout found ? found.Dialect.AsOptions(csv) : csv,
            HasNames = layout.IsByName,
            SaysTypes = layout.SaysTypes,
            Findings = layout.Findings,
            Records = records,
            Unusable = unusable,
        };
    }

    /// <summary>The types of the fields of an open input, in its order.</summary>
    /// <param name="input">Read from its beginning.</param>
    /// <param name="layout">Its layout.</param>
    /// <param name="csv">How values are written.</param>
    /// <param name="names">The columns that fields fill.</param>
    /// <param name="maxRecords">How many records to sample, from 1.</param>
    internal static IReadOnlyList<string> TypesOf(OpenedInput input, RecordLayout layout, CsvOptions csv,
        IReadOnlyList<string> names, long maxRecords) =>
        TypesOf(Tally(input, layout, csv, names, maxRecords).Columns, layout);

    static IReadOnlyList<string> TypesOf(IReadOnlyList<ColumnTally> columns, RecordLayout layout) =>
        RowWidth.Fit([.. columns.Select((column, i) => layout.SqlTypeOf(i, column.SqlType))]);

    static (IReadOnlyList<ColumnTally> Columns, long Records, long Unusable) Tally(
        OpenedInput input, RecordLayout layout, CsvOptions csv, IReadOnlyList<string> names, long maxRecords,
        Func<bool>? isEnough = null)
    {
        var tally =
            new TallyReader(
                [.. names.Select(name => new WrittenShapes(layout is CsvLayout ? csv.ValuesOf(name) : new ValueOptions()))],
                maxRecords, isEnough);
        var (records, unusable) = input.Format.Open(
            input.Content, layout, new PositionSpan(0, PositionSpan.Open), new RecordPosition(1, 1), tally);
        return (tally.Columns, records, unusable);
    }

    static OpenedInput Opened(string path, PipelineOptions options)
    {
        try
        {
            return OpenedInput.OpenFirst(path, options);
        }
        catch (BrokenContentException failure)
        {
            throw new InvalidDataException($"{path}: {failure.Message}");
        }
    }

    static RecordLayout LayoutOf(OpenedInput input, string path)
    {
        try
        {
            return input.Format.ReadLayout(input.Content, columns: null);
        }
        catch (Exception failure) when (failure is LayoutException or BrokenContentException)
        {
            throw new InvalidDataException($"{path}: {failure.Message}");
        }
    }

    /// <summary>Samples the first records.</summary>
    sealed class TallyReader(WrittenShapes[] written, long maxRecords, Func<bool>? isEnough)
        : IRecordConsumer<(long Records, long Unusable)>
    {
        public IReadOnlyList<ColumnTally> Columns { get; } = [.. written.Select(_ => new ColumnTally())];

        public (long Records, long Unusable) Use<TRecords>(TRecords records) where TRecords : struct, ITextRecords
        {
            long read = 0, unusable = 0;
            for (var kind = records.Read(); kind != RecordKind.End && read < maxRecords; kind = records.Read())
            {
                if (kind == RecordKind.Blank) continue;
                if (read > 0 && isEnough?.Invoke() == true) break;
                read++;
                if (kind == RecordKind.Data && records.FieldCount == written.Length) Add(ref records);
                else unusable++;
            }

            records.Dispose();
            return (read, unusable);
        }

        void Add<TRecords>(ref TRecords records) where TRecords : struct, ITextRecords
        {
            for (var i = 0; i < written.Length; i++)
            {
                var text = records.Field(i);
                if (text.IsEmpty && records.IsNull(i)) continue;
                var value = Encoding.UTF8.GetString(text);
                Columns[i].Add(value, written[i].Of(value));
            }
        }
    }
}
