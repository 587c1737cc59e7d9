using System.Text.Json;
using OrleansIngest.Engine.Pipelines.Differences;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>One version of a pipeline stored in the database, with masked secrets.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">From 1.</param>
/// <param name="Config">As in <c>ingest.json</c>, without defaults; null if this version removed it.</param>
/// <param name="Who">Who made the change.</param>
/// <param name="DatabaseUser">The role with which it was made.</param>
/// <param name="At">When it was made.</param>
/// <param name="Reason">Why, in the operator's words.</param>
/// <param name="Changes">What this version changed, human-readable; null if the previous version is unknown.</param>
public sealed record StoredPipelineRow(
    string Name, int Version, JsonElement? Config, string Who, string DatabaseUser, DateTimeOffset At, string? Reason,
    string? Changes)
{
    /// <summary>Versions in any order, each compared with the one before it if that is among them.</summary>
    public static IReadOnlyList<StoredPipelineRow> OfAll(IReadOnlyList<StoredPipeline> versions)
    {
        var masked = versions.ToDictionary(v => (v.Name, v.Version), v => Mask(v.Config));
        return [.. versions.Select(v => new StoredPipelineRow(
            v.Name, v.Version, masked[(v.Name, v.Version)], v.Who, v.DatabaseUser, v.At, v.Reason, Describe(v, masked)))];
    }

    static JsonElement? Mask(string? config)
    {
        if (config is null) return null;
        using var document = JsonDocument.Parse(config);
        return ConfigMask.Apply(document.RootElement);
    }

    static string? Describe(StoredPipeline version, Dictionary<(string, int), JsonElement?> masked)
    {
        if (version.Config is null) return "removed";
        if (version.Version == 1) return "added";
        if (!masked.TryGetValue((version.Name, version.Version - 1), out var before)) return null;
        if (before is null) return "added";
        var changes = OptionDifference.Between(before.Value, masked[(version.Name, version.Version)]!.Value);
        return changes.Count == 0 ? "a secret"
            : string.Join(", ", changes.Select(c => $"{c.Path} {c.Before ?? "default"} -> {c.After ?? "default"}"));
    }
}
