namespace OrleansIngest.Engine.Positions;

/// <summary>A half-open span of an input: from <paramref name="Start"/> (inclusive) to <paramref name="End"/>
/// (exclusive).</summary>
/// <param name="Start">At a record's start, in the input's <see cref="PositionUnit"/>.</param>
/// <param name="End">At a record's end, never less than <paramref name="Start"/>; <see cref="Open"/> when the end of
/// the input is not known yet.</param>
public readonly record struct PositionSpan(long Start, long End)
{
    /// <summary>The end of a span that goes to the end of its input, wherever that is.</summary>
    public const long Open = long.MaxValue;

    /// <summary>Whether it goes to the end of its input, wherever that is.</summary>
    public bool IsOpen => End == Open;

    /// <summary>Positions between start and end; meaningless for an open span.</summary>
    public long Length => End - Start;
}
