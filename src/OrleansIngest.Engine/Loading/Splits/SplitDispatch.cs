using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats.Splitting;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Parallel;

namespace OrleansIngest.Engine.Loading.Splits;

/// <summary>The splits of a planned file that other nodes load under the owner's claim. Under one claim, each byte is assigned
/// once, to one node or to the parsers here, so that no two commit the same record. A split whose result is unknown is never
/// assigned again; it ends the claim, after which the split cannot be committed.</summary>
/// <remarks>Used only within the steps of the loader.</remarks>
sealed class SplitDispatch : IDisposable
{
    /// <summary>Other nodes are asked if at least this many batches of a file are left: 64 MiB by default.</summary>
    const int LeastLeft = 32;

    /// <summary>Minimum number of batches in a split; fewer are not worth the messages. Splits get smaller towards the end, so
    /// that all nodes finish at about the same time.</summary>
    const int LeastBatches = 4;
    const int MostBatches = 32;

    /// <summary>A file is split only under this many first claims. Later it is read by one node, so that a record that crashes
    /// processes does not crash one node after the other.</summary>
    const int MostClaims = 3;

    /// <summary>Maximum number of splits that a node has at a time: it continues with the second while the first is
    /// reported.</summary>
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

    /// <summary>Why the result of a split is unknown, human-readable; null if none is.</summary>
    public string? Doubt { get; private set; }

    /// <summary>Whether a node has returned a split without committing all of it.</summary>
    public bool HasReturned { get; private set; }

    /// <summary>Number of splits that have not ended yet.</summary>
    public int Out => _out.Count;

    /// <summary>Whether its batches depend on nothing but its bytes, its plan and its claim, and enough is left of it. What has
    /// failed is retried in the simplest way.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="left">Bytes left to read.</param>
    public static bool MayBeSplit(FileInWork file, long left) => file is
    {
        Stage: null,
        Claim: { Attempts: 0, Epoch: <= MostClaims },
        Options: { ReadsOn: false, Parsers: not 1 },
    } && left >= (long)LeastLeft * file.Options.BatchBytes;

    /// <summary>The size of the next split in bytes; 0 if no node waits for one. Also asks nodes to open the file.</summary>
    /// <param name="left">Unassigned bytes of the span.</param>
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

    /// <summary>Assigns a part to the node that <see cref="Wanted"/> has found.</summary>
    /// <param name="part">A part that is not the last one of its span.</param>
    /// <param name="spanEnd">The end of the span.</param>
    public void Give(SpanPart part, long spanEnd)
    {
        var split = new FileSplit(part.Start.Offset, part.Start.Position, part.End.Offset, part.End.Position, spanEnd);
        var helper = _next!;
        helper.Out++;
        _file.AnythingSent = true; // from here on, no single batch can be the whole file
        _out.Add((helper, split, _workers.LoadAsync(helper.Node, _source, split, _stop.Token)));
    }

    /// <summary>Waits until each split has ended or failed.</summary>
    public async Task WhenEndedAsync(CancellationToken turn)
    {
        await ((Task)Task.WhenAll(_out.Select(o => o.Result))).WaitAsync(turn)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        turn.ThrowIfCancellationRequested();
        Collect();
    }

    /// <summary>Abandons the assigned splits: when the claim ends, they can no longer be committed.</summary>
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
        var refusal = answer.IsCompletedSuccessfully ? answer.Result
            : answer.Exception?.GetBaseException().Message ?? "cancelled";
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
                Doubt ??= $"node {helper.Node}, which loads bytes {split.Start} to {split.End} of the file, is not responding: "
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

        /// <summary>The node's answer; null before it was asked.</summary>
        public Task<string?>? Opening { get; set; }

        /// <summary>Its last refusal; null for none.</summary>
        public string? Refusal { get; set; }

        public long AskedAt { get; set; }

        /// <summary>Whether it takes splits.</summary>
        public bool IsOpen { get; set; }

        /// <summary>Whether it gets no more splits under this plan.</summary>
        public bool IsOver { get; set; }

        /// <summary>Number of splits that it has.</summary>
        public int Out { get; set; }
    }
}
