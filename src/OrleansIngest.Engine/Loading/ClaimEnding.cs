using System.Globalization;
using Npgsql;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Loading;

/// <summary>Ends the claim of a <see cref="FileLoader"/>: records it in the ledger, logs it, and returns the result.</summary>
sealed class ClaimEnding(FileClaim claim, LoaderContext context)
{
    static readonly TimeSpan TooEarlyMeans = TimeSpan.FromSeconds(5);

    /// <summary>The reason for a file without read permission, also of <see cref="DryRun"/>.</summary>
    public const string NoRightToRead = "cannot be opened: permission denied; grant read access to the user of this program";

    /// <summary>The reason for a file whose committed positions have another unit than now.</summary>
    public static string OtherUnit(PositionUnit committed, PositionUnit now) =>
        $"a part of it was committed with {committed.ToName()} positions, but it is now read with {now.ToName()} positions, "
        + "which cannot be combined. Load it with the original program and settings (ingest retry), or deliver it again: a new "
        + "version is loaded in full";

    /// <summary>The reason for a pipe whose reader has died: it cannot be read again.</summary>
    public const string PipeIsGone =
        "a pipe cannot be read again: its committed part stays, and the rest was lost with the program that read it; "
        + "load the missing part from its source";

    /// <summary>Ends waits for the database. The end of a step must not: a statement that succeeded without an answer would look
    /// like a lost claim.</summary>
    public CancellationToken Stop { get; set; }

    /// <summary>The reason for a file that the file system cannot read.</summary>
    public static string CannotBeRead(IOException failure) => $"cannot be read: {failure.Message}";

    /// <summary>The file is loaded; the commit has already recorded that in the ledger.</summary>
    public LoadResult Loaded(FileTotals totals)
    {
        EngineLog.FileLoaded(context.Logger, claim.Pipeline, claim.File.Path, claim.FileId.Value, totals.Loaded, totals.Rejected,
            totals.Skipped);
        return new LoadResult(LoadResultKind.Loaded, totals);
    }

    /// <summary>Another owner has the file: nothing to record.</summary>
    public LoadResult Fenced()
    {
        EngineLog.FileFenced(context.Logger, claim.Pipeline, claim.File.Path, claim.FileId.Value, claim.Epoch);
        return new LoadResult(LoadResultKind.Fenced);
    }

    /// <summary>The file failed: it is retried after a delay, or quarantined after the configured number of attempts.</summary>
    public async Task<LoadResult> FailAsync(string reason)
    {
        context.Target.Forget(); // the table may have changed meanwhile
        var attempt = claim.Attempts + 1;
        if (attempt >= context.Options.MaxAttempts)
            return await QuarantineAsync($"{reason} (attempt {attempt} of {context.Options.MaxAttempts})");
        var wait = RetryPolicy.DelayAfter(attempt, context.Options);
        var result = await EndAsync(ClaimEnd.Failed, LoadResultKind.Failed, reason, wait);
        if (result.Kind == LoadResultKind.Failed)
            EngineLog.FileFailed(context.Logger, claim.Pipeline, claim.File.Path, claim.FileId.Value, attempt,
                wait.TotalSeconds, reason);
        return result;
    }

    /// <summary>Quarantines the file until an operator retries it.</summary>
    /// <param name="reason">Human-readable.</param>
    /// <param name="also">An action in the same transaction; null for none. Default: null.</param>
    public async Task<LoadResult> QuarantineAsync(string reason, Func<NpgsqlConnection, CancellationToken, Task>? also = null)
    {
        var result = await EndAsync(ClaimEnd.Quarantined, LoadResultKind.Quarantined, reason, TimeSpan.Zero, also);
        if (result.Kind == LoadResultKind.Quarantined)
            EngineLog.FileQuarantined(context.Logger, claim.Pipeline, claim.File.Path, claim.FileId.Value, reason);
        return result;
    }

    /// <summary>Returns a file without committed records; not counted as a failure.</summary>
    public async Task<LoadResult> PutBackAsync(ClaimEnd end, string reason)
    {
        var result = await EndAsync(end, LoadResultKind.PutBack, reason, TimeSpan.Zero);
        if (result.Kind == LoadResultKind.PutBack)
            EngineLog.FilePutBack(context.Logger, claim.Pipeline, claim.File.Path, claim.FileId.Value, reason);
        return result;
    }

    /// <summary>Skips the file, because its content is already loaded.</summary>
    public async Task<LoadResult> SkipAsync(KnownContent loaded, byte[] sha256)
    {
        var what = loaded.File.Path == claim.File.Path ? $"version {loaded.Version}"
            : $"{loaded.File.Path} (file {loaded.FileId})";
        var reason = string.Create(CultureInfo.InvariantCulture,
            $"same content as {what}, loaded {loaded.FinishedAt:yyyy-MM-dd HH:mm:ss}Z; load --again loads it anyway");
        var inForce = await context.Health.RetryAsync(
            token => new ContentLedger(context.DataSource).SkipAsync(claim, loaded.FileId, sha256, reason, token), Stop);
        if (!inForce) return new LoadResult(LoadResultKind.Fenced);
        EngineLog.FileSkipped(context.Logger, claim.Pipeline, claim.File.Path, claim.FileId.Value, reason);
        return new LoadResult(LoadResultKind.Skipped, Reason: reason);
    }

    /// <summary>Marks an archive loaded, and adds its members as separate files. Nothing was committed of the archive
    /// itself.</summary>
    /// <param name="members">Its data files.</param>
    /// <param name="sha256">SHA-256 of the archive as stored; null if unknown.</param>
    public async Task<LoadResult> ExpandAsync(IReadOnlyList<ArchiveMember> members, byte[]? sha256)
    {
        var expansion = await context.Health.RetryAsync(token => context.Files.ExpandAsync(claim, members, sha256, token), Stop);
        switch (expansion)
        {
            case Expansion.Done:
                EngineLog.ArchiveExpanded(context.Logger, claim.Pipeline, claim.File.Path, claim.FileId.Value,
                    Counted.Of(members.Count, "file"));
                return new LoadResult(LoadResultKind.Loaded, new FileTotals(0, 0, 0)) { Members = members.Count };
            case Expansion.TooEarly:
                return await PostponeAsync("an archive: its files wait until all silos of the previous version have left",
                    TooEarlyMeans);
            default:
                return Fenced();
        }
    }

    /// <summary>Makes the file ready again after a while, because another file comes first; not counted as a failure.</summary>
    public Task<LoadResult> PostponeAsync(string reason, TimeSpan wait) =>
        EndAsync(ClaimEnd.Released, LoadResultKind.PutBack, reason, wait);

    async Task<LoadResult> EndAsync(
        ClaimEnd end, LoadResultKind kind, string reason, TimeSpan retryAfter,
        Func<NpgsqlConnection, CancellationToken, Task>? also = null)
    {
        var inForce = await context.Health.RetryAsync(
            token => context.Files.EndClaimAsync(claim, end, reason, retryAfter, token, also), Stop);
        return inForce ? new LoadResult(kind, Reason: reason) : new LoadResult(LoadResultKind.Fenced);
    }
}
