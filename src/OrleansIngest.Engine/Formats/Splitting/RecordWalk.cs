using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Formats.Splitting;

/// <summary>The starts of records as the reader of the format finds them, for parts with broken quotes.</summary>
/// <remarks>Cold.</remarks>
abstract class RecordWalk : IDisposable
{
    /// <summary>Whether the content ended before the span did.</summary>
    public abstract bool EndedEarly { get; }

    /// <summary>Advances to the next record.</summary>
    /// <param name="offset">Where it starts.</param>
    /// <param name="line">Its line.</param>
    /// <returns>False at the end.</returns>
    public abstract bool Next(out long offset, out long line);

    /// <summary>Starts reading at a record.</summary>
    public static RecordWalk From(RecordInput input, RecordBoundary start, long end) =>
        input.Format.Open(input.Content, input.Layout, new PositionSpan(start.Offset, end), start.Position, new Maker());

    public abstract void Dispose();

    sealed class Maker : IRecordConsumer<RecordWalk>
    {
        public RecordWalk Use<TRecords>(TRecords records) where TRecords : struct, ITextRecords => new Of<TRecords>(records);
    }

    sealed class Of<TRecords>(TRecords records) : RecordWalk where TRecords : struct, ITextRecords
    {
#pragma warning disable IDE0044 // not readonly: a mutable struct would be copied at each call
        TRecords _records = records;
#pragma warning restore IDE0044

        public override bool EndedEarly => _records.EndedEarly;

        public override bool Next(out long offset, out long line)
        {
            var found = _records.Read() != RecordKind.End;
            (offset, line) = (_records.Position, _records.Line);
            return found;
        }

        public override void Dispose() => _records.Dispose();
    }
}
