using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>Creates a reader of batches over the records of a span, whatever their type.</summary>
/// <param name="start">Where the span starts.</param>
/// <param name="position">The record number and line of its start.</param>
/// <param name="plan">How rows are written.</param>
/// <param name="options">Determine the size of batches.</param>
/// <param name="time">For the duration of a batch.</param>
sealed class BatchReaderFactory(long start, RecordPosition position, CopyPlan plan, PipelineOptions options, TimeProvider time)
    : IRecordConsumer<IBatchReader>
{
    public IBatchReader Use<TRecords>(TRecords records) where TRecords : struct, ITextRecords =>
        plan.Rescue is { } rescue
            ? new TextBatchReader<RescuedRecords<TRecords>>(new RescuedRecords<TRecords>(records, rescue), start, position, plan,
                options, time)
            : new TextBatchReader<TRecords>(records, start, position, plan, options, time);

    /// <summary>Opens a span of an input.</summary>
    public static IBatchReader Open(
        RecordInput input, PositionSpan span, RecordPosition position, CopyPlan plan, PipelineOptions options,
        TimeProvider time) =>
        input.Format.Open(input.Content, input.Layout, span, position,
            new BatchReaderFactory(span.Start, position, plan, options, time));
}
