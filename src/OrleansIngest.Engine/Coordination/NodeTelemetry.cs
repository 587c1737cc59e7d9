using System.Collections.Concurrent;
using System.Diagnostics;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;

namespace OrleansIngest.Engine.Coordination;

/// <summary>Reports a node's files in progress to meters and traces.</summary>
sealed class NodeTelemetry(NodeMeter meter) : IDisposable
{
    readonly ConcurrentDictionary<(FileId, int), Activity> _traces = new();

    /// <summary>The trace of a claim in progress; default if there is none.</summary>
    public ActivityContext ContextOf(FileClaim claim) =>
        _traces.TryGetValue((claim.FileId, claim.Epoch), out var trace) ? trace.Context : default;

    /// <summary>A file is loaded, outside the commit of a batch.</summary>
    public void Finished(string pipeline, TimeSpan latency) => meter.Finished(pipeline, latency);

    /// <summary>A claim arrived.</summary>
    public void Opened(FileClaim claim)
    {
        meter.Claimed(claim.Pipeline);
        if (IngestTracing.StartFile(claim.Pipeline, claim.File.Path, claim.FileId.Value, claim.File.Size, claim.Owner.Value,
            claim.Epoch) is { } trace)
            _traces[(claim.FileId, claim.Epoch)] = trace;
    }

    /// <summary>A claim ended, or its loader was abandoned.</summary>
    public void Closed(FileClaim claim, LoadResult? result)
    {
        var outcome = result?.Kind switch
        {
            LoadResultKind.Loaded => "loaded",
            LoadResultKind.Failed => "failed",
            LoadResultKind.Quarantined => "quarantined",
            LoadResultKind.PutBack => "put_back",
            LoadResultKind.Skipped => "skipped",
            LoadResultKind.Fenced => "fenced",
            _ => "abandoned",
        };
        meter.Ended(claim.Pipeline, outcome);
        if (_traces.TryRemove((claim.FileId, claim.Epoch), out var trace)) IngestTracing.EndFile(trace, outcome, result?.Reason);
    }

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();
}
