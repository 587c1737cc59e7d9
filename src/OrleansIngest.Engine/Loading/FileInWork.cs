using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Staging;
using OrleansIngest.Engine.Loading.Tailing;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Loading;

/// <summary>The file of one claim: opened, compared with the claim, hashed. The shared state of the parts of a
/// <see cref="FileLoader"/>, which use it one at a time.</summary>
sealed class FileInWork
{
    long _decoderBytes; // taken from the budget for decoders

    public FileInWork(FileClaim claim, LoaderContext context)
    {
        (Claim, Context) = (claim, context);
        Ending = new ClaimEnding(claim, context);
        var mayGrow = context.Options.ReadsOn && !IsPipe && claim.Archive is null;
        Hash = new ContentHash { End = mayGrow ? claim.File.Size : long.MaxValue };
        Options = context.InOneTransaction ? SingleTransactionLoad.Of(context.Options) : context.Options;
        Stage = FileStage.Of(claim, context, Ending);
        AnythingSent = claim.Committed.Count > 0;
        if (claim.IsTailed && !IsPipe && !claim.IsReplacement && claim.Archive is null)
            Tail = new TailState(claim, Options, context.Time);
    }

    public FileClaim Claim { get; }

    public LoaderContext Context { get; }

    /// <summary>The pipeline's options, with the batch size of this load.</summary>
    public PipelineOptions Options { get; }

    public ClaimEnding Ending { get; }

    /// <summary>The hash of the stored bytes, updated as they are read.</summary>
    public ContentHash Hash { get; }

    /// <summary>What is read, sent and committed.</summary>
    public FileProgress Progress { get; } = new();

    /// <summary>The file that is followed; null for one that is complete.</summary>
    public TailState? Tail { get; }

    /// <summary>Holds the rows until the whole file is committed; null if they are copied directly into their table.</summary>
    public FileStage? Stage { get; set; }

    /// <summary>The open file; null before <see cref="OpenAsync"/> and after <see cref="Close"/>.</summary>
    public OpenedInput? Opened { get; set; }

    /// <summary>Whether any batch of it was sent, under this claim or an earlier one.</summary>
    public bool AnythingSent { get; set; }

    /// <summary>SHA-256 of the whole file; null until it is known.</summary>
    public byte[]? Sha256 { get; set; }

    /// <summary>Whether the file is a pipe, which can be read only once.</summary>
    public bool IsPipe => PipeInput.IsOne(Claim.File.Path);

    /// <summary>The bytes from which records are read; a followed file may have grown since it was opened.</summary>
    public ByteContent Readable => Tail is null ? Opened!.Content : Opened!.Stored;

    /// <summary>Opens the file; returns a result if that is not possible.</summary>
    public async Task<LoadResult?> OpenAsync()
    {
        try
        {
            Opened = Context.Pipes.TryGetValue(Claim.File.Path, out var pipe)
                ? OpenedInput.Open(pipe, Context.Options, Hash)
                : OpenedInput.Open(Claim, Context.Options, Hash, Context.IdleArchives);
            foreach (var point in Claim.RestartPoints) Opened.Content.Learn(point);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            if (IsPipe) return await Ending.QuarantineAsync(ClaimEnding.PipeIsGone);
            var loaded = $"{Claim.Committed.Sum(r => r.Length)} of {Counted.Of(Claim.File.Size, "byte")} were loaded";
            return AnythingSent && Stage is null
                ? await Ending.QuarantineAsync($"the file is gone after {loaded}")
                : await Ending.PutBackAsync(ClaimEnd.Vanished, "the file is gone");
        }

        return IsUnchanged() ? null : await ChangedAsync();
    }

    /// <summary>Acquires memory for the decoders. Must not hold a slot, because loaders that have the memory need slots to
    /// continue.</summary>
    public async Task TakeDecoderMemoryAsync(CancellationToken turn)
    {
        if (_decoderBytes > 0 || Opened!.DecoderBytes == 0) return;
        await Context.DecoderBudget.AcquireAsync(Opened.DecoderBytes, turn);
        _decoderBytes = Opened.DecoderBytes;
    }

    /// <summary>Whether it is still the claimed file. With <c>onChange: append</c>, appended lines belong to the next
    /// version.</summary>
    public bool IsUnchanged() => Opened!.IsStill(Claim.Archive ?? Claim.File)
        || Tail is not null || (Options.ReadsOn && Claim.Archive is null && Opened!.HasGrown(Claim.File));

    /// <summary>Ends the claim of a file that is no longer the claimed one.</summary>
    public Task<LoadResult> ChangedAsync() => AnythingSent
        ? Ending.QuarantineAsync(
            $"the file changed while it was being loaded; it had {Counted.Of(Claim.File.Size, "byte")}. Its new content is "
            + "loaded as a new version once it settles. Write files under another name and rename them into place, or raise "
            + "settleTime.")
        : Ending.PutBackAsync(ClaimEnd.Changed, "the file changed before it was loaded; waiting for it to settle");

    /// <summary>Completes the hash.</summary>
    /// <returns>Null if the file has become shorter.</returns>
    public byte[]? FinishHash() => Sha256 ??= Hash.Finish(Opened!.Stored, Claim.File.Size);

    /// <summary>Runs an action that needs a processor, in one of the parse slots.</summary>
    public async Task<LoadResult?> InSlotAsync(Func<Task<LoadResult?>> action, CancellationToken turn)
    {
        using var slot = await Context.ParseSlots.TakeAsync(turn);
        return await action();
    }

    /// <summary>Closes the file once everything that still reads it has ended.</summary>
    public void Close(IReadOnlyList<Task> answers)
    {
        if (Opened is null) Tail?.Dispose(); // else the file is closed with its input
        var opened = Opened;
        Opened = null;
        if (answers.All(a => a.IsCompleted)) Dispose(opened);
        else _ = CloseWhenAnsweredAsync(answers, opened);
        if (_decoderBytes > 0) Context.DecoderBudget.Release(_decoderBytes);
        _decoderBytes = 0;
    }

    async Task CloseWhenAnsweredAsync(IReadOnlyList<Task> answers, OpenedInput? opened)
    {
        foreach (var answer in answers) await answer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        Dispose(opened);
    }

    void Dispose(OpenedInput? opened)
    {
        opened?.Dispose();
        Hash.Dispose();
    }
}
