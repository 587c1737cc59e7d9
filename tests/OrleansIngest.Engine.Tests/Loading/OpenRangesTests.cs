using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Tests.Loading;

public sealed class OpenRangesTests
{
    [Fact]
    public void Of_NothingCommitted_IsTheWholeFile() => OpenRanges.Of(10, []).ShouldBe([new PositionSpan(0, 10)]);

    [Fact]
    public void Of_EmptyFile_IsNothing() => OpenRanges.Of(0, []).ShouldBeEmpty();

    [Fact]
    public void Of_AllCommitted_IsNothing() => OpenRanges.Of(10,
        [new PositionSpan(0, 4), new PositionSpan(4, 10)]).ShouldBeEmpty();

    /// <summary>The law: committed and open ranges together are every byte once.</summary>
    [Fact]
    public void Of_RandomRanges_AndThemTogetherCoverTheFileOnce()
    {
        var random = new Random(15);
        for (var round = 0; round < 2000; round++)
        {
            var size = random.Next(0, 60);
            int[] cuts = [0, .. Enumerable.Range(0, random.Next(8)).Select(_ => random.Next(0, size + 1)).Order(), size];
            var committed = cuts.Zip(cuts.Skip(1)).Where(p => p.Second > p.First && random.Next(2) == 0)
                .Select(p => new PositionSpan(p.First, p.Second)).ToList();

            var open = OpenRanges.Of(size, committed);

            open.ShouldAllBe(range => range.End > range.Start);
            open.Concat(committed).OrderBy(r => r.Start).Aggregate(0L,
                (at, range) => range.Start == at ? range.End : -1).ShouldBe(size);
        }
    }
}
