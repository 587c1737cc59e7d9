using System.Text.Json.Serialization;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Configuration;

/// <summary>The content of <c>ingest.json</c>.</summary>
public sealed class IngestOptions
{
    IReadOnlyList<PipelineOptions> _pipelines = [BuiltInPipelines.Events()];

    /// <summary>Where editors find the schema of this file; not used by the program. Default: null.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; set; }

    /// <summary>The pipelines; those of <c>ingest.d/*.json</c> and of the database are added. Default: the built-in pipeline
    /// <c>events</c> alone, unless a file of <c>ingest.d</c> has pipelines.</summary>
    public IReadOnlyList<PipelineOptions> Pipelines
    {
        get => _pipelines;
        set => (_pipelines, NamesPipelines) = (value, true);
    }

    /// <summary>Whether <see cref="Pipelines"/> was given, even as an empty list. Default: false.</summary>
    [JsonIgnore]
    public bool NamesPipelines { get; private set; }

    /// <summary>Where each pipeline is from, by name: the absolute path of a file, or <c>built in</c>. Empty
    /// before the files are combined.</summary>
    [JsonIgnore]
    public IDictionary<string, string> Origins { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether there is no configuration file. Default: false.</summary>
    [JsonIgnore]
    public bool IsBuiltIn { get; init; }

    /// <summary>Alerts of the whole cluster, and where all alerts are sent. Default: see <see cref="AlertingOptions"/>.</summary>
    public AlertingOptions Alerts { get; set; } = new();

    /// <summary>How long the ledger keeps its details. Default: see <see cref="RetentionOptions"/>.</summary>
    public RetentionOptions Retention { get; set; } = new();

    /// <summary>Uploads and the display of rows. Default: see <see cref="PagesOptions"/>.</summary>
    public PagesOptions Pages { get; set; } = new();

    /// <summary>Databases besides the main one: name to URL, such as <c>"shop":
    /// "postgres://loader:${SHOP_PASSWORD}@db2/shop"</c>. A pipeline chooses one by its <c>database</c>. <c>${NAME}</c> is a
    /// variable from the environment or <c>.env</c>, or the content of the file that
    /// <c>NAME_FILE</c> names. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Databases { get; set; } = new Dictionary<string, string>();

    /// <summary>The problems; empty if the options are valid.</summary>
    public IReadOnlyList<OptionProblem> Validate()
    {
        var problems = Check(Pipelines);
        problems.AddRange(NamedDatabases.Check(Databases));
        problems.AddRange(Alerts.Validate("alerts"));
        problems.AddRange(Retention.Validate("retention"));
        problems.AddRange(Pages.Validate("pages"));
        return problems;
    }

    /// <summary>The problems of the pipelines of one file.</summary>
    internal static List<OptionProblem> Check(IReadOnlyList<PipelineOptions> pipelines)
    {
        var problems = new List<OptionProblem>();
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < pipelines.Count; i++)
        {
            var name = pipelines[i].Name;
            problems.AddRange(pipelines[i].Validate($"pipelines[{i}]"));
            if (!names.TryAdd(name, i))
                problems.Add(new($"pipelines[{i}].name", $"'{name}' is already the name of pipelines[{names[name]}]"));
        }

        return problems;
    }
}
