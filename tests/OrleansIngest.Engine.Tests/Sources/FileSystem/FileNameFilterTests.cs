using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Sources.FileSystem;

public sealed class FileNameFilterTests
{
    static readonly DiscoveryOptions Options = new()
    {
        Roots = ["/in"],
        Include = ["*.csv", "raw/**"],
        Exclude = ["test-*", "old/**"]
    };

    [Theory]
    [InlineData("a.csv", ExclusionReason.None, null)]
    [InlineData("sub/a.csv", ExclusionReason.None, null)]
    [InlineData("raw/x/a.txt", ExclusionReason.None, null)]
    [InlineData("a.txt", ExclusionReason.NotIncluded, null)]
    [InlineData("test-a.csv", ExclusionReason.Excluded, "test-*")]
    [InlineData("old/a.csv", ExclusionReason.Excluded, "old/**")]
    [InlineData(".a.csv", ExclusionReason.NeverData, ".*")]
    [InlineData("_a.csv", ExclusionReason.NeverData, "_*")]
    [InlineData("a.csv.tmp", ExclusionReason.NeverData, "*.tmp")]
    [InlineData("a.csv.part", ExclusionReason.NeverData, "*.part")]
    [InlineData("a.csv.partial", ExclusionReason.NeverData, "*.partial")]
    [InlineData("a.csv._COPYING_", ExclusionReason.NeverData, "*._COPYING_")]
    [InlineData("a.csv.crdownload", ExclusionReason.NeverData, "*.crdownload")]
    [InlineData("a.csv.filepart", ExclusionReason.NeverData, "*.filepart")]
    [InlineData("a.csv.swp", ExclusionReason.NeverData, "*.swp")]
    [InlineData("a.csv~", ExclusionReason.NeverData, "*~")]
    [InlineData(".~lock.a.csv#", ExclusionReason.NeverData, ".*")]
    [InlineData("a.csv.bak", ExclusionReason.NeverData, "*.bak")]
    [InlineData("A.CSV", ExclusionReason.None, null)]
    [InlineData("A.CSV.TMP", ExclusionReason.NeverData, "*.tmp")]
    [InlineData("Test-a.csv", ExclusionReason.Excluded, "test-*")]
    [InlineData("OLD/a.csv", ExclusionReason.Excluded, "old/**")]
    [InlineData("RAW/x/a.txt", ExclusionReason.None, null)]
    public void Classify_Name_SaysWhyItIsPassedOver(string relativePath, ExclusionReason expected, string? expectedPattern)
    {
        new FileNameFilter(Options).Classify(Path.GetFileName(relativePath), relativePath, out var pattern).ShouldBe(expected);
        pattern.ShouldBe(expectedPattern);
    }

    [Theory]
    [InlineData("A.CSV", ExclusionReason.NotIncluded)]
    [InlineData("Test-a.csv", ExclusionReason.None)]
    [InlineData("a.csv.TMP", ExclusionReason.NotIncluded)]
    [InlineData("OLD/a.csv", ExclusionReason.None)]
    public void Classify_MatchCase_DistinguishesUpperAndLower(string relativePath, ExclusionReason expected) =>
        new FileNameFilter(Options with { MatchCase = true }).Classify(Path.GetFileName(relativePath), relativePath,
            out _).ShouldBe(expected);

    [Fact]
    public void Classify_NeverDataOverridden_TakesHiddenNames() =>
        new FileNameFilter(Options with { NeverData = [] }).Classify(".a.csv", ".a.csv", out _).ShouldBe(ExclusionReason.None);

    [Theory]
    [InlineData("sub", true)]
    [InlineData("test-x", true)]
    [InlineData(".git", false)]
    [InlineData("_spark_metadata", false)]
    [InlineData("old", false)]
    [InlineData("Old", false)]
    [InlineData("sub/old", true)]
    public void IsSearched_Directory_LeavesOutHiddenAndExcludedOnes(string relativePath, bool expected) =>
        new FileNameFilter(Options).IsSearched(Path.GetFileName(relativePath), relativePath).ShouldBe(expected);

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void Validate_ValueOutOfRange_NamesTheProperty(DiscoveryOptions options, string property) =>
        Should.Throw<ArgumentException>(options.Validate).Message.ShouldContain(property);

    public static TheoryData<DiscoveryOptions, string> BadOptions => new()
    {
        { Options with { Roots = [] }, nameof(DiscoveryOptions.Roots) },
        { Options with { Roots = [" "] }, nameof(DiscoveryOptions.Roots) },
        { Options with { Roots = ["/a/**"] }, nameof(DiscoveryOptions.Roots) },
        { Options with { Include = [] }, nameof(DiscoveryOptions.Include) },
        { Options with { Include = ["[a"] }, nameof(DiscoveryOptions.Include) },
        { Options with { Exclude = ["{a"] }, nameof(DiscoveryOptions.Exclude) },
        { Options with { NeverData = [""] }, nameof(DiscoveryOptions.NeverData) },
        { Options with { SettleTime = TimeSpan.FromTicks(-1) }, nameof(DiscoveryOptions.SettleTime) },
        { Options with { SettleTime = TimeSpan.FromDays(2) }, nameof(DiscoveryOptions.SettleTime) },
        { Options with { ExclusionDelay = TimeSpan.FromDays(2) }, nameof(DiscoveryOptions.ExclusionDelay) },
        { Options with { ExclusionDelay = TimeSpan.FromTicks(-1) }, nameof(DiscoveryOptions.ExclusionDelay) },
        { Options with { SentinelSuffix = "" }, nameof(DiscoveryOptions.SentinelSuffix) },
        { Options with { SentinelSuffix = "/x" }, nameof(DiscoveryOptions.SentinelSuffix) },
    };

    [Fact]
    public void Validate_Defaults_AreInRange() => Should.NotThrow(Options.Validate);
}
