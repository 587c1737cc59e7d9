namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>One step of one pipeline, with the names of <see cref="PipelineSeries"/>, and the durations of the coordinator's
/// latest listings and claims.</summary>
public sealed record PipelinePoint(
    long InputRows, double InputRate, double? ProcessRate, long Rejected, double? BatchMs, double? ReadMs, double? WaitMs,
    double? CopyMs, double? CommitMs,
    long Bytes, long Batches, long FilesFinished, double? LatencyP50Ms, double? LatencyP99Ms, long? BacklogFiles,
    long? BacklogBytes,
    double? ListMs, double? ClaimMs)
{
    internal static PipelinePoint Of(PipelineSeries series, int i, Backlog? backlog, PipelineFacts facts) => new(
        series.InputRows[i], series.InputRate[i], series.ProcessRate[i], series.Rejected[i], series.BatchMs[i], series.ReadMs[i],
        series.WaitMs[i], series.CopyMs[i],
        series.CommitMs[i], series.Bytes[i], series.Batches[i], series.FilesFinished[i], series.LatencyP50Ms[i],
        series.LatencyP99Ms[i], backlog?.Files, backlog?.Bytes,
        facts.IsCoordinated ? facts.ListMs : null, facts.IsCoordinated ? facts.ClaimMs : null);
}
