using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Tests.Pipelines;

public sealed class DriftChecksTests
{
    static string[] Problems(Action<PipelineOptions> change)
    {
        var options = new PipelineOptions();
        change(options);
        var problems = new List<OptionProblem>();
        DriftChecks.Check(options, "p", problems);
        return [.. problems.Select(p => $"{p.Path}: {p.Message}")];
    }

    [Fact]
    public void Check_OptionsThatBelongTogether_HasNoProblem()
    {
        Problems(_ => { }).ShouldBeEmpty();
        Problems(p => p.ExtraColumns = ExtraColumnPolicy.Add).ShouldBeEmpty();
        Problems(p => (p.ExtraColumns, p.RescueColumn) = (ExtraColumnPolicy.Rescue, "rescued")).ShouldBeEmpty();
    }

    [Fact]
    public void Check_RescueWithoutColumnOrColumnWithoutRescue_SaysWhatIsMissing()
    {
        Problems(p => p.ExtraColumns = ExtraColumnPolicy.Rescue).ShouldHaveSingleItem()
            .ShouldStartWith("p.extraColumns: rescue needs rescueColumn");
        Problems(p => p.RescueColumn = "r").ShouldHaveSingleItem().ShouldBe("p.rescueColumn: needs extraColumns: rescue");
        Problems(p => (p.ExtraColumns, p.RescueColumn) = (ExtraColumnPolicy.Rescue, " ")).ShouldHaveSingleItem()
            .ShouldStartWith("p.rescueColumn: must be the name");
    }

    [Theory]
    [InlineData("metadata")]
    [InlineData("compute")]
    [InlineData("columns")]
    [InlineData("key")]
    [InlineData("onlyIfNewer")]
    public void Check_RescueColumnThatSomethingElseFills_IsRefused(string other)
    {
        Problems(p =>
        {
            (p.ExtraColumns, p.RescueColumn) = (ExtraColumnPolicy.Rescue, "r");
            var map = new Dictionary<string, string> { [other == "columns" ? "x" : "r"] = other == "columns" ? "r" : "{name}" };
            if (other == "metadata") p.Metadata = map;
            if (other == "compute") p.Compute = map;
            if (other == "columns") p.Columns = map;
            if (other == "key") p.Key = ["r"];
            if (other == "onlyIfNewer") p.OnlyIfNewer = "r";
        }).ShouldHaveSingleItem().ShouldStartWith($"p.rescueColumn: must not be 'r', which {other} names");
    }
}
