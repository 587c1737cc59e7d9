using System.Text.Json.Nodes;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using Settings = System.Collections.Generic.IReadOnlyList<OrleansIngest.Engine.Examination.OptionSetting>;

namespace OrleansIngest.Engine.Examination;

/// <summary>Searches for options with which a file would be loaded, by trying them: each candidate goes through the code of a
/// load, and only those without any remaining problem are proposed.</summary>
/// <param name="run">Tries an option.</param>
/// <param name="failed">The current failure.</param>
/// <param name="readsWell">Whether the beginning of the file is text with these options.</param>
/// <param name="hasLoadedOthers">Whether the pipeline has loaded files with its present options.</param>
sealed class RemedySearch(TrialRun run, Trial failed, Func<PipelineOptions, bool> readsWell, bool hasLoadedOthers)
{
    static readonly string[] Delimiters = [",", ";", "\t", "|"];
    static readonly string[] Encodings = ["windows-1251", "shift_jis", "gb18030", "euc-kr", "big5", "windows-1252"];

    /// <summary>The maximum of <c>csv.maxRecordBytes</c>.</summary>
    public const int LongestRecord = 256 << 20;

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
            .. await DialectAsync(cancellationToken),
            .. await FirstAsync([.. Renamed()], cancellationToken),
            .. await EachAsync(Policies(), cancellationToken),
            .. await FirstAsync(Reading(), cancellationToken),
        ],
        TrialFault.NoTable => [[Text("createTable", JsonValue.Create(true))]],
        _ => [],
    };

    /// <summary>The detected dialect as explicit options; otherwise one of the usual delimiters. If the pipeline has loaded other
    /// files, then detection for each file comes first: an explicit delimiter would break files like those.</summary>
    async Task<IReadOnlyList<Settings>> DialectAsync(CancellationToken cancellationToken)
    {
        if (!IsCsv) return [];
        if (Options.Csv.Delimiter is null) return await EachAsync(Delimiters.Select(Delimiter), cancellationToken);
        OptionSetting[] detect = [Text("csv.delimiter", "auto"), Cleared("csv.headerLines"), Cleared("csv.skipLines")];
        if (await TryAsync(detect, cancellationToken) is { Layout: CsvLayout { Dialect: var dialect, FieldCount: > 1 } })
        {
            var told = CsvDialect.Of(Options.Csv);
            var settings = new List<OptionSetting>();
            if (dialect.Delimiter != told.Delimiter) settings.AddRange(Delimiter(dialect.Delimiter));
            if (dialect.SkipLines != told.SkipLines) settings.Add(Text("csv.skipLines", JsonValue.Create(dialect.SkipLines)));
            if (dialect.HeaderLines != told.HeaderLines)
                settings.Add(Text("csv.headerLines", JsonValue.Create(dialect.HeaderLines)));
            if (settings.Count > 0 && await LoadsWithAsync(settings, cancellationToken))
            {
                var each = await FirstAsync([[Text("csv.delimiter", "auto")]], cancellationToken);
                return hasLoadedOthers ? [.. each, settings] : [settings, .. each];
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
    public static OptionSetting MaxRecordBytes(int now) =>
        Text("csv.maxRecordBytes", SizeText.Format(Math.Min(LongestRecord, (long)now * 16)));

    /// <summary>Names that nearly match those of columns.</summary>
    IEnumerable<Settings> Renamed()
    {
        if (failed is not { Layout: { IsByName: true } layout, Table: { } table }) yield break;
        var names = layout.Names.Select(HeaderName.Clean).ToArray();
        var keys = names.Select(HeaderName.Key).ToHashSet(StringComparer.Ordinal);
        var free = table.Columns.Where(c => !c.IsGenerated && !keys.Contains(HeaderName.Key(c.Name)))
            .Select(c => c.Name).Except(Options.Columns.Values).Except(Options.Metadata.Keys).ToList();
        var columns = table.Columns.Select(c => HeaderName.Key(c.Name)).ToHashSet(StringComparer.Ordinal);
        var mapping = new JsonObject();
        foreach (var (name, column) in Options.Columns) mapping[name] = column;
        var found = false;
        foreach (var name in names.Where(n => n.Length > 0 && !columns.Contains(HeaderName.Key(n))).Except(Options.Columns.Keys))
        {
            if (NearColumn.Find(name, free) is not { } near) continue;
            free.Remove(near);
            mapping[name] = near;
            found = true;
        }

        if (found) yield return [Text("columns", mapping)];
    }

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
            if (await LoadsWithAsync(candidate, cancellationToken)) return [candidate];
        }

        return [];
    }

    async Task<IReadOnlyList<Settings>> EachAsync(IEnumerable<Settings> candidates, CancellationToken cancellationToken)
    {
        var found = new List<Settings>();
        foreach (var candidate in candidates)
        {
            if (await LoadsWithAsync(candidate, cancellationToken)) found.Add(candidate);
        }

        return found;
    }

    async Task<bool> LoadsWithAsync(Settings settings, CancellationToken cancellationToken) =>
        await TryAsync(settings, cancellationToken) is { } trial
        && (trial.Fault == TrialFault.None
            || (failed.Fault is TrialFault.Content or TrialFault.Layout && trial.Fault == TrialFault.NoTable));

    async Task<Trial?> TryAsync(Settings settings, CancellationToken cancellationToken) =>
        OptionChange.Apply(Options, settings) is { } changed && changed.Validate("").Count == 0
            ? await run.RunAsync(changed, cancellationToken)
            : null;

    static Settings Delimiter(string delimiter) => [Text("csv.delimiter", DelimiterJsonConverter.Format(delimiter))];

    static OptionSetting Text(string name, JsonNode value) => OptionSetting.Of(name, value);

    static OptionSetting Cleared(string name) => new(name, "null");
}
