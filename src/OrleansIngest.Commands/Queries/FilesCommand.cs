using System.CommandLine;
using Npgsql;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Loading;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Examination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Commands.Queries;

/// <summary>Files, searched, sorted and paged; or one of them with its batches and what happened to it.</summary>
sealed class FilesCommand : QueryCommand
{
    static readonly Dictionary<string, FileSort> Sorts = new(StringComparer.Ordinal)
    {
        ["discoveredAt"] = FileSort.DiscoveredAt,
        ["path"] = FileSort.Path,
        ["size"] = FileSort.Size,
        ["mtime"] = FileSort.Mtime,
        ["finishedAt"] = FileSort.FinishedAt,
        ["rows"] = FileSort.Rows,
        ["rejected"] = FileSort.Rejected,
        ["durationMs"] = FileSort.DurationMs,
    };

    readonly Argument<string?> _file = new("FILE")
    {
        Description = "Show one file with its batches and history: its path or its number in the ledger",
        Arity = ArgumentArity.ZeroOrOne
    };
    readonly Option<string?> _pipeline = new("--pipeline") { Description = "Only files of this pipeline", HelpName = "NAME" };
    readonly ListOption _status = new("--status", () => FileStates.All)
    {
        Description = $"Only files in these states, separated by commas: {string.Join(", ", FileStates.All)}",
        HelpName = "STATUS"
    };
    readonly Option<string?> _search = new("--search")
    { Description = "Only files with this text in their path", HelpName = "TEXT" };
    readonly Option<string?> _node = new("--node") { Description = "Only files of this node", HelpName = "NODE" };
    readonly Option<string> _sort = new("--sort")
    {
        Description = "Sort order. Default: discoveredAt",
        HelpName = "BY",
        DefaultValueFactory = _ => "discoveredAt"
    };
    readonly Option<bool> _ascending = new("--ascending") { Description = "Smallest or oldest first" };
    readonly PageOptions _page = new();

    public FilesCommand()
        : base(
            "files",
            "Show files with state, rows, and the reason for waiting or failing.",
            "ingest files --status failed,quarantined",
            "ingest files --status loaded-with-rejects,all-rejected",
            "ingest files --sort finishedAt --limit 10 --watch",
            "ingest files data/events/events-000001.csv     # one file, with its batches")
    {
        _sort.AcceptOnlyFromAmong([.. Sorts.Keys]);
        Add(_file);
        foreach (var option in new Option[] { _pipeline, _status, _search, _node, _sort, _ascending }) Add(option);
        _page.AddTo(this);
    }

    /// <inheritdoc/>
    protected override async Task<QueryResult> ReadAsync(
        CliContext context, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var files = new FileViews(dataSource);
        if (context.Get(_file) is { } file)
        {
            var id = await LedgerFiles.FindAsync(context, dataSource, file, context.Get(_pipeline), cancellationToken);
            var described = await files.DescribeAsync(id, cancellationToken)
                ?? throw new CliException($"the ledger has no file {file}");
            return await OneAsync(context, dataSource, described, cancellationToken);
        }

        var filter = new FileFilter
        {
            Pipeline = context.Get(_pipeline),
            Statuses = FileStateArgument.Of(context.Get(_status), _status.Name),
            Text = context.Get(_search),
            Node = context.Get(_node),
            Sort = Sorts[context.Get(_sort)!],
            Descending = !context.Get(_ascending),
        };
        var page = await files.ListAsync(filter, _page.Limit(context), _page.After(context), cancellationToken);
        var waiting = page.Items.Where(IsUnexplained).Select(f => f.Pipeline).Distinct();
        var reasons = await new WaitingViews(dataSource).OfPipelinesAsync(waiting, cancellationToken);
        // Without it, two rows of one path would look like an error.
        var isShared = page.Items.GroupBy(f => f.Path).Any(same => same.DistinctBy(f => f.Pipeline).Count() > 1);
        var table = new TextTable(
            new("FILE", true), new("PIPELINE", Rank: isShared ? 0 : 2), "STATUS", new("DONE", true, 1), new("ROWS", true),
            new("OPEN REJECTS", true, 1), new("SIZE", true, 3),
            new("FINISHED", Rank: 4, IsInstant: true), new("PATH", IsPath: true), new("WHY", Rank: 1))
        {
            WhenEmpty = "no file matches",
        };
        foreach (var f in page.Items)
        {
            table.Add(
                $"{f.Id}", f.Pipeline, f.State, f.Progress is { } done ? $"{100 * done:0}%" : null, Readable.Count(f.RowsLoaded),
                Readable.Count(f.OpenRejects), Readable.Bytes(f.Size),
                Readable.Instant(f.FinishedAt), f.Version > 1 ? $"{f.Path} (version {f.Version})" : f.Path,
                IsUnexplained(f) ? reasons.GetValueOrDefault(f.Pipeline) : f.Reason);
        }

        return new QueryResult(() => ReadableJson.Of(page, ViewJson.Default.ViewListFileRow), [table],
            PageOptions.More(page, "files"))
        { Total = PageOptions.Total(page) };
    }

