using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Tests.Diagnostics;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("settelTime", "settleTime", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("same", "same", 0)]
    public void Distance_TwoNames_IsTheNumberOfEdits(string a, string b, int expected)
    {
        NearestName.Distance(a, b).ShouldBe(expected);
        NearestName.Distance(b, a).ShouldBe(expected);
    }

    [Theory]
    [InlineData("loda", "load")]
    [InlineData("LOAD", "load")]
    [InlineData("stauts", "status")]
    [InlineData("ls", null)] // two letters off is another word
    [InlineData("archive", null)]
    public void Find_Word_IsTheNearKnownOneOrNone(string wrong, string? expected) =>
        NearestName.Find(wrong, ["up", "load", "status", "replay"]).ShouldBe(expected);
}
