using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Commands.Queries;

/// <summary>Rejects as issues, a line each.</summary>
static class RejectIssueTable
{
    public static QueryResult Of(RejectIssues issues)
    {
        var table = new TextTable(
            "ISSUE", new("REJECTS", true), new("FILES", true, Rank: 1), new("PIPELINE", Label: "pipeline"),
            new("TABLE", Rank: 3, Label: "table"), "REASON", new("COLUMN", Rank: 2, Label: "column"),
            new("MESSAGE", IsBelow: true), new("FIRST", Rank: 5, IsInstant: true), new("LAST", Rank: 4, IsInstant: true))
        { WhenEmpty = "no reject matches" };
        foreach (var i in issues.Items)
        {
            table.Add(
                IssueId.Of(i), Readable.Count(i.Rejects), Readable.Count(i.Files), i.Pipeline, i.Table, i.Reason, i.Column,
                i.Shape, Readable.Instant(i.FirstAt), Readable.Instant(i.LastAt));
        }

        var note = $"{Counted.Of(issues.Rejects, "reject")} in {Counted.Of(issues.Issues, "issue")}";
        if (issues.Issues > issues.Items.Count) note += $"; {Counted.Of(issues.Items.Count, "issue")} shown, --limit shows more";
        string[] notes = issues.Issues == 0 ? [] : [note];
        return new QueryResult(() => ReadableJson.Of(issues, ViewJson.Default.RejectIssues), [table], notes);
    }
}
