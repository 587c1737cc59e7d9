using System.Text.Json.Serialization;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Configuration;

/// <summary>What <c>ingest.json</c> says.</summary>
public sealed class IngestOptions
{
    /// <summary>Where editors find the schema of this file; not used by the program. Default: null.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; set; }

    /// <summary>The pipelines. Default: the built-in pipeline <c>events</c> alone.</summary>
    public IReadOnlyList<PipelineOptions> Pipelines { get; set; } = [BuiltInPipelines.Events()];

    /// <summary>Whether there is no configuration file: nobody has chosen anything. Default: false.</summary>
    [JsonIgnore]
    public bool IsBuiltIn { get; init; }

    /// <summary>Alerts of the whole cluster, and where all alerts are sent. Default: see <see cref="AlertingOptions"/>.</summary>
    public AlertingOptions Alerts { get; set; } = new();

    /// <summary>How long the ledger keeps its details. Default: see <see cref="RetentionOptions"/>.</summary>
    public RetentionOptions Retention { get; set; } = new();

    /// <summary>Everything that is wrong; empty when the options can be used.</summary>
    public IReadOnlyList<OptionProblem> Validate()
    {
        var problems = new List<OptionProblem>();
        if (Pipelines.Count == 0)
            problems.Add(new("pipelines", "must hold at least one pipeline; leave it out for the built-in one"));
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Pipelines.Count; i++)
        {
            problems.AddRange(Pipelines[i].Validate($"pipelines[{i}]"));
            if (!names.TryAdd(Pipelines[i].Name, i))
                problems.Add(new($"pipelines[{i}].name", $"'{Pipelines[i].Name}' is the name of pipelines[{names[Pipelines[i].Name]}] already"));
        }

        problems.AddRange(Alerts.Validate("alerts"));
        problems.AddRange(Retention.Validate("retention"));
        return problems;
    }
}
