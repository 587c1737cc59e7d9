using CsCheck;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Bulk;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Tests.Loading.Bulk;

public sealed class BulkDecisionTests
{
    const long Mega = 1 << 20;

    static PlainIndexes Table(long bytes, bool hasTriggers = false, string? obstacle = null, params PlainIndex[] indexes) => new()
    {
        All = indexes.Length > 0 ? indexes
            : [new PlainIndex("public.a", "public.a", true, 8), new PlainIndex("public.b", "public.b", false, 16)],
        Obstacle = obstacle,
        Bytes = bytes,
        Rows = 0,
        HasTriggers = hasTriggers,
    };

    [Fact]
    public void Of_EmptyTable_DropsAllWhenAskedAndTheHarmlessOtherwise()
    {
        BulkDecision.Of(BulkPolicy.On, Table(0), 1).Indexes.ShouldBe(["public.a", "public.b"]);
        BulkDecision.Of(BulkPolicy.Auto, Table(0), 100 * Mega).Indexes.ShouldBe(["public.a"]);
    }

    /// <summary>Law: a table whose rows outweigh the files is never chosen, nor, without being asked, one that has more than a
    /// tenth of their bytes.</summary>
    [Fact]
    public void Of_AnySizes_NeverChoosesATableThatOutweighsTheFiles() =>
        Gen.Select(Gen.Long[0, 1L << 40], Gen.Long[0, 1L << 40]).Sample((table, files) =>
        {
            var isSmall = table <= 64 << 10;
            (BulkDecision.Of(BulkPolicy.On, Table(table), files).WhyNot is null).ShouldBe(isSmall || table <= files);
            (BulkDecision.Of(BulkPolicy.Auto, Table(table), files).WhyNot is null).ShouldBe(isSmall || table <= files / 10);
        });

    [Fact]
    public void Of_ObstacleTriggersOrNoIndex_SaysWhy()
    {
        BulkDecision.Of(BulkPolicy.On, Table(0, obstacle: "it is not a table"), 1).ShouldBe(([], "it is not a table"),
            new SameDecision());
        BulkDecision.Of(BulkPolicy.Auto, Table(0, hasTriggers: true),
            100 * Mega).WhyNot.ShouldBe("it has triggers, which may need the indexes");
        BulkDecision.Of(BulkPolicy.On, Table(0, hasTriggers: true), 100 * Mega).WhyNot.ShouldBeNull();
        var risky = new PlainIndex("public.b", "public.b", false, 16);
        BulkDecision.Of(BulkPolicy.Auto, Table(0, indexes: risky),
            100 * Mega).WhyNot.ShouldBe("it has no index that may be dropped with bulk: auto");
    }

    /// <summary>An index of a partitioned table is dropped as a whole, and not at all when one of its parts is risky.</summary>
    [Fact]
    public void Droppable_Parts_StandForTheirWhole()
    {
        var table = Table(0, indexes: [new("public.p0", "public.w", true, 8), new("public.p1", "public.w", false, 8),
            new("public.w", "public.w", true, 8)]);

        table.Droppable(onlyHarmless: false).ShouldBe(["public.w"]);
        table.Droppable(onlyHarmless: true).ShouldBeEmpty();
        table.Estimate(["public.w"], rows: 1000).ShouldBe(28_000);
    }

    [Theory]
    [InlineData(16 << 20, true)]
    [InlineData((16 << 20) - 1, false)]
    public void IsWorthLooking_Bytes_HasALowerBound(long bytes, bool expected) =>
        BulkDecision.IsWorthChecking(new PipelineOptions { Name = "p", Watch = ["in"], Table = "t" }, bytes).ShouldBe(expected);

    [Fact]
    public void IsWorthLooking_ModeThatNeedsItsIndexes_IsNot() =>
        BulkDecision.IsWorthChecking(new PipelineOptions
        {
            Name = "p",
            Watch = ["in"],
            Table = "t",
            Write = WriteMode.ReplaceTable
        }, 100 * Mega).ShouldBeFalse();

    sealed class SameDecision : IEqualityComparer<(IReadOnlyList<string> Indexes, string? WhyNot)>
    {
        public bool Equals((IReadOnlyList<string> Indexes, string? WhyNot) x,
            (IReadOnlyList<string> Indexes, string? WhyNot) y) =>
            x.Indexes.SequenceEqual(y.Indexes) && x.WhyNot == y.WhyNot;

        public int GetHashCode((IReadOnlyList<string> Indexes, string? WhyNot) value) => value.Indexes.Count;
    }
}
