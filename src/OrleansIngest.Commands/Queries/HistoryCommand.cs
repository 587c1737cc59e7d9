using System.CommandLine;
using Npgsql;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Commands.Queries;

/// <summary>History entries, newest first.</summary>
sealed class HistoryCommand : QueryCommand
{
    readonly Option<string?> _pipeline = new("--pipeline") { Description = "Only this pipeline", HelpName = "NAME" };
    readonly ListOption _kind = new("--kind", () => HistoryKinds.Prefixes.Concat(HistoryKinds.All))
    {
        Description =
            "Only entries of these kinds or prefixes of kinds, separated by commas: operator, file.quarantined, node, alert",
        HelpName = "KIND"
    };
    readonly Option<string?> _search = new("--search")
    { Description = "Only entries with this text in detail, path, node or name", HelpName = "TEXT" };
    readonly MomentOption _since = new("--since", "Only entries from this time on");
    readonly MomentOption _until = new("--until", "Only entries before this time");
    readonly PageOptions _page = new();

    public HistoryCommand()
        : base(
            "history",
            "Show the history: quarantined files, nodes that joined, left or died, alerts, and operator actions with "
                + "who and why.",
            "ingest history --since 1d",
            "ingest history --kind operator --pipeline events")
    {
        foreach (var option in new Option[] { _pipeline, _kind, _search, _since, _until }) Add(option);
        _page.AddTo(this);
    }

    /// <inheritdoc/>
    protected override async Task<QueryResult> ReadAsync(
        CliContext context, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var filter = new HistoryFilter
        {
            Pipeline = context.Get(_pipeline),
            Kinds = KnownValues.Some(context.Get(_kind), _kind.Name, HistoryKinds.All, HistoryKinds.Prefixes),
            Text = context.Get(_search),
            From = context.Get(_since),
            To = context.Get(_until),
        };
        var page = await new HistoryViews(dataSource).ListAsync(filter, _page.Limit(context), _page.After(context),
            cancellationToken);
        return new QueryResult(() => ReadableJson.Of(page, ViewJson.Default.ViewListHistoryRow), [Table(page.Items)],
            PageOptions.More(page, "events"))
        { Total = PageOptions.Total(page) };
    }

    /// <summary>Events as a table.</summary>
    public static TextTable Table(IReadOnlyList<HistoryRow> rows)
    {
        var table = new TextTable(new("AT", IsInstant: true), "KIND", new("PIPELINE", Rank: 1, Label: "pipeline"),
            new("FILE", true, 4, Label: "file"), new("PATH", IsPath: true), new("NODE", Rank: 3, Label: "node"),
            new("WHO", Rank: 2, Label: "by"), new("DETAIL", IsBelow: true))
        {
            WhenEmpty = "no history entries match",
            IdentifyingColumns = 8, // entries never change
        };
        foreach (var h in rows) table.Add(Readable.Instant(h.At), h.Kind, h.Pipeline, h.FileId is { } id ? $"{id}" : "", h.Path,
            h.Node, h.Who, h.Detail);
        return table;
    }
}
