using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Loading;

/// <summary>What is left to read of a file.</summary>
static class OpenRanges
{
    /// <summary>The gaps between committed ranges; a pure function.</summary>
    /// <param name="size">Of the file, in bytes.</param>
    /// <param name="committed">In order, not overlapping.</param>
    public static IReadOnlyList<ByteRange> Of(long size, IReadOnlyList<ByteRange> committed)
    {
        var open = new List<ByteRange>();
        long at = 0;
        foreach (var range in committed)
        {
            if (range.Start > at) open.Add(new ByteRange(at, range.Start));
            at = range.End;
        }

        if (at < size) open.Add(new ByteRange(at, size));
        return open;
    }
}
