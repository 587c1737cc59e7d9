using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Tests.Pipelines;

public sealed class StagingChecksTests
{
    static string? Problem(Action<PipelineOptions> change)
    {
        var options = new PipelineOptions { Name = "p", Watch = ["in"], Table = "t" };
        change(options);
        return options.Validate("p").Where(p => !p.Path.EndsWith(".key", StringComparison.Ordinal))
            .Select(p => $"{p.Path} {p.Message}").FirstOrDefault();
    }

    [Fact]
    public void Check_LimitsAtTheirBounds_AreFine()
    {
        Problem(p => (p.MaxRejected, p.MaxRejectedPercent, p.MaxRejectedInRow) = (0, 0, 0)).ShouldBeNull();
        Problem(p => (p.MaxRejected, p.MaxRejectedPercent, p.MaxRejectedInRow) = (1_000_000_000_000, 100, 1_000_000_000_000))
            .ShouldBeNull();
    }

    [Fact]
    public void Check_LimitsBeyondTheirBounds_AreNamed()
    {
        Problem(p => p.MaxRejected = -1).ShouldBe("p.maxRejected must be from 0 to 1000000000000, not -1");
        Problem(p => p.MaxRejected = 1_000_000_000_001).ShouldStartWith("p.maxRejected must");
        Problem(p => p.MaxRejectedInRow = -1).ShouldStartWith("p.maxRejectedInRow must");
        Problem(p => p.MaxRejectedPercent = 100.1).ShouldBe("p.maxRejectedPercent must be from 0 to 100, not 100.1");
        Problem(p => p.MaxRejectedPercent = double.NaN).ShouldStartWith("p.maxRejectedPercent must");
    }

    [Theory]
    [InlineData(WriteMode.Upsert, "upsert")]
    [InlineData(WriteMode.InsertNew, "insertNew")]
    public void Check_WholeFileThatIsMerged_IsRefused(WriteMode mode, string word)
    {
        Problem(p => (p.Write, p.WholeFile) = (mode, true)).ShouldBe(
            $"p.wholeFile works with write: append or replaceTable only, not with {word}: its rows are merged batch by batch");
        Problem(p => (p.Write, p.MaxRejected) = (mode, 1)).ShouldStartWith("p.maxRejected works with");
    }

    [Fact]
    public void Check_FullRefreshThatSkipsKnownContent_IsRefused() =>
        Problem(p => (p.Write, p.SameContent) = (WriteMode.ReplaceTable, SameContentPolicy.Skip))
            .ShouldStartWith("p.sameContent must be load with write: replaceTable");
}
