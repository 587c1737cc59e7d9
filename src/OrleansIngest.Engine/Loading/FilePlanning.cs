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

/// <summary>Decides which parts of a claimed file are read, and how: its layout, the plan for its table, its stage, the end of
/// an older version.</summary>
sealed class FilePlanning(FileInWork file, LedgerNotes notes)
{
    /// <summary>The file fails after this many consecutive changes of the table without a commit in between.</summary>
    const int MostReplans = 25;

    /// <summary>How long a file waits for a locked table whose definition must change.</summary>
    static readonly TimeSpan BusyWait = TimeSpan.FromSeconds(5);

    readonly FileTarget _target = new(file.Claim, file.Context);

    /// <summary>Whether the decision is made.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Which plan of the claim it is, from 1; 0 before there is one.</summary>
    public int Number { get; private set; }

    /// <summary>How rows are written; null before the decision, and for a file with nothing to read.</summary>
    public CopyPlan? Plan { get; private set; }

    /// <summary>How records are read.</summary>
    public RecordInput? Input { get; private set; }

    /// <summary>What follows the fields of each row; null for a plan without metadata.</summary>
    public RowMetadata? Metadata { get; private set; }

    /// <summary>When the plan was made: the time in the metadata.</summary>
    public DateTimeOffset PlannedAt { get; private set; }

    /// <summary>Decides whether the file continues where an older version ends.</summary>
    public AppendCheck Append { get; } = new(file.Claim, file.Context, file.Ending);

    FileProgress Progress => file.Progress;

    /// <summary>Compares the file with the bytes of an older version, before anything is planned.</summary>
    public async Task<LoadResult?> CheckOlderAsync(CancellationToken turn)
    {
        if (IsDone || !file.Options.ReadsOn) return null;
        if (await Append.RunAsync(file.Opened!, file.Hash, turn) is { } cannotReadOn) return cannotReadOn;
        if (!file.IsUnchanged()) return await file.ChangedAsync();
        if (Append.Replaces) file.Stage ??= FileStage.InPlaceOfOlder(file.Claim, file.Context, file.Ending);
        return null;
    }

    /// <summary>Finds the open spans and plans the file; returns a result if that is not possible.</summary>
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

    /// <summary>Plans the file for the current table.</summary>
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

    /// <summary>The table was changed: uncommitted records are read again, with a plan for the current table.</summary>
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
        notes.AreColumnsNoted = false; // other columns may be ignored now
        return null;
    }

    /// <summary>Widens the table for records of the next batch that only wider columns can hold.</summary>
    /// <returns>Whether the table has changed; or why it cannot be changed yet, because it is locked.</returns>
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

    /// <summary>The table is locked: the next step tries again, or the file is postponed.</summary>
    public async Task<LoadResult?> BusyAsync(string reason)
    {
        if (!file.Context.WaitsForTable) return await file.Ending.PostponeAsync(reason, BusyWait);
        Progress.Replans = 0; // the table has not changed
        throw new OperationCanceledException(reason);
    }

    /// <summary>Quarantines a changed file that an operator must decide on.</summary>
    async Task<LoadResult?> HeldAsync()
    {
        var (claim, context) = (file.Claim, file.Context);
        if (file.Options.OnChange != ChangePolicy.Quarantine || claim.Version <= 1 || claim.IsForced || claim.Committed.Count > 0)
            return null;
        var older = await context.Health.RetryAsync(token => HeldChanges.OlderAsync(context.DataSource, claim, token),
            file.Ending.Stop);
        return older is null ? null : await file.Ending.QuarantineAsync(
            $"the file has changed since {older} was loaded (onChange: quarantine). The rows of {older} are in the table: "
            + "ingest retry adds all rows of this version, ingest skip ignores it; to replace the old rows, undo that file first "
            + "(ingest undo)",
            (connection, token) => HeldChanges.NoteAsync(connection, claim, token));
    }

    /// <summary>Adds the files of an archive to the ledger.</summary>
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

    /// <summary>Continues a file where an older version ends: records of that version are not sent again.</summary>
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

    /// <summary>The spans that are committed and stay valid.</summary>
    async Task<IReadOnlyList<PositionSpan>> CommittedAsync()
    {
        if (file.Stage is not null) return file.Claim.Committed; // StageAsync replaces these once there is a plan
        var committed = await FileStage.CommittedWithoutAsync(file.Claim, file.Context, file.Ending.Stop);
        file.AnythingSent = committed.Count > 0;
        return committed;
    }

    /// <summary>For a file with a stage: redirects its batches there, and takes the committed spans from the stage.</summary>
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
