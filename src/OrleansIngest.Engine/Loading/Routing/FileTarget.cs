using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading.Routing;

/// <summary>The table of a claimed file: plans for it, creates it if it is missing and allowed, and records it
/// if it depends on the file.</summary>
sealed class FileTarget(FileClaim claim, LoaderContext context)
{
    string? _noted = claim.Target;

    /// <summary>The plan for the file, made by <see cref="PipelineTarget"/>.</summary>
    /// <param name="input">The open file.</param>
    /// <param name="mayMake">Whether no rows of the file are in a table yet, so that a missing one may be created.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="TargetTableException">The table cannot be loaded, the file does not determine a table, or no table can
    /// be created from the file.</exception>
    public async Task<(CopyPlan Plan, RecordLayout Layout)> PlanForAsync(
        OpenedInput input, bool mayMake, CancellationToken cancellationToken)
    {
        if (context.Refusal is { } refusal) throw new TargetTableException(refusal) { IsOfTheFile = true };
        try
        {
            return await context.Target.PlanForAsync(input, claim, cancellationToken);
        }
        catch (TargetTableException failure) when (failure.IsMissing)
        {
            if (context.Options.CreateTable && mayMake) await MakeAsync(input, cancellationToken);
            else if (context.Options.MadeFrom is { } template) throw NoSuchTable(failure, template);
            else throw;
        }

        return await context.Target.PlanForAsync(input, claim, cancellationToken);
    }

    /// <summary>Records the table before the first row is committed, if the pipeline alone does not determine it: undo and replay
    /// need it, and so does the next claim.</summary>
    /// <returns>Whether the claim is in force.</returns>
    public async Task<bool> NoteAsync(CopyPlan plan, CancellationToken cancellationToken)
    {
        if (_noted == plan.Table || (_noted is null && context.Options.MadeFrom is null)) return true;
        if (!await context.Health.RetryAsync(token => TargetNotes.WriteAsync(context.DataSource, claim, plan.Table, token),
            cancellationToken)) return false;
        _noted = plan.Table;
        return true;
    }

    async Task MakeAsync(OpenedInput input, CancellationToken cancellationToken)
    {
        var why = await context.Maker.MakeAsync(claim, context.Options, () => input.IsStill(claim.Archive ?? claim.File),
            cancellationToken);
        if (why is not null) throw new TargetTableException(why) { IsOfTheFile = true };
    }

    TargetTableException NoSuchTable(TargetTableException failure, string template) => claim.Committed.Count > 0 ? failure
        : new TargetTableException(
        $"{failure.Message} The pipeline derives the table from the file (table: {template}): create the table and retry the "
        + "file (ingest retry), or set createTable: true")
        { IsOfTheFile = true };
}
