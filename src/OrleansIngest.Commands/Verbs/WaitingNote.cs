using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Commands.Verbs;

/// <summary>What a person must know who has made files ready: nothing will load them yet.</summary>
static class WaitingNote
{
    /// <summary>Says why, once for each pipeline; nothing with <c>--json</c>.</summary>
    /// <param name="context">Of the command.</param>
    /// <param name="dataSource">The ledger.</param>
    /// <param name="files">The files that a verb has changed.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task WriteAsync(
        CliContext context, NpgsqlDataSource dataSource, IEnumerable<long> files, CancellationToken cancellationToken)
    {
        if (context.Json) return;
        foreach (var reason in (await new WaitingViews(dataSource).OfFilesAsync(files, cancellationToken)).Values)
            context.Error.WriteLine(SafeText.Of($"not loaded yet: {reason}"));
    }

    /// <summary>The files that a report has changed.</summary>
    public static IEnumerable<long> FilesOf(VerbReport report) =>
        report.Items.Where(item => item.Outcome == "done").Select(item => item.FileId).OfType<long>();
}
