using System.Text.Json.Nodes;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using Settings = System.Collections.Generic.IReadOnlyList<OrleansIngest.Engine.Examination.OptionSetting>;

namespace OrleansIngest.Engine.Examination;

/// <summary>Searches for options with which a file would be loaded, by trying them: each candidate goes through the code of a
/// load, and only those without any remaining problem are proposed.</summary>
/// <param name="trials">Tries options.</param>
/// <param name="failed">The current failure.</param>
/// <param name="renamed">Columns that the header may name differently.</param>
/// <param name="readsWell">Whether the beginning of the file is text with these options.</param>
/// <param name="hasLoadedOthers">Whether the pipeline has loaded files with its present options.</param>
sealed class RemedySearch(
    RemedyTrial trials, Trial failed, RenamedColumns renamed, Func<PipelineOptions, bool> readsWell, bool hasLoadedOthers)
{
    static readonly string[] Delimiters = [",", ";", "\t", "|"];
    static readonly string[] Encodings = ["windows-1251", "shift_jis", "gb18030", "euc-kr", "big5", "windows-1252"];

    /// <summary>The maximum of <c>csv.maxRecordBytes</c>.</summary>
    const int LongestRecord = 256 << 20;

    const int MostEncodings = 3;

    PipelineOptions Options => failed.Options;

    bool IsCsv => failed.Format is "csv" or null;

    /// <summary>The settings that solve the problem, best first; empty for none.</summary>
    public async Task<IReadOnlyList<Settings>> FindAsync(CancellationToken cancellationToken) => failed.Fault switch
    {
        TrialFault.Content => [.. await FirstAsync(Reading(), cancellationToken), .. await EncodingsAsync(cancellationToken)],
        TrialFault.Layout =>
            [.. await DialectAsync(cancellationToken), .. await FirstAsync([.. Longer(), .. Reading()], cancellationToken)],
        TrialFault.Header =>
        [
            .. await DialectAsync(cancellationToken) is { Count: > 0 } dialects
                ? dialects : await HeaderlessAsync(cancellationToken),
            .. await FirstAsync(Renamed(), cancellationToken),
            .. await EachAsync(Policies(), cancellationToken),
            .. await FirstAsync(Reading(), cancellationToken),
        ],
        TrialFault.NoTable => [[Text("createTable", JsonValue.Create(true))]],
        _ => [],
    };

    /// <summary>The settings with which records would be loaded that are rejected now, best first; empty for none.</summary>
    /// <param name="sample">The predicted result of loading the first records.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public async Task<IReadOnlyList<Settings>> FindAsync(DryRunResult sample, CancellationToken cancellationToken)
    {
        var isLong = sample.ByReason.Keys.Any(r => r.StartsWith(RejectReason.TooLong, StringComparison.Ordinal));
        if (isLong && await FirstAsync(Longer(), cancellationToken) is { Count: > 0 } longer) return longer;
        return await trials.ValuesAsync(failed, sample, cancellationToken) is { Count: > 0 } values ? [values] : [];
    }

    /// <summary>The detected dialect as explicit options; otherwise one of the usual delimiters. If the pipeline has loaded other
    /// files, then detection for each file comes first: an explicit delimiter would break files like those.</summary>
    async Task<IReadOnlyList<Settings>> DialectAsync(CancellationToken cancellationToken)
    {
        if (!IsCsv) return [];
        if (Options.Csv.Delimiter is null) return await EachAsync(Delimiters.Select(Delimiter), cancellationToken);
        OptionSetting[] detect = [Text("csv.delimiter", "auto"), Cleared("csv.headerLines"), Cleared("csv.skipLines")];
        if (await trials.TryAsync(detect, cancellationToken) is { Layout: CsvLayout { Dialect: var dialect, FieldCount: > 1 } })
        {
            var told = CsvDialect.Of(Options.Csv);
            var settings = new List<OptionSetting>();
            if (dialect.Delimiter != told.Delimiter) settings.AddRange(Delimiter(dialect.Delimiter));
            if (dialect.SkipLines != told.SkipLines) settings.Add(Text("csv.skipLines", JsonValue.Create(dialect.SkipLines)));
            if (dialect.HeaderLines != told.HeaderLines)
                settings.Add(Text("csv.headerLines", JsonValue.Create(dialect.HeaderLines)));
            if (settings.Count > 0 && await trials.CompleteAsync(settings, cancellationToken) is { } complete)
            {
                var each = await FirstAsync([[Text("csv.delimiter", "auto")]], cancellationToken);
                return hasLoadedOthers ? [.. each, complete] : [complete, .. each];
            }
        }

        return await FirstAsync(Delimiters.Where(d => d != Options.Csv.Delimiter).Select(Delimiter), cancellationToken);
    }

    /// <summary>Compression and encoding: if the pipeline sets them, detection may find the right ones.</summary>
    IEnumerable<Settings> Reading()
    {
        if (Options.Compression != "auto") yield return [Text("compression", "auto")];
        if (Options.Encoding != "auto") yield return [Text("encoding", "auto")];
        if (Options.Format != InputFormat.Auto) yield return [Text("format", "auto")];
    }

    IEnumerable<Settings> Longer()
    {
        if (IsCsv && Options.Csv.MaxRecordBytes < LongestRecord) yield return [MaxRecordBytes(Options.Csv.MaxRecordBytes)];
    }

    /// <summary>Sixteen times the current limit, up to the maximum.</summary>
    static OptionSetting MaxRecordBytes(int now) =>
        Text("csv.maxRecordBytes", SizeText.Format(Math.Min(LongestRecord, (long)now * 16)));

    /// <summary>The first line may be a record. Its fields then fill the columns by position, so there must be as many, and each
    /// must hold every value.</summary>
    async Task<IReadOnlyList<Settings>> HeaderlessAsync(CancellationToken cancellationToken)
    {
        if (!IsCsv || failed is not { Layout: { IsByName: true } layout, Table: { } table }
            || Options.Csv is not { HeaderLines: null or > 0, Columns: [] }) return [];
        var columns = table.Columns.Select(c => HeaderName.Key(c.Name)).ToHashSet(StringComparer.Ordinal);
        if (layout.Names.Any(n => columns.Contains(HeaderName.Key(n)))) return [];
        var writable = table.Columns.Where(c => !c.IsGenerated && !Options.Metadata.ContainsKey(c.Name)
            && !Options.Compute.ContainsKey(c.Name) && c.Name != Options.RescueColumn).ToArray();
        // Columns of texts would take a header, too.
        if (layout.FieldCount != writable.Length || writable.All(c => ColumnKind.IsText(c.BaseTypeName))) return [];
        Settings none = [Text("csv.headerLines", 0)];
        return await trials.CompleteAsync(none, cancellationToken, isSure: true) is { } found ? [found] : [];
    }

    /// <summary>A renamed column loses nothing; the policies beside it concern the other fields and columns.</summary>
    IEnumerable<Settings> Renamed() =>
        renamed.Find().SelectMany(mapping => Policies().Prepend([]).Select(policy => Both(mapping, policy)));

    IEnumerable<Settings> Policies()
    {
        if (Options.ExtraColumns == ExtraColumnPolicy.Quarantine) yield return [Text("extraColumns", "ignore")];
        if (Options.MissingColumns == MissingColumnPolicy.Quarantine) yield return [Text("missingColumns", "allowOptional")];
        if (Options is { ExtraColumns: ExtraColumnPolicy.Quarantine, MissingColumns: MissingColumnPolicy.Quarantine })
            yield return [Text("extraColumns", "ignore"), Text("missingColumns", "allowOptional")];
    }

    /// <summary>Encodings in which the beginning is text. Only someone who reads the language can choose among them.</summary>
    async Task<IReadOnlyList<Settings>> EncodingsAsync(CancellationToken cancellationToken)
    {
        if (Options.Encoding != "auto") return [];
        var plausible = Encodings.Select<string, Settings>(e => [Text("encoding", e)])
            .Where(settings => OptionChange.Apply(Options, settings) is { } changed && readsWell(changed));
        return [.. (await EachAsync(plausible, cancellationToken)).Take(MostEncodings)];
    }

    async Task<IReadOnlyList<Settings>> FirstAsync(IEnumerable<Settings> candidates, CancellationToken cancellationToken)
    {
        foreach (var candidate in candidates)
        {
            if (await trials.CompleteAsync(candidate, cancellationToken) is { } found) return [found];
        }

        return [];
    }

    async Task<IReadOnlyList<Settings>> EachAsync(IEnumerable<Settings> candidates, CancellationToken cancellationToken)
    {
        var all = new List<Settings>();
        foreach (var candidate in candidates)
        {
            if (await trials.CompleteAsync(candidate, cancellationToken) is { } found) all.Add(found);
        }

        return all;
    }

    static Settings Delimiter(string delimiter) => [Text("csv.delimiter", DelimiterJsonConverter.Format(delimiter))];

    static Settings Both(Settings first, Settings second) => [.. first, .. second];

    static OptionSetting Text(string name, JsonNode value) => OptionSetting.Of(name, value);

    static OptionSetting Cleared(string name) => new(name, "null");
}
