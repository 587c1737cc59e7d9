using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Disposal;

namespace OrleansIngest.Engine.Tests.Pipelines;

public sealed class AppendChecksTests
{
    static string[] Problems(Action<PipelineOptions> change)
    {
        var options = new PipelineOptions { Name = "p", Watch = ["in"], Table = "t", OnChange = ChangePolicy.Append };
        change(options);
        return [.. options.Validate("p").Select(p => $"{p.Path} {p.Message}")];
    }

    [Fact]
    public void Check_LinesOfPlainText_AreFine()
    {
        Problems(_ => { }).ShouldBeEmpty();
        Problems(p => (p.Format, p.Compression, p.Encoding) = (InputFormat.Ndjson, "none", "utf-8")).ShouldBeEmpty();
        Problems(p => (p.Format, p.Encoding, p.OnRewrite) = (InputFormat.Csv, "windows-1252", RewritePolicy.NewVersion))
            .ShouldBeEmpty();
        Problems(p => (p.Write, p.Key) = (WriteMode.Upsert, ["id"])).ShouldBeEmpty();
    }

    public static TheoryData<Action<PipelineOptions>, string> Refused() => new()
    {
        { p => p.Format = InputFormat.Parquet,
            "p.onChange append works with lines of CSV or NDJSON only, not with format: parquet" },
        { p => p.Format = InputFormat.Json, "not with format: json" },
        { p => p.Compression = "gzip", "not with compression: gzip" },
        { p => p.Encoding = "utf-16", "not with encoding: utf-16" },
        { p => p.WholeFile = true, "does not work with wholeFile" },
        { p => p.MaxRejected = 3, "does not work with wholeFile, maxRejected" },
        { p => p.Write = WriteMode.ReplaceTable, "write: replaceTable" },
        { p => p.AfterLoad = AfterLoadPolicy.Delete, "append needs afterLoad: keep" },
        { p => p.Csv.SkipFooterLines = 1, "csv.skipFooterLines" },
        { p => p.Csv.RepeatedHeader = RepeatedHeaderPolicy.Stop, "csv.repeatedHeader: stop" },
        { p => p.OnRewrite = RewritePolicy.Replace, "p.onRewrite replace needs a column that stores the file of each row" },
        { p => (p.OnRewrite, p.Write, p.Metadata) = (RewritePolicy.Replace, WriteMode.InsertNew,
            new Dictionary<string, string> { ["f"] = "{fileId}" }),
            "p.onRewrite replace works with write: append only" },
        { p => (p.OnChange, p.OnRewrite) = (ChangePolicy.Quarantine, RewritePolicy.Replace),
            "p.onRewrite needs onChange: append" },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void Check_WhatCannotBeReadOn_IsRefusedWithTheReason(Action<PipelineOptions> change, string expected) =>
        Problems(change).ShouldContain(problem => problem.Contains(expected, StringComparison.Ordinal));
}
