using System.CommandLine;
using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Commands.Verbs;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Commands.Queries;

/// <summary>Records that could not be loaded.</summary>
sealed class RejectsCommand : QueryCommand
{
    const int Shown = 120;

    readonly Argument<string?> _file = new("FILE")
    { Description = "Only rejects of this file: its path or its number in the ledger", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<string?> _status = new("--status")
    { Description = "Only rejects in this state: open, replayed, ignored or replaced", HelpName = "STATUS" };
    readonly Option<bool> _summary = new("--summary") { Description = "Count rejects by reason and by file" };
    readonly Option<bool> _issues = new("--issues")
    {
        Description =
            "One line per issue: rejects with the same reason, column and message, ignoring numbers and values. Default: "
                + "open rejects",
    };
    readonly RejectOptions _which = new();
    readonly PageOptions _page = new();

    public RejectsCommand()
        : base(
            "rejects",
            "Show rejected records, newest first, with place, reason and content. Ignore those that are not needed, and reopen "
                + "them.",
            "ingest rejects --issues",
            "ingest rejects --summary",
            "ingest rejects --reason bad_value --since 1h",
            "ingest rejects data/events/events-000001.csv --status open --json",
            "ingest rejects ignore --issue ad60ae7ed257119c-5b78            # how many?")
    {
        _status.AcceptOnlyFromAmong([.. RejectStates.All]);
        Add(_file);
        Add(_status);
        _which.AddTo(this);
        Add(_issues);
        Add(_summary);
        _page.AddTo(this);
        Add(new RejectVerbCommand(RejectVerb.Ignore));
        Add(new RejectVerbCommand(RejectVerb.Reopen));
    }

    /// <inheritdoc/>
    protected override async Task<QueryResult> ReadAsync(
        CliContext context, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var rejects = new RejectViews(dataSource);
        var filter = await _which.FilterAsync(context, dataSource, context.Get(_file), context.Get(_status), cancellationToken);
        if (context.Get(_issues) && context.Get(_summary))
            throw CliException.Usage("--issues and --summary cannot be combined");
        if (context.Get(_issues))
        {
            var open = filter with { Status = filter.Status ?? RejectStates.Open };
            return RejectIssueTable.Of(await new RejectIssueViews(dataSource).ListAsync(open, _page.Limit(context),
                cancellationToken));
        }

        if (context.Get(_summary)) return Summary(await rejects.SummarizeAsync(filter, cancellationToken));
        var page = await rejects.ListAsync(filter, _page.Limit(context), _page.After(context), cancellationToken);
        var table = new TextTable(new("ID", true), new("STATUS", Rank: 2), "REASON", new("COLUMN", Rank: 1),
            new("PLACE", IsPath: true), new("DETAIL", IsBelow: true), "RECORD", new("AT", Rank: 3, IsInstant: true))
        { WhenEmpty = "no reject matches" };
        foreach (var r in page.Items)
        {
            var place = r.Line is { } line ? $"{r.File}:{line}" : $"{r.File} record {r.RecordNumber}";
            table.Add($"{r.Id}", r.Status, r.Reason, r.Column, place, r.Detail, SafeText.Brief(r.RawRecord, Shown),
                Readable.Instant(r.At));
        }

        return new QueryResult(() => ReadableJson.Of(page, ViewJson.Default.ViewListRejectRow), [table],
            PageOptions.More(page, "rejects"))
        { Total = PageOptions.Total(page) };
    }

    static QueryResult Summary(RejectSummary summary)
    {
        var reasons = new TextTable("REASON", new("REJECTS", true)) { WhenEmpty = "no reject matches" };
        foreach (var r in summary.ByReason) reasons.Add(r.Reason, Readable.Count(r.Count));
        var files = new TextTable(new("FILE", true), new("PATH", IsPath: true), new("REJECTS", true));
        foreach (var f in summary.ByFile) files.Add($"{f.FileId}", f.Path, Readable.Count(f.Count));
        return new QueryResult(() => ReadableJson.Of(summary, ViewJson.Default.RejectSummary), [reasons, files],
            Counted.Of(summary.Total, "reject"));
    }
}
