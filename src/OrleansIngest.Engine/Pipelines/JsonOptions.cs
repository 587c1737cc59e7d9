using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>How JSON and NDJSON are to be read.</summary>
public sealed class JsonOptions
{
    /// <summary>Where the records lie, by names of members: <c>$.data.items[*]</c> for the elements of an array of a JSON
    /// document, <c>$.payload</c> for an
    /// object inside each line of NDJSON. Null: each line, or each element of an outermost array, or the outermost object itself.
    /// Default: null.</summary>
    public string? Path { get; set; }

    /// <summary>Which fields to take, and from where: name to path inside the record, such as <c>"city": "address.city"</c>.
    /// Other keys are left out then.
    /// Empty: every key of the record is a field. Default: empty.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; set; } = new Dictionary<string, string>();

    /// <summary>A record longer than this is rejected (its beginning is kept), and reading goes on after it. 1 KiB to 256 MiB.
    /// Default: 4 MiB.</summary>
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
                problems.Add(new($"{path}.fields", $"must have a name, and a path of names such as address.city, not '{name}': '{at}'"));
        }
    }
}
