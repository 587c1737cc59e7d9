using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansIngest.Engine.Examination;

/// <summary>What is wrong with a file, and what would mend it.</summary>
/// <param name="Problem">A sentence.</param>
/// <param name="Advice">A sentence: the first remedy, or what to do where this program cannot do it.</param>
/// <param name="Remedies">The best first. Options were tried on the beginning of the file,
/// except for <c>createTable</c>; statements are written and not run. Verbs come last, unless nothing else is left.</param>
public sealed record Diagnosis(string Problem, string Advice, IReadOnlyList<Remedy> Remedies);

/// <summary>A way to get a file loaded, or out of the way.</summary>
public sealed record Remedy
{
    /// <summary>Human-readable: what is done, such as <c>Set csv.delimiter to ;</c>.</summary>
    public required string Title { get; init; }

    /// <summary>The options of the pipeline that it sets; null for none.</summary>
    public IReadOnlyList<OptionSetting>? Options { get; init; }

    /// <summary>The statement that it runs; null for none.</summary>
    public string? Sql { get; init; }

    /// <summary>The operator's verb: <c>retry</c>, <c>skip</c>; null for none.</summary>
    public string? Verb { get; init; }

    /// <summary>What to copy where this program cannot do it: a command, or a part of <c>ingest.json</c>; null for
    /// none.</summary>
    public string? Copy { get; init; }

    /// <summary>Whether an operator can have it done by this program.</summary>
    public bool CanApply { get; init; }
}

/// <summary>An option and its value.</summary>
/// <param name="Name">Such as <c>csv.delimiter</c>.</param>
/// <param name="Json">The value as JSON, on one line.</param>
public sealed record OptionSetting(string Name, string Json)
{
    static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The value as people write it: a text without its quotes.</summary>
    public string Shown => Node() is { } node && node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : Json;

    internal static OptionSetting Of(string name, JsonNode value) => new(name, value.ToJsonString(Plain));

    internal JsonNode Node() => JsonNode.Parse(Json)!;
}
