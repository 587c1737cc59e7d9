using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Options of JSON and NDJSON files.</summary>
public sealed class JsonOptions
{
    /// <summary>Path to the records: <c>$.data.items[*]</c> for the elements of an array in a JSON document, <c>$.payload</c>
    /// for an object inside each line of NDJSON. Null for each line, each element of a top-level array, or the top-level
    /// object. Default: null.</summary>
    public string? Path { get; set; }

    /// <summary>Fields to load: name to path inside the record, such as <c>"city": "address.city"</c>; all other keys are
    /// ignored. Empty to load every key of the record. Default: empty.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; set; } = new Dictionary<string, string>();

    /// <summary>Maximum size of a record in bytes. A longer record is rejected (its beginning is kept), and loading continues
    /// after it. 1 KiB to 256 MiB. Default: 4 MiB.</summary>
    [CountRange(1 << 10, 256 << 20, Bytes = true)]
    [JsonConverter(typeof(SizeJsonConverter))]
    public int MaxRecordBytes { get; set; } = 4 << 20;

    internal void Validate(string path, List<OptionProblem> problems)
    {
        OptionChecks.Ranges(this, path, problems);
        if (Path is { } records && MemberPath.Parse(records) is null)
            problems.Add(new($"{path}.path", $"must have {MemberPath.Expected}, not '{records}'"));
        foreach (var (name, at) in Fields)
        {
            if (string.IsNullOrWhiteSpace(name) || MemberPath.Parse(at) is not { IsEach: false, Steps.Count: > 0 })
                problems.Add(new($"{path}.fields",
                    $"must have a name, and a path of names such as address.city, not '{name}': '{at}'"));
        }
    }
}
