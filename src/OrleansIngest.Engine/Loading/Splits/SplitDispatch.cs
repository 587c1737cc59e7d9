using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats.Splitting;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Parallel;

namespace OrleansIngest.Engine.Loading.Splits;

/// <summary>
/// The splits of a planned file that other nodes load under the owner's claim. Under one claim each byte is given out once, to one
/// node or to the parsers here, so that no two commit the same record; a split whose end is unknown is never given out again, but
/// ends the claim, after which it cannot be committed any more.
/// </summary>
/// <remarks>Used within the steps of the loader only.</remarks>
sealed class SplitDispatch : IDisposable
{
    /// <summary>Batches in what is left of a file for which other nodes are asked: 64 MiB by default.</summary>
    const int LeastLeft = 32;

    /// <summary>Batches in a split. Fewer are not worth the messages. Splits get smaller towards the end, so that all nodes end at
    /// about the same time.</summary>
    const int LeastBatches = 4;
    const int MostBatches = 32;

    /// <summary>Claims of a file under which it is split. What has been interrupted more often is read by one node: a record that
    /// ends processes must not end one after the other.</summary>
    const int MostClaims = 3;

    /// <summary>Splits of a node at a time: it goes on with the second while the first is reported.</summary>
    const int PerNode = 2;

    static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(2);

    readonly FileInWork _file;
    readonly ISplitWorkers _workers;
    readonly SplitSource _source;
    readonly CancellationTokenSource _stop = new();
    readonly Dictionary<NodeId, Helper> _helpers = [];
    readonly List<(Helper By, FileSplit Split, Task<SplitResult> Result)> _out = [];
    Helper? _next;

    /// <summary>A dispatch for a planned file that <see cref="MayBeSplit"/>.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="planning">Its plan.</param>
    /// <param name="input">How it is read.</param>
    /// <param name="workers">The other nodes.</param>
    public SplitDispatch(FileInWork file, FilePlanning planning, PartedInput input, ISplitWorkers workers)
    {
        (_file, _workers) = (file, workers);
        _source = new SplitSource(file.Claim, planning.Number, input.Records.Layout.Kept, planning.PlannedAt,
            SplitSource.FingerprintOf(file.Context.Options, input.Records, input.Plan));
    }

    /// <summary>Why it is unknown what became of a split, human-readable; null if that is known of all.</summary>
    public string? Doubt { get; private set; }

    /// <summary>Whether a node has given back a split without committing all of it.</summary>
    public bool HasReturned { get; private set; }

    /// <summary>Splits whose end is not known yet.</summary>
    public int Out => _out.Count;

    /// <summary>Whether its batches depend on nothing but its bytes, its plan and its claim, and enough is left of it. What has
    /// failed is retried in the simplest way.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="left">Bytes that are left of it.</param>
    public static bool MayBeSplit(FileInWork file, long left) => file is
    {
        Stage: null,
        Claim: { Attempts: 0, Epoch: <= MostClaims },
        Options: { ReadsOn: false, Parsers: not 1 },
    } && left >= (long)LeastLeft * file.Options.BatchBytes;

    /// <summary>How many bytes the next split should have; 0 if no node waits for one. Asks nodes meanwhile.</summary>
    /// <param name="left">Bytes of the span that nobody has.</param>
    public long Wanted(long left)
    {
        Collect();
        if (Doubt is not null || left < 2L * LeastBatches * _file.Options.BatchBytes) return 0;
        foreach (var node in _workers.Nodes)
        {
            if (!_helpers.TryGetValue(node, out var helper)) _helpers.Add(node, helper = new Helper(node));
            Ask(helper);
        }

        _next = _helpers.Values.Where(h => h is { IsOpen: true, IsOver: false, Out: < PerNode }).MinBy(h => h.Out);
        if (_next is null) return 0;
        var nodes = 1 + _helpers.Values.Count(h => h is { IsOpen: true, IsOver: false });
        return Math.Clamp(left / (3 * nodes), (long)LeastBatches * _file.Options.BatchBytes,
            (long)MostBatches * _file.Options.BatchBytes);
    }

