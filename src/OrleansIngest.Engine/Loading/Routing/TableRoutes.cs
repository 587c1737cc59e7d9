using System.Collections.Concurrent;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines.Tables;

namespace OrleansIngest.Engine.Loading.Routing;

/// <summary>What loaders share, for each table of a pipeline whose files go to several.</summary>
sealed class TableRoutes
{
    /// <summary>Beyond as many they are looked up anew: names come from files, and there may be any number of them.</summary>
    const int Most = 10_000;

    readonly ConcurrentDictionary<string, LoaderContext> _tables = new(StringComparer.Ordinal);
    TableTemplate? _template;

    /// <summary>That of a claimed file's table. A file of which something is committed stays with the table that has it, whatever the pipeline says now.</summary>
    public LoaderContext Of(LoaderContext pipeline, FileClaim claim)
    {
        var options = pipeline.Options;
        if (claim.Committed.Count > 0)
        {
            if (claim.Target is { } begun) return ForTable(pipeline, begun);
            return !options.IsTemplate ? pipeline : pipeline with
            {
                Refusal = "a part of it is in the table that the pipeline had before table depended on the file: set table back and retry the file (ingest retry), "
                    + "or deliver it anew",
            };
        }

        if (!options.IsTemplate) return pipeline;
        var template = _template ??= TableTemplate.Parse(options.Table);
        var (table, refusal) = template.Of(options, claim.File.Path, claim.Archive?.Path);
        return table is null ? pipeline with { Refusal = refusal } : ForTable(pipeline, table);
    }

    LoaderContext ForTable(LoaderContext pipeline, string table)
    {
        if (_tables.TryGetValue(table, out var known)) return known;
        if (_tables.Count >= Most) _tables.Clear();
        return _tables.GetOrAdd(table, static (name, pipeline) =>
        {
            var options = pipeline.Options.ForTable(name);
            return pipeline with { Options = options, Target = pipeline.Target.For(options) };
        }, pipeline);
    }
}
