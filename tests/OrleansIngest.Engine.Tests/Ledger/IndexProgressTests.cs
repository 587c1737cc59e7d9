using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Tests.Ledger;

public sealed class IndexProgressTests
{
    [Theory]
    [InlineData("initializing", 0, 0, 0)]
    [InlineData("building index: scanning table", 0.5, 0, 0.25)]
    [InlineData("building index: sorting live tuples", 1, 0, 0.5)]
    [InlineData("building index: loading tuples in tree", 1, 0.5, 0.875)]
    [InlineData("building index: loading tuples in tree", 1, 1, 1)]
    [InlineData("building index", 0.3, 0, 0.3)]
    [InlineData("building index: sorting tuples by hash", 0, 2, 1)]
    public void ShareOf_Phases_Rises(string phase, double blocks, double tuples, double expected) =>
        IndexProgress.ShareOf(phase, blocks, tuples).ShouldBe(expected, 1e-9);
}
