using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>How the rows of a file are found in the table of their pipeline.</summary>
/// <param name="Table">The table's name in SQL.</param>
/// <param name="Column">The column that the pipeline's metadata fills with only <c>{fileId}</c>; null if there is none.</param>
sealed record RowProvenance(string Table, string? Column)
{
    /// <summary>Reads it from a pipeline's configuration.</summary>
    public static RowProvenance Of(PipelineOptions pipeline, string? target = null) =>
        new(target ?? pipeline.Table, OriginColumns.Of(pipeline).FileId);
}
