using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Loading;

/// <summary>Records notes about a file in the ledger, before its first batch is sent.</summary>
sealed class LedgerNotes(FileInWork file)
{
    /// <summary>Whether the differences between columns and fields are recorded.</summary>
    public bool AreColumnsNoted { get; set; }

    /// <summary>Whether the unit of the file's positions is recorded.</summary>
    public bool IsInputNoted { get; private set; }

    /// <summary>Records differences between columns and fields, before the last commit ends the claim. A file without a note
    /// costs no statement, unless an earlier claim may have left a note.</summary>
    public async Task NoteColumnsAsync(CopyPlan? plan)
    {
        if (AreColumnsNoted) return;
        var (claim, context) = (file.Claim, file.Context);
        if (plan?.Note is not null || (claim.Epoch > 1 && !file.AnythingSent))
        {
            await context.Health.RetryAsync(
                token => ColumnsNoteLedger.WriteAsync(context.DataSource, claim, plan?.Note, token), file.Ending.Stop);
        }

        if (plan is not null) await context.Target.Drift.ReportAsync(plan, claim, file.Ending.Stop);
        AreColumnsNoted = true;
    }

    /// <summary>Records the unit of positions and the detected layout. A plain input costs no statement, unless an earlier
    /// claim recorded another unit.</summary>
    public async Task NoteInputAsync(InputNote note)
    {
        if (!note.IsPlain || note.Unit != file.Claim.Unit)
            await file.Context.Health.RetryAsync(token => file.Context.Files.NoteInputAsync(file.Claim, note, token),
                file.Ending.Stop);
        IsInputNoted = true; // if the claim is not in force, the commit reveals it
    }
}
