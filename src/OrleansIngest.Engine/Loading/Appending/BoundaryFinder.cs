using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Loading.Appending;

/// <summary>Reads records until one begins at a position, and returns its record number and line; null if a record extends across
/// the position.</summary>
/// <param name="target">The position.</param>
/// <param name="start">The record and line at the start of the span.</param>
sealed class BoundaryFinder(long target, RecordPosition start) : IRecordConsumer<RecordPosition?>
{
    /// <summary>Finds the boundary in a span.</summary>
    /// <param name="input">The open input.</param>
    /// <param name="span">A span that begins with a record, and ends at the position or after it.</param>
    /// <param name="start">The record and line at the start of the span.</param>
    /// <param name="target">The position.</param>
    public static RecordPosition? Find(RecordInput input, PositionSpan span, RecordPosition start, long target) =>
        input.Format.Open(input.Content, input.Layout, span, start, new BoundaryFinder(target, start));

    public RecordPosition? Use<TRecords>(TRecords records) where TRecords : struct, ITextRecords
    {
        try
        {
            for (var record = start.Record; ; record++)
            {
                var kind = records.Read();
                if (records.Position >= target || kind == RecordKind.End)
                {
                    if (records.Position != target) return null;
                    return new RecordPosition(record,
                        kind == RecordKind.End ? Math.Max(records.Line + 1, start.Line) : records.Line);
                }
            }
        }
        finally
        {
            records.Dispose();
        }
    }
}
