using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Configuration;

/// <summary>The configuration that a silo should run: the pipelines of the files, with the changes of the command line, and those
/// stored in the database.</summary>
/// <param name="Options">The options of the files.</param>
/// <param name="Pipelines">All of them.</param>
/// <param name="Origins">Where each is from (<see cref="RunningPipeline.From"/>).</param>
sealed record DesiredConfiguration(IngestOptions Options, IReadOnlyList<PipelineOptions> Pipelines,
    IReadOnlyDictionary<string, string> Origins)
{
    /// <summary>Combines files and database.</summary>
    /// <param name="options">The options of the files.</param>
    /// <param name="chosen">The pipelines of the files, as the command line changes them.</param>
    /// <param name="kept">The pipelines of the database.</param>
    /// <exception cref="CliException">A pipeline of the database is invalid, or has the name of one in a file; the message lists
    /// every problem.</exception>
    public static DesiredConfiguration Of(IngestOptions options, IReadOnlyList<PipelineOptions> chosen,
        IReadOnlyList<StoredPipeline> kept)
    {
        var pipelines = chosen.ToList();
        var origins = chosen.ToDictionary(p => p.Name,
            p => options.Origins.TryGetValue(p.Name, out var from) ? from : RunningPipeline.CommandLine, StringComparer.Ordinal);
        var problems = new List<string>();
        foreach (var one in kept)
        {
            if (origins.TryGetValue(one.Name, out var from))
            {
                problems.Add(
                    $"pipeline {one.Name} is in {from} and in the database ({Of(one)}); remove it from one of the two: ingest "
                        + $"pipeline remove {one.Name}");
                continue;
            }

            if (Understand(one, problems) is not { } pipeline) continue;
            if (NamedDatabases.Problem(pipeline, options.Databases) is { } unknown)
            {
                problems.Add($"the database ({Of(one)}): {one.Name}.database {unknown}");
                continue;
            }

            pipelines.Add(pipeline);
            origins.Add(one.Name, RunningPipeline.Database);
        }

        return problems.Count == 0 ? new DesiredConfiguration(options, pipelines, origins)
            : throw CliException.Usage(string.Join('\n', problems));
    }

    /// <summary>The pipelines of one database as they are recorded in its ledger.</summary>
    /// <param name="database">Null for the main one.</param>
    public IReadOnlyDictionary<string, RunningPipeline> ToRunning(string? database = null) => Pipelines.Where(
        p => p.Database == database).ToDictionary(p => p.Name, p => ToRunning(p, Origins[p.Name]), StringComparer.Ordinal);

    /// <summary>The settings beside pipelines, as they are recorded in the ledger.</summary>
    public JsonElement Settings => SettingsOf(Options);

    /// <summary>The settings of a file beside pipelines. The webhook's URL is usually a secret,
    /// so only its hash is shown.</summary>
    static JsonElement SettingsOf(IngestOptions options)
    {
        var alerts = new AlertingOptions
        {
            Webhook = options.Alerts.Webhook is { } webhook ? $"*** ({Sum(webhook)[..8]})" : null,
            WebhookTimeout = options.Alerts.WebhookTimeout,
            DatabaseAway = options.Alerts.DatabaseAway,
            DeadNode = options.Alerts.DeadNode,
        };
        var databases = options.Databases.ToDictionary(d => d.Key, d => NamedDatabases.Shown(d.Value), StringComparer.Ordinal);
        var shown = new IngestOptions
        {
            Pipelines = [],
            Alerts = alerts,
            Retention = options.Retention,
            Pages = options.Pages,
            Databases = databases
        };
        var all = JsonSerializer.SerializeToNode(shown, IngestJson.Default.IngestOptions)!.AsObject();
        all.Remove("pipelines");
        all.Remove("$schema");
        return JsonSerializer.SerializeToElement(all, ViewJson.Default.JsonNode);
    }

    static RunningPipeline ToRunning(PipelineOptions pipeline, string from)
    {
        var json = PipelineJson.Write(pipeline);
        using var config = JsonDocument.Parse(json);
        return new RunningPipeline(from, Sum(json), ConfigMask.Apply(config.RootElement));
    }

    static string Sum(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    static PipelineOptions? Understand(StoredPipeline kept, List<string> problems)
    {
        try
        {
            var pipeline = kept.Options;
            var found = pipeline.Validate(kept.Name);
            problems.AddRange(found.Select(problem => $"the database ({Of(kept)}): {problem}"));
            return found.Count == 0 ? pipeline : null;
        }
        catch (JsonException failure)
        {
            problems.Add($"the database ({Of(kept)}), pipeline {kept.Name}: {failure.Message}");
            return null;
        }
    }

    static string Of(StoredPipeline kept) =>
        FormattableString.Invariant($"version {kept.Version}, by {kept.Who} at {kept.At.UtcDateTime:u}");
}
