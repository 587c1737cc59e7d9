using CsCheck;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Sources.FileSystem;

public sealed class FileOrderTests
{
    [Theory]
    [InlineData("part-9.csv", "part-10.csv")]
    [InlineData("part-09.csv", "part-9.csv")]
    [InlineData("a1b2", "a1b10")]
    [InlineData("a", "a1")]
    [InlineData("99999999999999999999998", "99999999999999999999999")]
    public void CompareNaturally_Numbers_AreOrderedByValue(string first, string second)
    {
        FileOrder.CompareNaturally(first, second).ShouldBeLessThan(0);
        FileOrder.CompareNaturally(second, first).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void CompareNaturally_AnyThreeNames_AreInATotalOrder() =>
        Gen.String[Gen.Char["019a.-"], 0, 5].Array[3].Sample(names =>
        {
            int Sign(int i, int j) => Math.Sign(FileOrder.CompareNaturally(names[i], names[j]));
            (Sign(0, 1) == 0).ShouldBe(names[0] == names[1]);
            Sign(0, 1).ShouldBe(-Sign(1, 0));
            if (Sign(0, 1) <= 0 && Sign(1, 2) <= 0)
                Sign(0, 2).ShouldBeLessThanOrEqualTo(0);
        });

    [Fact]
    public void Compare_DifferentTimes_OldestFirst() =>
        FileOrder.Instance.Compare(new("/z", 0, 1, 0, 0), new("/a", 0, 2, 0, 0)).ShouldBeLessThan(0);
}
