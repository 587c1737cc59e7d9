using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Tables;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading.Routing;

/// <summary>The target table of a file, without a claim.</summary>
public static class FileRoute
{
    /// <summary>The pipeline with the table of a file; the pipeline itself if its table does not depend on the file.</summary>
    /// <param name="pipeline">The pipeline as configured.</param>
    /// <param name="path">Absolute path of the file.</param>
    /// <exception cref="TargetTableException">The file does not determine a table.</exception>
    public static PipelineOptions Of(PipelineOptions pipeline, string path)
    {
        if (!pipeline.IsTemplate) return pipeline;
        var (table, refusal) = TableTemplate.Parse(pipeline.Table).Of(pipeline, path, archive: null);
        return table is null ? throw new TargetTableException(refusal!) { IsOfTheFile = true } : pipeline.ForTable(table);
    }
}
