using System.Collections.Concurrent;
using System.Globalization;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Commands.Loading;

/// <summary>Tells the user of an interrupted <c>load</c> what is committed, and how to continue.</summary>
/// <param name="hasPipes">Whether it reads pipes, which cannot be read again.</param>
/// <param name="isAgain">Whether it was asked to load files again that are loaded.</param>
sealed class InterruptedLoad(bool hasPipes, bool isAgain)
{
    /// <summary>A database that does not answer must not delay the end.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<FileId, bool> _started = new();

    /// <summary>Notes a claim of this load.</summary>
    public void Started(FileClaim claim) => _started[claim.FileId] = true;

    /// <summary>The message for the user. Call it when nothing more is committed.</summary>
    public async Task<CliException> ReportAsync(CliContext context, OpenDatabase database)
    {
        CommittedPart? part = null;
        try
        {
            using var patience = new CancellationTokenSource(Patience, context.Time);
            part = await CommittedPart.ReadAsync(database.DataSource, [.. _started.Keys], patience.Token)
                .WaitAsync(Patience, context.Time, CancellationToken.None);
        }
        catch (Exception failure) when (failure is OperationCanceledException or TimeoutException
            || Failure.IsOfDatabase(failure))
        {
            // The message then does without the numbers.
        }

        return new CliException(Describe(part), ExitCode.Interrupted);
    }

    /// <summary>The message.</summary>
    /// <param name="part">Null if the ledger cannot be read.</param>
    public string Describe(CommittedPart? part)
    {
        if (part is { Files: 0 }) return "interrupted: nothing is committed";
        return $"interrupted{(part is null ? "" : Committed(part))}. {HowToContinue}";
    }

    string HowToContinue => hasPipes ? "A pipe cannot be continued: see ingest files"
        : isAgain ? "The same command without --again continues after the last commit"
        : "The same command continues after the last commit";

    static string Committed(CommittedPart part)
    {
        var rows = part.Rows + part.Staged;
        var complete = part.Complete == part.Files ? ", completely"
            : part.Complete > 0 ? string.Create(CultureInfo.InvariantCulture, $", {part.Complete:N0} of them completely") : "";
        var staged = part.Staged == 0 ? ""
            : string.Create(CultureInfo.InvariantCulture,
                $"; {part.Staged:N0} of these rows become visible when their file is complete");
        return $": {Counted.Of(rows, "row")} of {Counted.Of(part.Files, "file")} {(rows == 1 ? "is" : "are")} committed"
            + complete + staged;
    }
}
