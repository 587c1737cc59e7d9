using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Tests.Pipelines;

/// <summary>What does not go with <c>bulk</c>.</summary>
public sealed class BulkChecksTests
{
    static string[] ProblemsOf(BulkPolicy? bulk, Action<PipelineOptions> change)
    {
        var options = new PipelineOptions { Name = "p", Watch = ["in"], Table = "t", Bulk = bulk };
        change(options);
        return [.. options.Validate("p").Select(p => p.Path)];
    }

    static readonly Action<PipelineOptions>[] Unfit =
    [
        p => p.Table = "{folder}", p => p.Tail = true, p => p.Write = WriteMode.ReplaceTable,
        p => (p.OnChange, p.Metadata) = (ChangePolicy.Replace, new Dictionary<string, string> { ["f"] = "{fileId}" }),
        p => (p.OnChange, p.OnRewrite, p.Metadata) = (ChangePolicy.Append, RewritePolicy.Replace,
            new Dictionary<string, string> { ["f"] = "{fileId}" }),
    ];

    [Theory]
    [InlineData(BulkPolicy.Auto)]
    [InlineData(BulkPolicy.On)]
    public void Check_WhatNeedsItsIndexesOrHasNoEnd_IsRefused(BulkPolicy bulk)
    {
        foreach (var change in Unfit) ProblemsOf(bulk, change).ShouldContain("p.bulk");
    }

    [Theory]
    [InlineData(null)]
    [InlineData(BulkPolicy.Off)]
    public void Check_Off_GoesWithEverything(BulkPolicy? bulk)
    {
        foreach (var change in Unfit) ProblemsOf(bulk, change).ShouldNotContain("p.bulk");
    }

    [Fact]
    public void Check_Usual_IsFine()
    {
        ProblemsOf(BulkPolicy.On, _ => { }).ShouldBeEmpty();
        ProblemsOf(BulkPolicy.On, p => p.Write = WriteMode.Upsert).ShouldBeEmpty();
        ProblemsOf(BulkPolicy.On, p => p.WholeFile = true).ShouldBeEmpty();
    }
}
