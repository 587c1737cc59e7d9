using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Loading.Tailing;

/// <summary>Ends the claim of a file that was followed: what is committed of it becomes a version that is loaded, and what comes
/// later is a matter of another claim or version.</summary>
sealed class TailEnd(FileInWork file, TailState tail, FilePlanning planning, BatchSending sending)
{
    FileClaim Claim => file.Claim;

    FileProgress Progress => file.Progress;

    /// <summary>Stops following the file for now.</summary>
    /// <param name="seen">The file as it is.</param>
    /// <param name="why">For the ledger.</param>
    /// <param name="reason">Human-readable; null for none.</param>
    /// <returns>Null if discovery has seen that the file has grown.</returns>
    public async Task<LoadResult?> QuietAsync(SeenFile seen, string why, string? reason)
    {
        var left = seen.Size - Progress.Committed;
        var remark = Progress.Committed == 0 ? "the file has no complete record"
            : reason ?? await planning.Append.RemarkAsync(Progress.Committed);
        if (left > 0)
            remark =
                $"{(remark is null ? "" : remark + "; ")}{Counted.Of(left, "byte")} after its last complete record wait for the "
                    + "rest of the record";
        return await FinishAsync(why, remark, seen, null);
    }

    /// <summary>The file was truncated: committed rows stay, and the new content is the next version.</summary>
    public async Task<LoadResult> CutAsync()
    {
        if (await sending.CollectAsync(wait: true, file.Ending.Stop) is { } ended) return ended;
        if (Progress.Committed == 0) return await file.Ending.PostponeAsync("it was truncated before any part of it was loaded",
            TimeSpan.FromMilliseconds(10));
        SeenFile? next = FileStat.TryStat(Claim.File.Path, out var there)
            && (there.Device, there.Inode) == (tail.File!.Opened.Device, tail.File.Opened.Inode) ? there : null;
        var reason =
            $"it was truncated or rewritten after {Counted.Of(Progress.Committed, "byte")} were loaded; its new content is "
                + "another version";
        return await FinishAsync("truncated", reason, (next ?? Claim.File) with { Size = Progress.Committed }, next)
            ?? await file.Ending.PostponeAsync("it was truncated, and is still changing", TimeSpan.FromMilliseconds(100));
    }

    /// <summary>The file is neither at its path nor renamed within its directory.</summary>
    public async Task<LoadResult> LostAsync()
    {
        if (Progress.Committed == 0)
        {
            return FileStat.TryStat(Claim.File.Path, out _)
                ? await file.Ending.PutBackAsync(ClaimEnd.Changed, "another file is at its path now")
                : await file.Ending.PutBackAsync(ClaimEnd.Vanished, "the file is gone");
        }

        var seen = Claim.File with { Size = Math.Max(Claim.File.Size, Progress.Committed) };
        if (seen.Size == Progress.Committed
            && await FinishAsync("rotated", "it was renamed or deleted while it was not followed", seen, null) is { } over)
            return over;
        return await file.Ending.QuarantineAsync(
            $"the file was renamed or deleted while it was not followed, after {Counted.Of(Progress.Committed, "byte")} were "
                + $"loaded; it had at least {seen.Size}. "
            + "Move it back into its directory, under any name, and retry it (ingest retry); or deliver the missing "
            + "records as a separate file");
    }

    async Task<LoadResult?> FinishAsync(string why, string? reason, SeenFile seen, SeenFile? next)
    {
        var hash = tail.Proof is { } proof && proof.Length == Progress.Committed ? proof.Sha256
            : tail.File is null || tail.IsCut ? null : tail.HashOf(Progress.Committed);
        hash ??= tail.Committed is { } known && known.End == Progress.Committed ? known.Sha256 : null;
        var (ending, totals) = await file.Context.Health.RetryAsync(
            token => TailLedger.FinishAsync(file.Context.Files, file.Context.DataSource, Claim, Progress.Committed, hash, why,
                reason, seen, next, token), file.Ending.Stop);
        CrashPoint.Hit("tail-ended");
        return ending switch
        {
            TailEnding.Done => file.Ending.Loaded(totals),
            TailEnding.Fenced => file.Ending.Fenced(),
            TailEnding.Grown => null,
            _ => await file.Ending.QuarantineAsync(
                "the committed batches do not cover the file without gap or overlap; look at ingest.batch for this file_id and "
                    + "report it as a bug"),
        };
    }
}
