using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Loading;

/// <summary>Checks before a file is loaded whether its content is already loaded. Costs nothing for a new path, unless the
/// pipeline skips content that is loaded under another name. Hashing is done in pieces, each in a slot, and resumed in the next
/// step.</summary>
sealed class ContentCheck(FileClaim claim, LoaderContext context, ClaimEnding ending) : IDisposable
{
    /// <summary>Bytes hashed in one slot, in a few milliseconds.</summary>
    const long PieceBytes = 4 << 20;

    static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan LaterMeans = TimeSpan.FromSeconds(2);

    readonly ContentLedger _contents = new(context.DataSource);
    ContentHash? _hash;
    byte[]? _sha256;
    long _waitsSince;

    /// <summary>Whether no check is needed: no other file can have this content, a part of the file is committed, or an
    /// operator has forced the load.</summary>
    public bool IsOver { get; private set; } =
        (claim.Earlier is null && context.Options.SameContent == SameContentPolicy.Load) || claim.Committed.Count > 0
            || claim.IsForced
        || PipeInput.IsOne(claim.File.Path); // a pipe can be read only once

    /// <summary>Checks until the turn ends.</summary>
    /// <param name="stored">The open file.</param>
    /// <param name="isUnchanged">Whether the file is still the claimed one.</param>
    /// <param name="turn">Ends the step; the next call resumes.</param>
    /// <returns>How the claim ended; null if the file is to be loaded, or has changed.</returns>
    public async Task<LoadResult?> RunAsync(ByteContent stored, Func<bool> isUnchanged, CancellationToken turn)
    {
        if (IsOver) return null;
        if (await CompareAsync(stored, isUnchanged, turn) is { } ended) return ended;
        IsOver = true;
        return null;
    }

    public void Dispose() => _hash?.Dispose();

    async Task<LoadResult?> CompareAsync(ByteContent stored, Func<bool> isUnchanged, CancellationToken turn)
    {
        if (claim.Earlier is { } earlier)
        {
            if (!await HashAsync(stored, turn)) return null;
            var known = await context.Health.RetryAsync(token => _contents.FindAsync(earlier, token), turn);
            if (known.Sha256.AsSpan().SequenceEqual(_sha256) && await IsCurrentAsync(earlier, turn))
                return isUnchanged() ? await ending.SkipAsync(known, _sha256!) : null;
        }

        return context.Options.SameContent == SameContentPolicy.Skip && claim.File.Size > 0
            ? await AdmitAsync(stored, isUnchanged, turn) : null;
    }

    /// <summary>Whether the rows of a loaded file are still in the table: another file may have replaced them.</summary>
    async Task<bool> IsCurrentAsync(FileId file, CancellationToken turn) => context.Options.Write != WriteMode.ReplaceTable
        || await context.Health.RetryAsync(
            token => PublicationLedger.IsCurrentAsync(context.DataSource, claim.Pipeline, file, token), turn);

    async Task<LoadResult?> AdmitAsync(ByteContent stored, Func<bool> isUnchanged, CancellationToken turn)
    {
        while (true)
        {
            var (admission, other) = await context.Health.RetryAsync(token => _contents.AdmitAsync(claim, _sha256, token), turn);
            switch (admission)
            {
                case Admission.Fenced:
                    return ending.Fenced();
                case Admission.Hash when await HashAsync(stored, turn):
                    continue;
                case Admission.Same when isUnchanged():
                    return await ending.SkipAsync(
                        await context.Health.RetryAsync(token => _contents.FindAsync(other!.Value, token), turn), _sha256!);
                case Admission.Wait or Admission.Later when isUnchanged():
                    if (_waitsSince == 0) _waitsSince = context.Time.GetTimestamp();
                    if (admission == Admission.Later || context.Time.GetElapsedTime(_waitsSince) >= context.SameContentPatience)
                    {
                        return await ending.PostponeAsync(
                            $"waits for file {other}, which may have the same content and is not fully loaded yet",
                            admission == Admission.Later ? LaterMeans : context.SameContentPatience);
                    }

                    await Task.Delay(AskAgainAfter, context.Time, turn);
                    continue;
                default:
                    return null; // admitted, or changed
            }
        }
    }

    /// <returns>False if the file has become shorter.</returns>
    async Task<bool> HashAsync(ByteContent stored, CancellationToken turn)
    {
        if (_sha256 is not null) return true;
        _hash ??= new ContentHash();
        do
        {
            using (await context.ParseSlots.TakeAsync(turn))
            {
                if (!_hash.ReadTo(stored, Math.Min(claim.File.Size, _hash.UpTo + PieceBytes))) return false;
            }

            turn.ThrowIfCancellationRequested();
        }
        while (_hash.UpTo < claim.File.Size);

        _sha256 = _hash.Finish(stored, claim.File.Size);
        return true;
    }
}
