using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Formats.Json;

/// <summary>Kinds of JSON values.</summary>
[Flags]
enum JsonKinds : byte
{
    None = 0,
    Text = 1,
    Number = 2,
    Boolean = 4,
    Container = 8,
}

/// <summary>The layout of the records of a JSON input: which key fills which field.</summary>
sealed record JsonLayout : RecordLayout
{
    /// <summary>The keys, and their fields.</summary>
    public required JsonKeys Keys { get; init; }

    /// <summary>The path of the record in each value.</summary>
    public required MemberPath Path { get; init; }

    /// <summary>Whether other keys are deliberately excluded; otherwise a record with another key is refused.</summary>
    public required bool IsClosed { get; init; }

    /// <summary>The form of each field; fields beyond the end of the list are text. Default: all text.</summary>
    public IReadOnlyList<FieldForm> Forms { get; init; } = [];

    /// <summary>Up to which byte the input was sampled for keys, for messages.</summary>
    public long SampledTo { get; init; }

    /// <summary>The fields by folded name, for keys that differ from the sampled ones only in case.</summary>
    public IReadOnlyDictionary<string, int> ByFoldedName { get; init; } = new Dictionary<string, int>();

    /// <summary>The kinds of values that each key of the sample has. Default: nothing.</summary>
    public IReadOnlyList<JsonKinds> Kinds { get; init; } = [];

    /// <inheritdoc/>
    public override bool SaysTypes => true;

    /// <inheritdoc/>
    public override string SqlTypeOf(int field, string inferred) => (field < Kinds.Count ? Kinds[field] : JsonKinds.None) switch
    {
        JsonKinds.None => inferred,
        JsonKinds.Text => inferred is "date" or "timestamp" or "timestamptz" or "uuid" ? inferred : "text",
        JsonKinds.Number => inferred is "bigint" ? inferred : "numeric",
        JsonKinds.Boolean => "boolean",
        var kinds => kinds.HasFlag(JsonKinds.Container) ? "jsonb" : "text",
    };

    /// <summary>The options for the fields.</summary>
    public required JsonOptions Options { get; init; }

    /// <inheritdoc/>
    public override bool TakesLateFields => !IsClosed;

    /// <inheritdoc/>
    public override RecordLayout Bound(IReadOnlyList<FieldForm> forms, IReadOnlyList<string> late)
    {
        var bound = Of([.. Names, .. late], Options, Path) with
        {
            Forms = forms,
            SampledTo = SampledTo,
            Kinds = Kinds,
            Findings = Findings
        };
        return forms.Count > 0 && forms[^1] == FieldForm.Others
            ? bound with { FieldCount = forms.Count, Others = forms.Count - 1 } : bound;
    }

    /// <summary>The field that takes keys without a field; -1: a record with such a key is refused, or they are deliberately
    /// omitted. Default: -1.</summary>
    public int Others { get; init; } = -1;

    /// <summary>The layout of records with these keys.</summary>
    /// <param name="names">The fields' names.</param>
    /// <param name="options">The options for the fields.</param>
    /// <param name="path">The path of the record in each value.</param>
    public static JsonLayout Of(IReadOnlyList<string> names, JsonOptions options, MemberPath path)
    {
        var isClosed = options.Fields.Count > 0;
        IReadOnlyList<string>[] paths = isClosed
            ? [.. names.Select(name => options.Fields.TryGetValue(name, out var at) ? MemberPath.Parse(at)!.Steps : [name])]
            : [.. names.Select(name => new[] { name })];
        var folded = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; !isClosed && i < names.Count; i++) folded.TryAdd(HeaderName.Key(names[i]), i);
        return new JsonLayout
        {
            Names = names,
            FieldCount = names.Count,
            IsByName = true,
            Keys = JsonKeys.Of(paths),
            Path = path,
            IsClosed = isClosed,
            Options = options,
            ByFoldedName = folded,
        };
    }
}
