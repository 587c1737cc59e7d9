using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Loading.Tailing;

/// <summary>Identifies a file to follow: one that was followed before, perhaps under another name, or a new one. Inode numbers
/// are reused, so only the bytes are proof.</summary>
sealed class TailStart(FileClaim claim, LoaderContext context, ClaimEnding ending, TailState tail)
{
    /// <summary>Bytes hashed in one slot, in a few milliseconds.</summary>
    const long PieceBytes = 4 << 20;

    static readonly TimeSpan LaterMeans = TimeSpan.FromSeconds(1);

    IReadOnlyList<TailOrigin>? _origins;
    AppendBase? _base;
    TailOrigin? _found;
    int _next;

    /// <summary>For a partly committed file: whether it still begins with the committed bytes.</summary>
    /// <param name="turn">Ends the step; the next call resumes.</param>
    public async Task<bool> IsSameAsync(CancellationToken turn)
    {
        tail.Proof ??= await context.Health.RetryAsync(token => TailLedger.ProofAsync(context.DataSource, claim.FileId, token),
            turn);
        if (tail.Proof is not { } proof) return true; // only its inode identifies it
        return await HashToAsync(proof.Length, turn)
            && (tail.HashAt(proof.Length) is not { } hash || hash.AsSpan().SequenceEqual(proof.Sha256));
    }

    /// <summary>For a file without committed records: the version that it continues.</summary>
    /// <param name="complete">Number of its bytes that are complete records.</param>
    /// <param name="size">Size of the file in bytes.</param>
    /// <param name="turn">Ends the step; the next call resumes.</param>
    /// <returns>The version, null for a new file; or how the claim ended.</returns>
    public async Task<(AppendBase? Base, LoadResult? Ended)> OriginAsync(long complete, long size, CancellationToken turn)
    {
        var file = tail.File!.Opened;
        _origins ??= await context.Health.RetryAsync(
            token => TailOrigin.FindAsync(context.DataSource, claim, file.Device, file.Inode, token), turn);
        foreach (var other in _origins.Where(o => o.IsSameInode))
        {
            // Of two files without rows, the older one goes first.
            if (other.Version.Status is FileStatus.Loading or FileStatus.Ready or FileStatus.Failed
                && (other.HasRows || other.Version.FileId.Value < claim.FileId.Value))
                return (null,
                    await ending.PostponeAsync($"it has the same inode as {other}, which is being followed: waits for that file",
                        LaterMeans));
            if (other is { HasRows: true, Version.Status: FileStatus.Quarantined } && await IsBegunAsync(other, turn))
            {
                return (null, await ending.QuarantineAsync(
                    $"it is {other}, which is quarantined, and part of which is in the table: retry that file (ingest retry), or "
                        + "undo it (ingest undo) and retry this one"));
            }
        }

        for (; _next < _origins.Count; _next++)
        {
            var origin = _origins[_next];
            if (origin.Version is not { Status: FileStatus.Loaded, Size: > 0, Sha256: not null, Unit: PositionUnit.Byte }
                || origin.Version.Size > size) continue;
            if (origin.End == "truncated" || (!origin.IsSameInode && (origin.End is "rotated" || IsElsewhere(origin)))) continue;
            if (!await HashToAsync(origin.Version.Size, turn)) continue;
            if (tail.HashAt(origin.Version.Size)?.AsSpan().SequenceEqual(origin.Version.Sha256) == true)
                (_base, _found) = (origin.Version, origin);
        }

        if (_base is null) tail.ForgetHash();
        if (_base is null || _found is null) return (null, null);
        // Skipped if it has no further complete line than its origin, whose last line may be incomplete. Under its own name,
        // more may follow soon.
        if (_base.Size < complete || (_base.Size == complete && _found.Path == claim.File.Path)) return (_base, null);
        return (_base, await SkipAsync(_found));
    }

    /// <summary>Whether the file begins with the committed bytes of another one.</summary>
    async Task<bool> IsBegunAsync(TailOrigin other, CancellationToken turn)
    {
        var known = await context.Health.RetryAsync(
            token => TailLedger.ProofAsync(context.DataSource, other.Version.FileId, token), turn);
        if (known is not { } proof) return false;
        tail.ForgetHash();
        var isBegun = await HashToAsync(proof.Length, turn)
            && tail.HashAt(proof.Length)?.AsSpan().SequenceEqual(proof.Sha256) == true;
        tail.ForgetHash();
        return isBegun;
    }

    /// <summary>Skips a file that was renamed, and has no further line.</summary>
    async Task<LoadResult?> SkipAsync(TailOrigin origin)
    {
        var reason = $"is {origin} under another name: all of its {Counted.Of(origin.Version.Records, "record")} are loaded";
        var look = tail.File!.Observe();
        if (look.IsCut) return null;
        if (look.Seen.Size - origin.Version.Size is > 0 and var left)
            reason += $"; {Counted.Of(left, "byte")} after its last complete record wait for the rest of the record";
        var end = await context.Health.RetryAsync(
            token => TailLedger.SkipAsync(context.DataSource, claim, origin.Version, reason, look.Seen, token), ending.Stop);
        switch (end)
        {
            case TailEnding.Done:
                EngineLog.FileSkipped(context.Logger, claim.Pipeline, claim.File.Path, claim.FileId.Value, reason);
                return new LoadResult(LoadResultKind.Skipped, Reason: reason);
            case TailEnding.Fenced:
                return ending.Fenced();
            default:
                return null; // more has come
        }
    }

    /// <summary>Whether the file of another version is in the directory under another name: then it is not this file.</summary>
    static bool IsElsewhere(TailOrigin origin) =>
        TailedFile.RenamedTo(
            new SeenFile(origin.Path, 0, 0, origin.Inode.Device, origin.Inode.Inode, origin.ChangedNanoseconds)) is not null;

    async Task<bool> HashToAsync(long end, CancellationToken turn)
    {
        while (tail.Hashed < end)
        {
            using (await context.ParseSlots.TakeAsync(turn))
            {
                if (!tail.HashTo(Math.Min(end, tail.Hashed + PieceBytes))) return false;
            }

            turn.ThrowIfCancellationRequested();
        }

        return true;
    }
}
