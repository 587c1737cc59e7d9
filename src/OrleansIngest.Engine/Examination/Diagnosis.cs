using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansIngest.Engine.Examination;

/// <summary>The problem of a file, and its remedies.</summary>
/// <param name="Problem">A sentence.</param>
/// <param name="Advice">A sentence: the first remedy, or what to do if this program cannot.</param>
/// <param name="Remedies">Best first. Options were tried on the beginning of the file, except for <c>createTable</c>; statements
/// were not executed. Verbs come last.</param>
public sealed record Diagnosis(string Problem, string Advice, IReadOnlyList<Remedy> Remedies)
{
    /// <summary>The keys of other quarantined files of the pipeline with the same reason, at most 1,000: a change of the pipeline
    /// or of the table probably helps them too. Empty if the remedies are verbs only.</summary>
    public IReadOnlyList<long> Alike { get; init; } = [];
}

/// <summary>A way to load a file, or to dismiss it.</summary>
public sealed record Remedy
{
    /// <summary>Human-readable, such as <c>Set csv.delimiter to ;</c>.</summary>
    public required string Title { get; init; }

    /// <summary>The options of the pipeline that it sets; null for none.</summary>
    public IReadOnlyList<OptionSetting>? Options { get; init; }

    /// <summary>The statement to run, before the options are set; null for none.</summary>
    public string? Sql { get; init; }

    /// <summary>The operator's verb: <c>retry</c>, <c>skip</c>; null for none.</summary>
    public string? Verb { get; init; }

    /// <summary>Text to copy if this program cannot apply the remedy: a command, or a part of <c>ingest.json</c>; null for
    /// none.</summary>
    public string? Copy { get; init; }

    /// <summary>Whether this program can apply it for an operator.</summary>
    public bool CanApply { get; init; }

    /// <summary>The configuration file in which it would set the options; null for the database, or if it cannot.</summary>
    public string? File { get; init; }
}

/// <summary>An option and its value.</summary>
/// <param name="Name">Such as <c>csv.delimiter</c>.</param>
/// <param name="Json">The value as JSON, on one line.</param>
public sealed record OptionSetting(string Name, string Json)
{
    static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The value for people: a string without its quotes.</summary>
    public string Shown => Node() is { } node && node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : Json;

    internal static OptionSetting Of(string name, JsonNode value) => new(name, value.ToJsonString(Plain));

    internal JsonNode Node() => JsonNode.Parse(Json)!;
}
