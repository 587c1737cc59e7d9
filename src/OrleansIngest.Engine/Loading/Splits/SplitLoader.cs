using OrleansIngest.Engine.Codecs;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Splitting;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Parallel;
using OrleansIngest.Engine.Loading.Routing;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines.Metadata;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Loading.Splits;

/// <summary>Loads splits of a file that another node has claimed, one after the other. It never ends the claim; problems are
/// reported to the owner. Safe for concurrent use.</summary>
public sealed class SplitLoader : IAsyncDisposable
{
    readonly OpenedInput _opened;
    readonly PartedInput _input;
    readonly FileLane _lane = new();
    readonly SemaphoreSlim _one = new(1);
    readonly CancellationTokenSource _stop = new();
    int _parsers = 1;

    SplitLoader(OpenedInput opened, PartedInput input)
    {
        (_opened, _input) = (opened, input);
        if (input.Options.Parsers is { } configured) _parsers = configured;
    }

    /// <summary>Opens a file in the same way as its owner.</summary>
    /// <param name="source">The file.</param>
    /// <param name="context">The context of this node for the file's table.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The loader; or why it cannot load splits here, human-readable.</returns>
    internal static async Task<(SplitLoader? Loader, string? Refusal)> OpenAsync(
        SplitSource source, LoaderContext context, CancellationToken cancellationToken)
    {
        OpenedInput? opened = null;
        try
        {
            opened = OpenedInput.Open(source.Claim.File.Path, context.Options);
            opened.Kept = source.Kept;
            var input = await PlanAsync(source, context, opened, cancellationToken);
            if (input is null)
            {
                // The owner may know a change of the table that is not known here yet.
                context.Target.Forget();
                input = await PlanAsync(source, context, opened, cancellationToken);
            }

            if (input is null) return (null, "it would read the file differently, or load it into another table");
            var loader = new SplitLoader(opened, input);
            opened = null;
            return (loader, null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or BrokenContentException
            or HeaderException or LayoutException or MetadataException or TargetTableException)
        {
            return (null, failure.Message);
        }
        finally
        {
            opened?.Dispose();
        }
    }

    /// <summary>Loads a split.</summary>
    /// <param name="split">A split of this file, assigned only once under this claim.</param>
    /// <param name="cancellationToken">Ends it early; still waits for the answers to batches that were sent.</param>
    /// <exception cref="Exception">It is unknown what was committed.</exception>
    public async Task<SplitResult> LoadAsync(FileSplit split, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        try
        {
            await _one.WaitAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            return new SplitResult(0, "the node is stopping");
        }

        try
        {
            return await LoadAloneAsync(split, stop.Token);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Stops a running split, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        await _one.WaitAsync(); // never released: no further split starts
        _opened.Dispose();
    }

    static async Task<PartedInput?> PlanAsync(
        SplitSource source, LoaderContext context, OpenedInput opened, CancellationToken cancellationToken)
    {
        var claim = source.Claim;
        if (!opened.IsStill(claim.File) || opened.Refusal() is not null || opened.Archive is not null) return null;
        var (plan, layout) = await new FileTarget(claim, context).PlanForAsync(opened, mayMake: false, cancellationToken);
        var records = opened.InputFor(layout);
        if (!PartedInput.CanBeParted(opened, records, plan) || SplitSigns.Of(records) is not { } signs) return null;
        if (SplitSource.FingerprintOf(context.Options, records, plan) != source.Fingerprint) return null;
        var metadata = RowMetadata.Of(plan, new FileFacts(claim.File.Path, claim.FileId.Value, claim.Version, source.PlannedAt));
        return new PartedInput(claim, opened.Stored, records, signs, plan, metadata, context.Options, context,
            () => opened.IsStill(claim.File));
    }

    async Task<SplitResult> LoadAloneAsync(FileSplit split, CancellationToken stop)
    {
        var (sent, problem) = (new List<PendingBatch>(), default(string));
        try
        {
            problem = await SendAsync(split, sent, stop);
        }
        catch (Exception failure)
        {
            problem = failure is OperationCanceledException ? "the node is stopping" : failure.Message;
        }

        // Waits without a limit, because only the answers show what was committed. A batch that the lanes abandon throws.
        long records = 0;
        foreach (var batch in sent)
        {
            var outcome = await batch.Completion;
            if (outcome.Kind == CommitKind.Committed) records += batch.Rows.Records;
            else problem ??= outcome.Failure is { } refused ? ServerRefusal.OfFile(refused) : $"a batch was {outcome.Kind}";
        }

        return new SplitResult(records, problem);
    }

    /// <returns>Why not all of it was sent; null if it was.</returns>
    async Task<string?> SendAsync(FileSplit split, List<PendingBatch> sent, CancellationToken stop)
    {
        var (lanes, hungry) = (_input.Context.Lanes, 0);
        await using var parts = new SpanInParts(_input, new PositionSpan(split.Start, split.SpanEnd), split.First, _parsers,
            new RecordBoundary(split.End, split.Next));
        while (!parts.AtEnd)
        {
            if (await parts.NextAsync(stop) is not { } rows) return "the file has changed";
            var batch = new PendingBatch(_input.Claim, rows, _input.Records, _lane) { Owner = _input.Claim.Owner };
            await parts.TakeAsync();
            try
            {
                await lanes.EnqueueAsync(batch, stop);
            }
            catch
            {
                rows.Dispose();
                throw;
            }

            sent.Add(batch);
            if (sent.Any(b => b.Completion is { IsCompletedSuccessfully: true, Result.Kind: not CommitKind.Committed }))
                return null; // its outcome says why
            if (lanes.Waiting == 0 && sent.Count(b => !b.Completion.IsCompleted) < lanes.Count) hungry++;
        }

        if (_input.Options.Parsers is null && hungry >= ParserCount.MostHungry)
            _parsers = ParserCount.OfProcessors(_input.Context);
        return _input.IsUnchanged() ? null : "the file has changed";
    }
}
