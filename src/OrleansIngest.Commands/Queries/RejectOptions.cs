using System.CommandLine;
using System.Globalization;
using Npgsql;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Loading;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Commands.Queries;

/// <summary>Options that choose rejects, for listing and for replaying them.</summary>
sealed class RejectOptions
{
    readonly Option<string?> _pipeline = new("--pipeline") { Description = "Only this pipeline", HelpName = "NAME" };
    readonly Option<string?> _reason = new("--reason")
    { Description = "Only rejects with this reason, such as bad_value or field_count", HelpName = "CODE" };
    readonly Option<string?> _issue = new("--issue")
    { Description = "Only rejects of this issue: an ID from ingest rejects --issues", HelpName = "ID" };
    readonly Option<string?> _table = new("--table")
    { Description = "Only rejects of this table: a TABLE from ingest rejects --issues", HelpName = "TABLE" };
    readonly Option<string?> _id = new("--id")
    { Description = "Only rejects with these IDs from ingest rejects, separated by commas", HelpName = "ID" };
    readonly Option<string?> _search = new("--search")
    { Description = "Only rejects with this text in record, path or detail", HelpName = "TEXT" };
    readonly MomentOption _since;
    readonly MomentOption _until;

    /// <summary>The options.</summary>
    /// <param name="areFilesToo">Whether the command also applies to files, which --since and
    /// --until choose by their end.</param>
    public RejectOptions(bool areFilesToo = false)
    {
        var what = areFilesToo ? "files that ended (loaded, failed, quarantined or ignored), or with --rejects records rejected,"
            : "records rejected";
        _since = new MomentOption("--since", $"Only {what} from this time on");
        _until = new MomentOption("--until", $"Only {what} before this time");
        // A reason that does not exist would choose no reject, which reads like good news.
        _reason.AcceptOnlyFromAmong([.. RejectReason.All]);
    }

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _pipeline, _reason, _issue, _table, _id, _search, _since, _until })
            command.Add(option);
    }

    /// <summary>The pipeline that is named; null for any.</summary>
    public string? Pipeline(CliContext context) => context.Get(_pipeline);

    /// <summary>Whether an option is given that only applies to rejects.</summary>
    public bool ChoosesRejects(CliContext context) => new Option[] { _reason, _issue, _table, _id, _search }.Any(context.IsGiven);

    /// <summary>From when to when; null: no bound.</summary>
    public (DateTimeOffset? Since, DateTimeOffset? Until) Time(CliContext context) => (context.Get(_since), context.Get(_until));

    long[]? Ids(CliContext context)
    {
        if (context.Get(_id) is not { } text) return null;
        var ids = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return [.. ids.Select(id => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var key) ? key
            : throw CliException.Usage($"--id must be IDs from ingest rejects, separated by commas, not '{id}'"))];
    }

    /// <summary>The filter.</summary>
    /// <param name="context">Has their values.</param>
    /// <param name="dataSource">For a file that is named by its path.</param>
    /// <param name="file">A path or a number; null for all files.</param>
    /// <param name="status">Null for any.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="CliException">The ledger has no such file, or several; or several issues have the given id.</exception>
    public async Task<RejectFilter> FilterAsync(CliContext context, NpgsqlDataSource dataSource, string? file, string? status,
        CancellationToken cancellationToken)
    {
        var issue = context.Get(_issue) is { } id ? IssueId.Parse(id) : (IssueId?)null;
        var filter = new RejectFilter
        {
            Pipeline = context.Get(_pipeline),
            FileId = file is null ? null : (await FileAsync(context, dataSource, file, cancellationToken)).Value,
            Reason = context.Get(_reason),
            Table = context.Get(_table),
            Ids = Ids(context),
            Text = context.Get(_search),
            Status = status,
            From = context.Get(_since),
            To = context.Get(_until),
        };
        return issue is null ? filter : await issue.Value.ApplyAsync(filter, dataSource, cancellationToken);
    }

    /// <summary>A number is looked up too: no reject matches a wrong one, which would look like success.</summary>
    async Task<FileId> FileAsync(CliContext context, NpgsqlDataSource dataSource, string file,
        CancellationToken cancellationToken)
    {
        var found = await LedgerFiles.FindAsync(context, dataSource, file, context.Get(_pipeline), cancellationToken);
        return await new FileViews(dataSource).FindAsync(found, cancellationToken) is null
            ? throw new CliException($"the ledger has no file {file}") : found;
    }
}