    /// <summary>Gives a part to the node that <see cref="Wanted"/> has found.</summary>
    /// <param name="part">Not the last one of its span.</param>
    /// <param name="spanEnd">Where the span ends.</param>
    public void Give(SpanPart part, long spanEnd)
    {
        var split = new FileSplit(part.Start.Offset, part.Start.Position, part.End.Offset, part.End.Position, spanEnd);
        var helper = _next!;
        helper.Out++;
        _file.AnythingSent = true; // no batch from here on may be taken for the whole file
        _out.Add((helper, split, _workers.LoadAsync(helper.Node, _source, split, _stop.Token)));
    }

    /// <summary>Waits until it is known of all splits how they ended, or that it is unknown.</summary>
    public async Task WhenEndedAsync(CancellationToken turn)
    {
        await ((Task)Task.WhenAll(_out.Select(o => o.Result))).WaitAsync(turn)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        turn.ThrowIfCancellationRequested();
        Collect();
    }

    /// <summary>Leaves what is out to the claim: when that ends, nothing of it can be committed any more.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        foreach (var helper in _helpers.Values.Where(h => h.Opening is not null)) _workers.Close(helper.Node, _source);
        _stop.Dispose();
    }

    void Ask(Helper helper)
    {
        if (helper.IsOver || helper.IsOpen || helper.Opening is { IsCompleted: false }) return;
        var time = _file.Context.Time;
        if (helper.Opening is { } asked)
        {
            TakeAnswer(helper, asked);
            if (helper.IsOpen || time.GetElapsedTime(helper.AskedAt) < AskAgainAfter) return;
        }

        helper.AskedAt = time.GetTimestamp();
        helper.Opening = _workers.OpenAsync(helper.Node, _source, _stop.Token);
    }

    void TakeAnswer(Helper helper, Task<string?> answer)
    {
        var (logger, claim) = (_file.Context.Logger, _file.Claim);
        var refusal = answer.IsCompletedSuccessfully ? answer.Result : answer.Exception?.GetBaseException().Message ?? "cancelled";
        helper.IsOpen = refusal is null;
        if (refusal is null)
            EngineLog.FileSplit(logger, claim.Pipeline, helper.Node.Value, claim.File.Path, claim.FileId.Value);
        else if (refusal != helper.Refusal)
            EngineLog.SplitRefused(logger, claim.Pipeline, helper.Node.Value, claim.File.Path, claim.FileId.Value, refusal);
        helper.Refusal = refusal;
    }

    void Collect()
    {
        for (var i = _out.Count - 1; i >= 0; i--)
        {
            var (helper, split, result) = _out[i];
            if (!result.IsCompleted) continue;
            _out.RemoveAt(i);
            helper.Out--;
            if (!result.IsCompletedSuccessfully)
            {
                helper.IsOver = true;
                Doubt ??= $"node {helper.Node}, which loads bytes {split.Start} to {split.End} of it, does not answer: "
                    + (result.Exception?.GetBaseException().Message ?? "the call was cancelled");
                continue;
            }

            _file.Progress.TakeSplit(split.End - split.Start, result.Result);
            if (result.Result.Problem is not { } problem) continue;
            (helper.IsOver, HasReturned) = (true, true);
            EngineLog.SplitReturned(_file.Context.Logger, _file.Claim.Pipeline, helper.Node.Value, _file.Claim.File.Path,
                _file.Claim.FileId.Value, problem);
        }
    }

    /// <summary>A node that was asked.</summary>
    sealed class Helper(NodeId node)
    {
        public NodeId Node => node;

        /// <summary>Its answer; null before it was asked.</summary>
        public Task<string?>? Opening { get; set; }

        /// <summary>Why it has refused last; null if it has not.</summary>
        public string? Refusal { get; set; }

        public long AskedAt { get; set; }

        /// <summary>Whether it takes splits.</summary>
        public bool IsOpen { get; set; }

        /// <summary>Whether it gets no more of them under this plan.</summary>
        public bool IsOver { get; set; }

        /// <summary>Splits that it has.</summary>
        public int Out { get; set; }
    }
}
