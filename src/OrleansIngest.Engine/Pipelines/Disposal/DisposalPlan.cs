using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines.Disposal;

/// <summary>The actions for a file, stored in <c>ingest.file.disposal</c> when it is claimed, so that a change of the
/// configuration does not affect files that were claimed before.</summary>
/// <param name="Loaded">The action for a loaded file; null to keep it.</param>
/// <param name="Quarantined">The action for a quarantined file; null to keep it.</param>
/// <param name="Sentinel">The suffix of its sentinel, which shares its fate; null for none.</param>
public sealed record DisposalPlan(DisposalStep? Loaded, DisposalStep? Quarantined, string? Sentinel)
{
    /// <summary>The plan of a pipeline, as JSON; null if it keeps all files.</summary>
    public static string? Of(PipelineOptions options)
    {
        if (options.AfterLoad == AfterLoadPolicy.Keep && options.AfterQuarantine == AfterQuarantinePolicy.Keep) return null;
        var plan = new DisposalPlan(
            options.AfterLoad switch
            {
                AfterLoadPolicy.Archive => new DisposalStep("archive", options.ArchiveTo,
                    options.Compress == ArchiveCompression.Gzip),
                AfterLoadPolicy.Delete => new DisposalStep("delete", null, false),
                _ => null,
            },
            options.AfterQuarantine == AfterQuarantinePolicy.Move
                ? new DisposalStep("archive", options.QuarantineTo, false) : null,
            options.Sentinel);
        return JsonSerializer.Serialize(plan, DisposalJson.Default.DisposalPlan);
    }
}

/// <summary>The action for a file in one case.</summary>
/// <param name="Do"><c>archive</c> or <c>delete</c>.</param>
/// <param name="To">The absolute template of the destination; null to delete.</param>
/// <param name="Gzip">Whether to compress the file.</param>
public sealed record DisposalStep(string Do, string? To, bool Gzip);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DisposalPlan))]
sealed partial class DisposalJson : JsonSerializerContext;
