using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Formats.Splitting;

/// <summary>The start of a record.</summary>
/// <param name="Offset">Offset in stored bytes.</param>
/// <param name="Position">Its record number and line.</param>
readonly record struct RecordBoundary(long Offset, RecordPosition Position);

/// <summary>A part of a span that consists of whole records.</summary>
/// <param name="Start">Its first record.</param>
/// <param name="End">The record after its last one; at the end of the span there is none, and the line is unknown.</param>
/// <param name="IsLast">Whether the span ends there.</param>
readonly record struct SpanPart(RecordBoundary Start, RecordBoundary End, bool IsLast)
{
    /// <summary>Whether a reader that has read the part has reached the same position.</summary>
    /// <param name="offset">Its offset.</param>
    /// <param name="position">The record number and line, as it has counted them.</param>
    public bool EndsAt(long offset, RecordPosition position) =>
        offset == End.Offset && position.Record == End.Position.Record && (IsLast || position.Line == End.Position.Line);
}
