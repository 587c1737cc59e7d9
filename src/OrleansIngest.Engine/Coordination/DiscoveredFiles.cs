using OrleansIngest.Engine.Disposal;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Coordination;

/// <summary>The files that the discovery of a pipeline lists.</summary>
static class DiscoveredFiles
{
    /// <summary>The options of discovery for a pipeline.</summary>
    public static DiscoveryOptions Of(PipelineOptions options) => new()
    {
        Roots = [.. options.Watch],
        Recursive = options.Recursive,
        Include = options.Include.Count > 0 ? options.Include : ["*"],
        NeverData = [.. options.Exclude, SourceRemoval.AsidePrefix + "*"],
        MatchCase = options.MatchCase,
        SettleTime = options.Tail ? TimeSpan.Zero : options.SettleTime, // followed files never settle
        SentinelSuffix = options.Sentinel,
    };
}
