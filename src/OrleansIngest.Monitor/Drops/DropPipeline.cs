using System.Text.Json;
using OrleansIngest.Engine.Inference;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Metadata;

namespace OrleansIngest.Monitor.Drops;

/// <summary>How a dropped file is loaded: as the table's pipeline would load it, but once, all of it or nothing, and never the
/// same content twice.</summary>
/// <param name="Options">The pipeline of the load. It watches nothing.</param>
/// <param name="Basis">The pipeline whose columns, rules and values it has; null for none.</param>
/// <param name="Refusal">Why the file cannot be loaded into this table from here; null when it can.</param>
/// <param name="HasBegun">Whether an interrupted load of the file continues: as it began.</param>
sealed record DropPipeline(PipelineOptions Options, string? Basis, string? Refusal, bool HasBegun = false)
{
    /// <summary>The columns that keep where a row came from, in a new table.</summary>
    public const string FileColumn = "file_id", LineColumn = "line", RecordColumn = "record";

    /// <summary>Puts it together.</summary>
    /// <param name="table">The table's full name.</param>
    /// <param name="exists">Whether it exists.</param>
    /// <param name="drop">The file.</param>
    /// <param name="ledger">Knows the pipelines.</param>
    /// <param name="pipelines">Knows what an earlier drop into the table was like.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<DropPipeline> ForAsync(string table, bool exists, Drop drop, DropLedger ledger,
        PipelineLedger pipelines, CancellationToken cancellationToken)
    {
        var name = SuggestedNames.OwnPipelineFor("drop", table);
        var found = await ledger.PipelineOfAsync(table, cancellationToken);
        var earlier = exists ? Read(await pipelines.ConfigAsync(name, cancellationToken)) : null;
        if ((found is { } own ? Read(own.Config) : earlier) is not { } options)
            return new DropPipeline(Once(new PipelineOptions(), name, table, exists), null, null);
        var chosen = (earlier?.Columns ?? options.Columns, earlier?.Csv ?? options.Csv);
        // What was chosen for an earlier file is not meant for this one, unless it is the same file.
        if (found is null) (options.Columns, options.Csv) = (new Dictionary<string, string>(), new CsvOptions());
        var refusal = options.Write == WriteMode.ReplaceTable
            ? $"each file of pipeline {found?.Name ?? name} replaces all rows of {table}: put the file into a directory that the "
                + "pipeline watches"
            : null;
        Once(options, name, table, exists);
        var hasBegun = earlier is not null && await ledger.HasBegunAsync(name, drop.Folder, drop.Path, cancellationToken);
        if (hasBegun) (options.Columns, options.Csv) = chosen;
        return new DropPipeline(options, found?.Name, refusal, hasBegun);
    }

    /// <summary>Adds columns of a new table that keep where each row came from, under names
    /// that the file does not have.</summary>
    public static void KeepOrigin(PipelineOptions options, InferredTable inferred, bool hasLines)
    {
        var place = hasLines ? LineColumn : RecordColumn;
        if (inferred.Columns.Any(column => column.Name is FileColumn || column.Name == place)) return;
        options.Metadata = new Dictionary<string, string> { [FileColumn] = "{fileId}", [place] = $"{{{place}}}" };
    }

    /// <summary>Makes columns for the path store the name that the user gave an upload: its path is temporary. The ledger keeps
    /// the path, by which it recognizes the file.</summary>
    public static void StoreNames(PipelineOptions options) =>
        options.Metadata = options.Metadata.ToDictionary(m => m.Key,
            m => MetadataTemplate.Parse(m.Value).Single == MetadataVariable.Path ? "{name}" : m.Value);

    static PipelineOptions Once(PipelineOptions options, string name, string table, bool exists)
    {
        (options.Name, options.Table, options.CreateTable, options.Database) = (name, table, !exists, null);
        (options.Watch, options.Include, options.Exclude, options.Sentinel) = ([], [], [], null);
        // The usual comma may as well have been a semicolon.
        (options.Format, options.Csv.Delimiter) = (InputFormat.Auto, options.Csv.Delimiter == "," ? null : options.Csv.Delimiter);
        (options.SameContent, options.OnChange, options.OnRewrite, options.Tail) = (SameContentPolicy.Skip,
            ChangePolicy.NewVersion, RewritePolicy.Quarantine, false);
        (options.AfterLoad, options.AfterQuarantine) = (default, default);
        (options.Expect, options.WholeFile) = (null, options.Write == WriteMode.Append);
        options.Bulk = null; // all of a file or nothing, while others write
        // Whoever drops a file sees its result at once.
        (options.Alerts.Drift, options.Alerts.RejectFilePercent, options.Alerts.RejectPercent, options.Alerts.Quarantined)
            = (TimeSpan.Zero, 0, 100, 0);
        return options;
    }

    /// <summary>Null for none, and for one that another version of this program wrote.</summary>
    static PipelineOptions? Read(string? config)
    {
        try
        {
            return config is null ? null : PipelineJson.Read(config);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
