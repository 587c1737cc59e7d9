using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Formats.Splitting;

/// <summary>A place where a record starts.</summary>
/// <param name="Offset">In stored bytes.</param>
/// <param name="Position">Which record and line that is.</param>
readonly record struct RecordBoundary(long Offset, RecordPosition Position);

/// <summary>A part of a span, of whole records.</summary>
/// <param name="Start">Its first record.</param>
/// <param name="End">The record after its last one. At the end of the span there is none: then the line is not known.</param>
/// <param name="IsLast">Whether the span ends there.</param>
readonly record struct SpanPart(RecordBoundary Start, RecordBoundary End, bool IsLast)
{
    /// <summary>Whether a reader that has read the part has come to the same place.</summary>
    /// <param name="offset">Where it stands.</param>
    /// <param name="position">Which record and line that is, as it has counted.</param>
    public bool EndsAt(long offset, RecordPosition position) =>
        offset == End.Offset && position.Record == End.Position.Record && (IsLast || position.Line == End.Position.Line);
}