    /// <inheritdoc/>
    protected override async Task<QueryResult?> OpenAsync(
        CliContext context, NpgsqlDataSource dataSource, IReadOnlyList<string> row, CancellationToken cancellationToken) =>
        context.Get(_file) is null && long.TryParse(row[0], out var id)
            && await new FileViews(dataSource).DescribeAsync(new FileId(id), cancellationToken) is { } file
            ? await OneAsync(context, dataSource, file, cancellationToken)
            : null;

    /// <summary>Whether a file waits, and the ledger has no reason that is the file's own.</summary>
    static bool IsUnexplained(FileRow file) => file is { Status: "discovered" or "ready", Reason: null };

    static async Task<QueryResult> OneAsync(
        CliContext context, NpgsqlDataSource dataSource, FileDetail file, CancellationToken cancellationToken)
    {
        if (IsUnexplained(file))
        {
            var reasons = await new WaitingViews(dataSource).OfPipelinesAsync([file.Pipeline], cancellationToken);
            file = file with { Reason = reasons.GetValueOrDefault(file.Pipeline) };
        }

        return One(file, await FileDoctor.ExamineAsync(file, dataSource, context.Time, cancellationToken));
    }

    static QueryResult One(FileDetail file, Diagnosis? diagnosis)
    {
        var facts = new TextTable("FACT", new("VALUE", Wraps: true));
        foreach (var (name, value) in new (string, string?)[]
        {
            ("file", $"{file.Id}"), ("pipeline", file.Pipeline), ("table", file.Target), ("path", file.Path),
            ("version", $"{file.Version}"), ("size", Readable.Bytes(file.Size)), ("status", file.State),
            ("why", file.Reason), ("last failure", file.Error == file.Reason ? null : file.Error),
            ("columns", file.ColumnsNote?.ToString()), ("node", file.Node), ("claims", $"{file.Epoch}"),
            ("failed attempts", $"{file.Attempts}"),
            ("next attempt", Readable.Instant(file.NextAttemptAt)), ("rows loaded", Readable.Count(file.RowsLoaded)),
            ("rejected", Readable.Count(file.RowsRejected)),
            ("inserted", CountOf(file.RowsInserted)), ("updated", CountOf(file.RowsUpdated)),
            ("unchanged", CountOf(file.RowsUnchanged)),
            ("open rejects", Readable.Count(file.OpenRejects)),
            ("skipped lines", Readable.Count(file.RowsSkipped - file.RowsSuppressed)),
            ("discarded by a trigger", Readable.Count(file.RowsSuppressed)), ("done", Done(file)),
            ("member of", file.ParentId is { } archive ? $"file {archive}" : null), ("found", Findings(file)),
            ("discovered", Readable.Instant(file.DiscoveredAt)),
            ("started", Readable.Instant(file.StartedAt)), ("finished", Readable.Instant(file.FinishedAt)),
            ("took", Readable.Milliseconds(file.DurationMs)),
            ("latency", Readable.Milliseconds(file.LatencyMs)), ("sha256", file.Sha256),
            ("same content as", file.SameAs is { } same ? $"{file.SameAsPath} (file {same})" : null),
            ("verbs", string.Join(", ", file.Actions)),
        })
        {
            if (!string.IsNullOrEmpty(value)) facts.Add(name, value);
        }

        foreach (var (name, value) in FileDoctor.Facts(diagnosis)) facts.Add(name, value);

        var batches = new TextTable(
            new(PositionsOf(file) + " FROM", true), new("TO", true), new("RECORD", true, 3), new("RECORDS", true, 1),
            new("ROWS", true), new("REJECTED", true), new("EPOCH", true, 4),
            new("NODE", Rank: 2), new("LANE", true, 6), new("READ", true, 5), new("WAIT", true, 5), new("COPY", true, 5),
            new("COMMITTED", Rank: 1, IsInstant: true));
        foreach (var b in file.Batches)
        {
            batches.Add(
                $"{b.StartOffset}", $"{b.EndOffset}", $"{b.FirstRecord}", Readable.Count(b.Records), Readable.Count(b.RowsLoaded),
                Readable.Count(b.RowsRejected), $"{b.Epoch}", b.Node,
                $"{b.Lane}", Readable.Milliseconds(b.ReadMs), Readable.Milliseconds(b.WaitMs), Readable.Milliseconds(b.CopyMs),
                Readable.Instant(b.CommittedAt));
        }

        var events = HistoryCommand.Table(file.Events);
        return new QueryResult(() => FileDoctor.Json(file, diagnosis), [facts, batches, events]);
    }

    static string? CountOf(long? rows) => rows is { } some ? Readable.Count(some) : null;

    /// <summary>A percentage if the end is known; else the position.</summary>
    static string Done(FileDetail file) =>
        file.Progress is { } done ? $"{100 * done:0.#}%"
            : $"{Readable.Count(file.PositionsRead)} {PositionsOf(file).ToLowerInvariant()}, the end is not known yet";

    static string PositionsOf(FileDetail file) => PositionUnits.Parse(file.PositionUnit) switch
    {
        PositionUnit.Byte => "BYTES",
        PositionUnit.DecodedByte => "DECODED BYTES",
        PositionUnit.Row => "ROWS",
        _ => "OFFSETS",
    };

    static string? Findings(FileDetail file) =>
        file.Layout is { } layout && layout.TryGetProperty("findings", out var findings)
            ? string.Join("; ", findings.EnumerateArray()) : null;
}
