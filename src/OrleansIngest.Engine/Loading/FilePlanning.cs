using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Loading.Appending;
using OrleansIngest.Engine.Loading.Routing;
using OrleansIngest.Engine.Loading.Staging;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Metadata;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading;

/// <summary>Decides what of a claimed file is to be read, and how: its layout, the plan for its table, its stage, the end of an
/// older version.</summary>
sealed class FilePlanning(FileInWork file, LedgerNotes notes)
{
    /// <summary>Changes of the table in a row, with nothing committed in between, before the file fails.</summary>
    const int MostReplans = 25;

    /// <summary>How long a file waits for a table whose definition has to change, and that others have locked.</summary>
    static readonly TimeSpan BusyWait = TimeSpan.FromSeconds(5);

    readonly FileTarget _target = new(file.Claim, file.Context);

    /// <summary>Whether it is decided.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Which plan of the claim it is, from 1; 0 before there is one.</summary>
    public int Number { get; private set; }

    /// <summary>How rows are written; null before it is decided, and for a file with nothing to read.</summary>
    public CopyPlan? Plan { get; private set; }

    /// <summary>How records are read.</summary>
    public RecordInput? Input { get; private set; }

    /// <summary>What follows the fields of each row; null for a plan without metadata.</summary>
    public RowMetadata? Metadata { get; private set; }

    /// <summary>When the plan was made: the time in the metadata.</summary>
    public DateTimeOffset PlannedAt { get; private set; }

    /// <summary>Decides whether it continues where an older version ends.</summary>
    public AppendCheck Append { get; } = new(file.Claim, file.Context, file.Ending);

    FileProgress Progress => file.Progress;

    /// <summary>Looks at the bytes of an older version, before anything is planned.</summary>
    public async Task<LoadResult?> CheckOlderAsync(CancellationToken turn)
    {
        if (IsDone || !file.Options.ReadsOn) return null;
        if (await Append.RunAsync(file.Opened!, file.Hash, turn) is { } cannotReadOn) return cannotReadOn;
        if (!file.IsUnchanged()) return await file.ChangedAsync();
        if (Append.Replaces) file.Stage ??= FileStage.InPlaceOfOlder(file.Claim, file.Context, file.Ending);
        return null;
    }

    /// <summary>Finds what is open, and makes the file's plan; returns a result when that is not possible.</summary>
    public async Task<LoadResult?> PrepareAsync()
    {
        var (claim, opened) = (file.Claim, file.Opened!);
        if ((claim.File.Size == 0 && !file.IsPipe) || opened.Unit == PositionUnit.Byte) Progress.End = claim.File.Size;
        if (claim.Committed.Count > 0 && claim.Unit != opened.Unit)
            return await file.Ending.QuarantineAsync(ClaimEnding.OtherUnit(claim.Unit, opened.Unit));
        if (file.IsPipe && opened.IsEmpty) Progress.End = 0;
        Progress.FindOpen(await CommittedAsync());
        IsDone = Progress.End == 0;
        if (IsDone) return null;
        if (opened.Refusal() is { } refusal) return await file.Ending.QuarantineAsync(refusal);
        if (opened.Archive is not null) return await ExpandAsync();
        if (await HeldAsync() is { } held) return held;
        return await PlanAsync();
    }

    /// <summary>Makes the file's plan for the table as it is now.</summary>
    public async Task<LoadResult?> PlanAsync()
    {
        try
        {
            Number++;
            var mayMake = !file.AnythingSent || file.Stage is not null;
            (Plan, var layout) = await _target.PlanForAsync(file.Opened!, mayMake, file.Ending.Stop);
            if (!await _target.NoteAsync(Plan, file.Ending.Stop)) return file.Ending.Fenced();
            Input = file.Opened!.InputFor(layout);
            if (Append.Base is not null && !file.AnythingSent && await ReadOnAsync() is { } cannotReadOn) return cannotReadOn;
            if (await StageAsync() is { } cannotStage) return cannotStage;
            (var claim, PlannedAt) = (file.Claim, file.Context.Time.GetUtcNow());
            Metadata = RowMetadata.Of(Plan, new FileFacts(claim.File.Path, claim.FileId.Value, claim.Version, PlannedAt));
            IsDone = true;
            if (Plan.Merge is not null && Progress.Open.Count > 1)
                return await file.Ending.QuarantineAsync(MergeFactory.OtherOrder);
        }
        catch (Exception failure) when (failure is HeaderException or LayoutException or MetadataException)
        {
            return await file.Ending.QuarantineAsync(failure.Message);
        }
        catch (TargetTableException failure)
        {
            if (!file.IsUnchanged()) return await file.ChangedAsync();
            return failure.IsOfTheFile
                ? await file.Ending.QuarantineAsync(failure.Message)
                : await file.Ending.FailAsync(failure.Message);
        }
        catch (TableBusyException failure)
        {
            return await BusyAsync(failure.Message);
        }

        return null;
    }

