using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Disposal;

namespace OrleansIngest.Engine.Tests.Pipelines.Disposal;

public sealed class ArchiveTemplateTests
{
    static readonly DateTimeOffset At = new(2026, 3, 5, 1, 2, 3, TimeSpan.FromHours(2)); // 2026-03-04 23:02 UTC

    [Theory]
    [InlineData("/done/{yyyy}/{MM}/{dd}/{HH}/{name}", "/done/2026/03/04/23/orders.2.csv")]
    [InlineData("/done/{pipeline}/{folder}/{stem}_{fileId}.{ext}", "/done/shop/in/orders.2_17.csv")]
    public void Expand_Variables_AreFilledIn(string template, string expected) =>
        ArchiveTemplate.Expand(template, "/data/in/orders.2.csv", "shop", 17, At).ShouldBe(expected);

    [Theory]
    [InlineData("done/{name}", null)]
    [InlineData("done/{fileId}.csv", null)]
    [InlineData("done/{nmae}", "has {nmae}, which is not a variable")]
    [InlineData("done/{name", "has {name, which is not a variable")]
    [InlineData("done/", "must end with a file's name")]
    [InlineData("done/{yyyy}", "must end with a file's name")]
    [InlineData(" ", "must be a path")]
    public void Problem_Template_IsNamed(string template, string? expected)
    {
        if (expected is null) ArchiveTemplate.Problem(template).ShouldBeNull();
        else ArchiveTemplate.Problem(template)!.ShouldStartWith(expected);
    }

    [Theory]
    [InlineData("done/{name}", "in", true, false)]
    [InlineData("in/done/{name}", "in", false, false)]
    [InlineData("in/done/{name}", "in", true, true)]
    [InlineData("in/{name}", "in", false, true)]
    [InlineData("data/{folder}/{name}", "data/*", false, true)]
    [InlineData("data/done/{name}", "data/*/in", true, false)]
    [InlineData("data/x/in/old/{name}", "data/*/in", true, true)]
    [InlineData("/data/in/done/{yyyy}/{name}", "/data/in", true, true)]
    [InlineData("/data/in2/{name}", "/data/in", true, false)]
    public void FindsItsOwn_ArchiveInWhatIsWatched_IsFound(string template, string watched, bool recursive, bool found) =>
        (ArchiveTemplate.FindsItsOwn(template, [watched], recursive) is not null).ShouldBe(found);

    [Fact]
    public void Validate_PipelineWhoseArchiveIsWatched_IsRefused()
    {
        var options = BuiltInPipelines.Events();
        (options.AfterLoad, options.Watch, options.ArchiveTo) = (AfterLoadPolicy.Archive, ["in"], "in/{name}");

        options.Validate("p").Select(p => p.Path).ShouldBe(["p.archiveTo"]);
        options.ArchiveTo = "done/{name}";
        options.Validate("p").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("true", ArchiveCompression.Gzip)]
    [InlineData("false", ArchiveCompression.None)]
    [InlineData("\"gzip\"", ArchiveCompression.Gzip)]
    [InlineData("\"none\"", ArchiveCompression.None)]
    public void Compress_Json_TakesTrueAndNames(string json, ArchiveCompression expected) =>
        PipelineJson.Read($$"""{ "compress": {{json}} }""").Compress.ShouldBe(expected);
}
