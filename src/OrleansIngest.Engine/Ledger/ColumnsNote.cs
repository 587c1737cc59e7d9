using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Ledger;

/// <summary>A field of a file without a column.</summary>
/// <param name="Field">Its position, from 1.</param>
/// <param name="Name">Its name in the header, with invisible characters escaped; empty if it has none.</param>
/// <param name="Near">The column that is probably meant; null if there is none.</param>
public sealed record LeftOutField(int Field, string Name, string? Near)
{
    /// <summary>Human-readable: its name, or <c>#3</c> for the third field without one.</summary>
    internal string Label() => Name.Length > 0 ? Name : $"#{Field}";

    /// <summary>The same inside a sentence, where a name such as <c>who</c> would be read as a word.</summary>
    internal string Quoted() => Name.Length > 0 ? $"\"{Name}\"" : $"#{Field}";
}

/// <summary>The differences between a file and its table (fields without a column, columns without a field), and unusual
/// properties of the file's dialect. A file without any has no note; a missing column with a default is not a
/// difference.</summary>
public sealed record ColumnsNote
{
    const int MostShown = 20;

    /// <summary>Fields that are not loaded, in the file's order.</summary>
    public required IReadOnlyList<LeftOutField> LeftOut { get; init; }

    /// <summary>Fields without a column that are kept in the pipeline's <c>rescueColumn</c>, in the file's order;
    /// null for none. Default: null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LeftOutField>? Rescued { get; init; }

    /// <summary>Columns that stay NULL, because the file has no field for them and they have no default; in the table's
    /// order.</summary>
    public required IReadOnlyList<string> Unfilled { get; init; }

    /// <summary>Columns that the file has no field for and that take their default; in the table's order.</summary>
    public required IReadOnlyList<string> Defaulted { get; init; }

    /// <summary>Unusual properties of the file's dialect that were detected, each a part of a sentence. Default:
    /// nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Findings { get; init; }

    /// <summary>Human-readable: a sentence for each kind of difference.</summary>
    public IReadOnlyList<string> Sentences()
    {
        var sentences = new List<string>();
        if (Findings is { Count: > 0 }) sentences.Add(string.Join("; ", Findings));
        if (LeftOut.Count > 0) sentences.Add($"fields without a column, not loaded: {List(LeftOut.Select(Describe))}");
        if (Rescued is { Count: > 0 }) sentences.Add($"fields without a column, rescued: {List(Rescued.Select(Describe))}");
        if (Unfilled.Count > 0) sentences.Add($"columns without a field, NULL: {List(Unfilled)}");
        if (Defaulted.Count > 0) sentences.Add($"columns without a field, filled with their default: {List(Defaulted)}");
        return sentences;
    }

    /// <summary>Human-readable: all of it on one line.</summary>
    public override string ToString() => string.Join("; ", Sentences());

    /// <summary>The JSON that is stored in <c>ingest.file.columns_note</c>.</summary>
    // Characters are not escaped: a database in another encoding can replace those that it lacks, but not their escapes.
    static readonly ColumnsNoteJson Plain = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    });

    internal string ToJson() => JsonSerializer.Serialize(this, Plain.ColumnsNote);

    /// <summary>Null for null.</summary>
    internal static ColumnsNote? FromJson(string? json) =>
        json is null ? null : JsonSerializer.Deserialize(json, ColumnsNoteJson.Default.ColumnsNote);

    static string Describe(LeftOutField field)
    {
        var position = field.Field.ToString(CultureInfo.InvariantCulture);
        var name = field.Name.Length > 0 ? field.Name : $"field {position} (no name)";
        return field.Near is null ? name : $"{name} (did you mean {field.Near}?)";
    }

    static string List(IEnumerable<string> names)
    {
        var all = names.ToArray();
        var shown = string.Join(", ", all.Take(MostShown));
        return all.Length > MostShown
            ? string.Create(CultureInfo.InvariantCulture, $"{shown}, … and {all.Length - MostShown:N0} more")
            : shown;
    }
}

/// <summary>How the note is stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ColumnsNote))]
sealed partial class ColumnsNoteJson : JsonSerializerContext;
