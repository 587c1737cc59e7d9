using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Loading;

/// <summary>The ranges of a file that are still to be read.</summary>
static class OpenRanges
{
    /// <summary>The gaps between committed ranges; a pure function.</summary>
    /// <param name="size">The end of the file, in its position unit.</param>
    /// <param name="committed">The committed ranges; in order, not overlapping.</param>
    public static IReadOnlyList<PositionSpan> Of(long size, IReadOnlyList<PositionSpan> committed)
    {
        var open = new List<PositionSpan>();
        long at = 0;
        foreach (var range in committed)
        {
            if (range.Start > at) open.Add(new PositionSpan(at, range.Start));
            at = range.End;
        }

        if (at < size) open.Add(new PositionSpan(at, size));
        return open;
    }
}
