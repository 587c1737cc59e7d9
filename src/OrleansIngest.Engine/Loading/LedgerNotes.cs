using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Targets.Postgres.Rows;

namespace OrleansIngest.Engine.Loading;

/// <summary>What is said in the ledger about a file before its first batch is sent.</summary>
sealed class LedgerNotes(FileInWork file)
{
    /// <summary>Whether the columns that are left out are noted.</summary>
    public bool AreColumnsNoted { get; set; }

    /// <summary>Whether the unit of its positions is noted.</summary>
    public bool IsInputNoted { get; private set; }

    /// <summary>Says in the ledger what the file leaves out, before its last commit ends the claim. A file without a note costs
    /// no statement, unless an earlier claim may have left one.</summary>
    public async Task NoteColumnsAsync(CopyPlan? plan)
    {
        if (AreColumnsNoted) return;
        var (claim, context) = (file.Claim, file.Context);
        if (plan?.Note is not null || (claim.Epoch > 1 && !file.AnythingSent))
        {
            await context.Health.RetryAsync(async token =>
            {
                await ColumnsNoteLedger.WriteAsync(context.DataSource, claim, plan?.Note, token);
                return true;
            }, file.Ending.Stop);
        }

        if (plan is not null) await context.Target.Drift.ReportAsync(plan, claim, file.Ending.Stop);
        AreColumnsNoted = true;
    }

    /// <summary>Says in the ledger what the positions of the first batch will count, and what was found; a plain input costs no
    /// statement, unless an earlier claim took it for another one.</summary>
    public async Task NoteInputAsync(InputNote note)
    {
        if (!note.IsPlain || note.Unit != file.Claim.Unit)
            await file.Context.Health.RetryAsync(token => file.Context.Files.NoteInputAsync(file.Claim, note, token),
                file.Ending.Stop);
        IsInputNoted = true; // a claim that is not in force is found out by the commit
    }
}
