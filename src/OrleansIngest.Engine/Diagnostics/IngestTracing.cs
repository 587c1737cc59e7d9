using System.Diagnostics;

namespace OrleansIngest.Engine.Diagnostics;

/// <summary>Traces: each file is a trace, its batches are children, and a commit is a child of the first of its batches,
/// linked to the others.</summary>
public static class IngestTracing
{
    static readonly ActivitySource Source = new(MetricNames.Meter);

    /// <summary>Whether traces are collected.</summary>
    public static bool IsOn => Source.HasListeners();

    /// <summary>Begins a file's trace; null if traces are not collected. It does not become the current activity: a loader's
    /// steps come from many threads.</summary>
    public static Activity? StartFile(string pipeline, string path, long fileId, long size, string node, int epoch)
    {
        if (!IsOn) return null;
        var around = Activity.Current;
        Activity.Current = null;
        var activity = Source.StartActivity("ingest.file", ActivityKind.Internal, default(ActivityContext),
            [new("ingest.pipeline", pipeline), new("file.path", path), new("file.size", size), new("ingest.file_id", fileId),
                new("ingest.node", node), new("ingest.epoch", epoch)]);
        Activity.Current = around;
        return activity;
    }

    /// <summary>Ends a file's trace.</summary>
    /// <param name="file">The result of <see cref="StartFile"/>.</param>
    /// <param name="outcome">How the claim ended.</param>
    /// <param name="reason">Why, unless it is loaded.</param>
    public static void EndFile(Activity file, string outcome, string? reason)
    {
        file.SetTag("ingest.outcome", outcome);
        if (outcome is "failed" or "quarantined") file.SetStatus(ActivityStatusCode.Error, reason);
        file.Dispose();
    }

    /// <summary>A finished batch.</summary>
    /// <returns>The parent of its commit.</returns>
    public static ActivityContext Batch(ActivityContext file, DateTimeOffset began, DateTimeOffset ended, long startOffset,
        in CommittedBatch batch, bool committed)
    {
        using var activity = Source.StartActivity("ingest.batch", ActivityKind.Internal, file,
            [
                new("ingest.start_offset", startOffset), new("ingest.bytes", batch.Bytes), new("ingest.records", batch.Records),
                new("ingest.rows_loaded", batch.Loaded), new("ingest.wait_ms", batch.Wait.TotalMilliseconds),
            ], startTime: began);
        if (activity is null) return default;
        if (!committed) activity.SetStatus(ActivityStatusCode.Error, "fenced");
        activity.SetEndTime(ended.UtcDateTime);
        return activity.Context;
    }

    /// <summary>A finished transaction.</summary>
    public static void Commit(IReadOnlyList<ActivityContext> batches, int lane, DateTimeOffset began, DateTimeOffset ended,
        TimeSpan copy)
    {
        if (batches.Count == 0) return;
        using var activity = Source.StartActivity("ingest.commit", ActivityKind.Client, batches[0],
            [new("db.system.name", "postgresql"), new("ingest.lane", lane), new("ingest.batches", batches.Count),
                new("ingest.copy_ms", copy.TotalMilliseconds)],
            batches.Skip(1).Select(b => new ActivityLink(b)), began);
        activity?.SetEndTime(ended.UtcDateTime);
    }
}
