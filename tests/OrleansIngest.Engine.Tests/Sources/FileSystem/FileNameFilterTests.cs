using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Sources.FileSystem;

public sealed class FileNameFilterTests
{
    static readonly DiscoveryOptions Options = new() { Roots = ["/in"], Include = ["*.csv", "raw/**"], Exclude = ["test-*", "old/**"] };

    [Theory]
    [InlineData("a.csv", PassOverReason.None, null)]
    [InlineData("sub/a.csv", PassOverReason.None, null)]
    [InlineData("raw/x/a.txt", PassOverReason.None, null)]
    [InlineData("a.txt", PassOverReason.NotIncluded, null)]
    [InlineData("test-a.csv", PassOverReason.Excluded, "test-*")]
    [InlineData("old/a.csv", PassOverReason.Excluded, "old/**")]
    [InlineData(".a.csv", PassOverReason.NeverData, ".*")]
    [InlineData("_a.csv", PassOverReason.NeverData, "_*")]
    [InlineData("a.csv.tmp", PassOverReason.NeverData, "*.tmp")]
    [InlineData("a.csv.part", PassOverReason.NeverData, "*.part")]
    [InlineData("a.csv.partial", PassOverReason.NeverData, "*.partial")]
    [InlineData("a.csv._COPYING_", PassOverReason.NeverData, "*._COPYING_")]
    [InlineData("a.csv.crdownload", PassOverReason.NeverData, "*.crdownload")]
    [InlineData("a.csv.filepart", PassOverReason.NeverData, "*.filepart")]
    [InlineData("a.csv.swp", PassOverReason.NeverData, "*.swp")]
    [InlineData("a.csv~", PassOverReason.NeverData, "*~")]
    [InlineData(".~lock.a.csv#", PassOverReason.NeverData, ".*")]
    [InlineData("a.csv.bak", PassOverReason.NeverData, "*.bak")]
    [InlineData("A.CSV", PassOverReason.None, null)]
    [InlineData("A.CSV.TMP", PassOverReason.NeverData, "*.tmp")]
    [InlineData("Test-a.csv", PassOverReason.Excluded, "test-*")]
    [InlineData("OLD/a.csv", PassOverReason.Excluded, "old/**")]
    [InlineData("RAW/x/a.txt", PassOverReason.None, null)]
    public void Classify_Name_SaysWhyItIsPassedOver(string relativePath, PassOverReason expected, string? expectedPattern)
    {
        new FileNameFilter(Options).Classify(Path.GetFileName(relativePath), relativePath, out var pattern).ShouldBe(expected);
        pattern.ShouldBe(expectedPattern);
    }

    [Theory]
    [InlineData("A.CSV", PassOverReason.NotIncluded)]
    [InlineData("Test-a.csv", PassOverReason.None)]
    [InlineData("a.csv.TMP", PassOverReason.NotIncluded)]
    [InlineData("OLD/a.csv", PassOverReason.None)]
    public void Classify_MatchCase_DistinguishesUpperAndLower(string relativePath, PassOverReason expected) =>
        new FileNameFilter(Options with { MatchCase = true }).Classify(Path.GetFileName(relativePath), relativePath, out _).ShouldBe(expected);

    [Fact]
    public void Classify_NeverDataOverridden_TakesHiddenNames() =>
        new FileNameFilter(Options with { NeverData = [] }).Classify(".a.csv", ".a.csv", out _).ShouldBe(PassOverReason.None);

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
        { Options with { PassedOverAfter = TimeSpan.FromDays(2) }, nameof(DiscoveryOptions.PassedOverAfter) },
        { Options with { PassedOverAfter = TimeSpan.FromTicks(-1) }, nameof(DiscoveryOptions.PassedOverAfter) },
        { Options with { SentinelSuffix = "" }, nameof(DiscoveryOptions.SentinelSuffix) },
        { Options with { SentinelSuffix = "/x" }, nameof(DiscoveryOptions.SentinelSuffix) },
    };

    [Fact]
    public void Validate_Defaults_AreInRange() => Should.NotThrow(Options.Validate);
}
