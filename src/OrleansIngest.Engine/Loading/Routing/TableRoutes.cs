using System.Collections.Concurrent;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Tables;

namespace OrleansIngest.Engine.Loading.Routing;

/// <summary>The loader contexts of a pipeline with several tables, by table.</summary>
sealed class TableRoutes
{
    /// <summary>Maximum number of cached tables, because names come from files and are unlimited.</summary>
    const int Most = 10_000;

    /// <summary>The contexts of one configuration of the pipeline.</summary>
    sealed record Configured(PipelineOptions Options)
    {
        public TableTemplate? Template { get; } = Options.IsTemplate ? TableTemplate.Parse(Options.Table) : null;

        public ConcurrentDictionary<string, LoaderContext> Tables { get; } = new(StringComparer.Ordinal);
    }

    Configured? _now;

    /// <summary>The context of a claimed file's table. A partly committed file stays with its table, whatever the pipeline's
    /// current configuration.</summary>
    public LoaderContext Of(LoaderContext pipeline, FileClaim claim)
    {
        var now = _now;
        if (now is null || !ReferenceEquals(now.Options, pipeline.Options)) _now = now = new Configured(pipeline.Options);
        if (claim.Committed.Count > 0)
        {
            if (claim.Target is { } begun) return ForTable(now, pipeline, begun);
            return now.Template is null ? pipeline : pipeline with
            {
                Refusal =
                    "a part of it was loaded into the pipeline's previous table, before table depended on the file: restore "
                    + "the earlier value of table and retry the file (ingest retry), or deliver it again",
            };
        }

        if (now.Template is null) return pipeline;
        var (table, refusal) = now.Template.Of(pipeline.Options, claim.File.Path, claim.Archive?.Path);
        return table is null ? pipeline with { Refusal = refusal } : ForTable(now, pipeline, table);
    }

    static LoaderContext ForTable(Configured now, LoaderContext pipeline, string table)
    {
        if (now.Tables.TryGetValue(table, out var known)) return known;
        if (now.Tables.Count >= Most) now.Tables.Clear();
        return now.Tables.GetOrAdd(table, static (name, pipeline) =>
        {
            var options = pipeline.Options.ForTable(name);
            return pipeline with { Options = options, Target = pipeline.Target.For(options) };
        }, pipeline);
    }
}