    /// <summary>The table was changed: what is not committed is read again, with a plan for the table as it is now.</summary>
    public async Task<LoadResult?> StartOverAsync(CancellationToken turn)
    {
        var context = file.Context;
        if (++Progress.Replans > MostReplans)
            return await file.Ending.FailAsync($"the definition of table {context.Options.Table} keeps changing");
        context.Target.Forget(Plan!.MadeFor?.Shape);
        var committed = await context.Health.RetryAsync(async token =>
        {
            await using var connection = await context.DataSource.OpenConnectionAsync(token);
            return await new LedgerReader(connection).CommittedAsync([file.Claim.FileId], token);
        }, turn);
        var ranges = committed.TryGetValue(file.Claim.FileId, out var done) ? done : [];
        file.AnythingSent = ranges.Count > 0;
        Progress.FindOpen(ranges);
        if (await file.InSlotAsync(PlanAsync, turn) is { } cannot) return cannot;
        Progress.IsStale = false;
        notes.AreColumnsNoted = false; // other columns may be left out now
        return null;
    }

    /// <summary>Records of the batch that is to be sent have values that a wider column would hold.</summary>
    /// <returns>Whether the table is another one now; or why it cannot be yet, because others have it locked.</returns>
    public async Task<(bool IsOther, string? Busy)> WidenAsync()
    {
        try
        {
            var isOther = await file.Context.Target.Drift.WidenAsync(Plan!, file.Claim, file.Ending.Stop);
            if (isOther) Progress.Replans = 0; // there are few types, and each is wider than the one before
            return (isOther, null);
        }
        catch (TableBusyException failure)
        {
            return (false, failure.Message);
        }
    }

    /// <summary>Others have the table locked: the next step asks again, or the file comes later.</summary>
    public async Task<LoadResult?> BusyAsync(string reason)
    {
        if (!file.Context.WaitsForTable) return await file.Ending.PostponeAsync(reason, BusyWait);
        Progress.Replans = 0; // the table has not changed
        throw new OperationCanceledException(reason);
    }

    /// <summary>A changed file that is to be looked at by somebody first.</summary>
    async Task<LoadResult?> HeldAsync()
    {
        var (claim, context) = (file.Claim, file.Context);
        if (file.Options.OnChange != ChangePolicy.Quarantine || claim.Version <= 1 || claim.IsForced || claim.Committed.Count > 0)
            return null;
        var older = await context.Health.RetryAsync(token => HeldChanges.OlderAsync(context.DataSource, claim, token),
            file.Ending.Stop);
        return older is null ? null : await file.Ending.QuarantineAsync(
            $"the file has changed since {older} was loaded, whose rows are in the table (onChange: quarantine): ingest retry "
            + "adds all rows of this version, ingest skip ignores it; ingest undo removes the rows of the older version first",
            (connection, token) => HeldChanges.NoteAsync(connection, claim, token));
    }

    /// <summary>An archive: its files become files of the ledger.</summary>
    async Task<LoadResult> ExpandAsync()
    {
        var listing = file.Opened!.List();
        if (!file.IsUnchanged()) return await file.ChangedAsync();
        var sha256 = file.FinishHash();
        foreach (var skipped in listing.Skipped)
            EngineLog.MemberSkipped(file.Context.Logger, file.Claim.Pipeline, file.Claim.File.Path, skipped);
        var hint = listing.Skipped is [var first, ..] ? $" (skipped: {first})" : "";
        return listing.Entries.Count == 0
            ? await file.Ending.QuarantineAsync("the archive contains no data files" + hint)
            : await file.Ending.ExpandAsync([.. listing.Entries.Select(e => new ArchiveMember(e.Name, e.StoredSize))], sha256);
    }

    /// <summary>A file that goes on where an older version ends: nothing of that one is sent again.</summary>
    async Task<LoadResult?> ReadOnAsync()
    {
        if (!file.IsUnchanged()) return await file.ChangedAsync();
        if (await Append.EvaluateAsync(Input! with { Content = file.Readable }) is { } ended) return ended;
        if (Append.Replaces) file.Stage ??= FileStage.InPlaceOfOlder(file.Claim, file.Context, file.Ending);
        if (Append.Base is not { } older) return null;
        await notes.NoteInputAsync(InputNotes.Of(Input!, Progress.End));
        if (!await Append.BeginAsync()) return file.Ending.Fenced();
        file.AnythingSent = true;
        Progress.FindOpen([new PositionSpan(0, older.Size)]);
        return null;
    }

    /// <summary>What is committed and stays so.</summary>
    async Task<IReadOnlyList<PositionSpan>> CommittedAsync()
    {
        if (file.Stage is not null) return file.Claim.Committed; // the stage knows better once there is a plan
        var committed = await FileStage.CommittedWithoutAsync(file.Claim, file.Context, file.Ending.Stop);
        file.AnythingSent = committed.Count > 0;
        return committed;
    }

    /// <summary>A file with a stage: batches go there, and what is committed is what the stage has.</summary>
    async Task<LoadResult?> StageAsync()
    {
        if (file.Stage is null) return null;
        var (plan, committed, ended) = await file.Stage.OpenAsync(Plan!, anew: Progress.IsStale);
        if (ended is not null) return ended;
        Plan = plan;
        file.AnythingSent = committed.Count > 0;
        Progress.FindOpen(committed);
        return null;
    }
}
