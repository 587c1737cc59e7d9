using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Disposal;

namespace OrleansIngest.Engine.Tests.Pipelines;

/// <summary>What does not go with <c>tail: true</c>.</summary>
public sealed class TailChecksTests
{
    static string[] ProblemsOf(Action<PipelineOptions> change)
    {
        var options = new PipelineOptions { Name = "p", Watch = ["in"], Table = "t", Tail = true };
        change(options);
        return [.. options.Validate("p").Select(p => p.Path)];
    }

    [Fact]
    public void Check_Usual_IsFine() => ProblemsOf(p => p.TailIdle = TimeSpan.FromSeconds(5)).ShouldBeEmpty();

    [Fact]
    public void Check_IdleWithoutTail_IsRefused() =>
        ProblemsOf(p => (p.Tail, p.TailIdle) = (false, TimeSpan.FromSeconds(5))).ShouldBe(["p.tailIdle"]);

    [Fact]
    public void Check_WhatNeedsTheWholeFile_IsRefused()
    {
        Action<PipelineOptions>[] changes =
        [
            p => p.WholeFile = true, p => p.MaxRejected = 3, p => p.MaxRejectedPercent = 1, p => p.MaxRejectedInRow = 2,
            p => p.Write = WriteMode.ReplaceTable,
            p => p.Compression = "gzip", p => p.Format = InputFormat.Parquet, p => p.Format = InputFormat.Json,
            p => p.Encoding = "utf-16",
            p => p.Csv.SkipFooterLines = 1, p => p.Csv.RepeatedHeader = RepeatedHeaderPolicy.Stop,
            p => p.AfterLoad = AfterLoadPolicy.Delete,
            p => p.AfterQuarantine = AfterQuarantinePolicy.Move, p => p.OnChange = ChangePolicy.Quarantine,
            p => p.Sentinel = ".done", p => p.SameContent = SameContentPolicy.Skip,
        ];
        foreach (var change in changes) ProblemsOf(change).ShouldContain("p.tail");
    }

    [Fact]
    public void Check_ModesThatMergeRecordsAsTheyCome_AreFine()
    {
        ProblemsOf(p => p.Write = WriteMode.Upsert).ShouldBeEmpty();
        ProblemsOf(p => p.OnChange = ChangePolicy.Append).ShouldBeEmpty();
    }
}
