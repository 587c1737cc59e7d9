using System.CommandLine;
using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Commands.Verbs;

/// <summary>Which files a verb is about: named ones, or all of a pattern and a time.</summary>
sealed class FileChoiceOptions
{
    readonly Option<string?> _glob = new("--glob")
    {
        Description = "All files of the ledger whose path matches, such as 'in/orders-2026-*.csv' (quoted)",
        HelpName = "PATTERN"
    };
    readonly Option<bool> _trial = new("--dry-run")
    { Description = "Report the effect, with the rows of each file, and change nothing" };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_glob);
        command.Add(_trial);
    }

    /// <summary>Whether nothing may be changed.</summary>
    public bool IsTrial(CliContext context) => context.Get(_trial);

    /// <summary>Whether files are chosen by a pattern.</summary>
    public bool IsGiven(CliContext context) => context.Get(_glob) is not null;

    /// <summary>Does something to all files that are named or chosen.</summary>
    /// <param name="context">Has their values.</param>
    /// <param name="dataSource">The ledger.</param>
    /// <param name="files">Named ones, by path or number.</param>
    /// <param name="pipeline">Of which pipeline; null for any.</param>
    /// <param name="time">From when to when they ended; a bound also chooses.</param>
    /// <param name="hasRows"><see cref="FileChoice.HasRows"/>.</param>
    /// <param name="act">What.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="CliException">Files are both named and chosen, or neither.</exception>
    public async Task<VerbReport> EachAsync(
        CliContext context, NpgsqlDataSource dataSource, IReadOnlyList<string> files, string? pipeline,
        (DateTimeOffset? Since, DateTimeOffset? Until) time, bool hasRows,
        Func<FileId, Task<VerbResult>> act, CancellationToken cancellationToken)
    {
        var isChoice = IsGiven(context) || time is not (null, null);
        if (files.Count > 0 && isChoice)
            throw CliException.Usage("files cannot be both named and chosen with --glob, --since and --until");
        if (files.Count > 0)
            return new VerbReport(await FileVerbCommand.EachAsync(context, dataSource, files, pipeline, act, cancellationToken));
        if (!isChoice) throw CliException.Usage("no files given: name them, or choose them with --glob, --since and --until");
        if (IsTrial(context))
        {
            // Before the list: whoever means another time zone or day must see it before the rows are gone.
            if (time.Since is { } since) Note("since", since);
            if (time.Until is { } until) Note("before", until);
        }

        FileChoice choice;
        try
        {
            choice = new FileChoice(context.Get(_glob) is { } glob ? context.FullPath(glob) : null)
            {
                Pipeline = pipeline,
                Since = time.Since,
                Until = time.Until,
                HasRows = hasRows,
            };
        }
        catch (ArgumentException wrong)
        {
            throw CliException.Usage($"--glob: {wrong.Message}");
        }

        var items = new List<VerbReportItem>();
        foreach (var (file, path) in await choice.FindAsync(dataSource, cancellationToken))
            items.Add(VerbReportItem.Of(path, await act(file)));
        return items.Count > 0 ? new VerbReport(items) : throw new CliException("no such file in the ledger; see ingest files");

        void Note(string bound, DateTimeOffset at) =>
            context.Error.WriteLine($"note  files that ended {bound} {LocalMoment.Describe(at, context.Time)}");
    }
}
