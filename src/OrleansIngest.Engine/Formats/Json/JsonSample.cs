using System.Runtime.InteropServices;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Formats.Json;

/// <summary>Collects the keys of the records at an input's beginning.</summary>
sealed class JsonSample(JsonOptions options, MemberPath path)
{
    /// <summary>Maximum number of bytes to sample.</summary>
    public const int MostBytes = 4 << 20;

    const int MostKeys = 10_000;

    readonly List<string> _names = [];
    readonly Dictionary<string, JsonKinds> _kinds = new(StringComparer.Ordinal);
    string? _firstProblem;
    int _objects;
    long _upTo;

    /// <summary>Whether the sample needs more records; if the fields are configured, one is enough.</summary>
    public bool WantsMore(long position) => position < MostBytes && _names.Count < MostKeys
        && (options.Fields.Count == 0 || _objects == 0);

    /// <summary>Adds a record. An invalid one is skipped here: it is rejected when it is loaded.</summary>
    public void Add(ReadOnlySpan<byte> record, long position, string place)
    {
        _upTo = position + record.Length;
        var scanner = new JsonScanner(record);
        scanner.SkipBlanks();
        if (scanner.Current < 0) return;
        if (!Walk(ref scanner, 0)) _firstProblem ??= $"{place}, byte {position + scanner.At}{JsonExcerpt.At(record, scanner.At)}";
    }

    /// <summary>The layout of the sampled records.</summary>
    /// <exception cref="LayoutException">The sample has no record.</exception>
    public JsonLayout ToLayout()
    {
        if (_objects == 0 && _firstProblem is not null)
        {
            throw new LayoutException(path.Steps.Count == 0
                ? $"no record was found: {_firstProblem} is not a JSON object; if the file has another format, set it "
                    + $"(\"format\", --format)"
                : $"no record was found under {path}: {_firstProblem}");
        }

        var names = options.Fields.Count > 0 ? options.Fields.Keys : (IEnumerable<string>)_names;
        JsonKinds[] kinds = options.Fields.Count > 0 ? [] : [.. _names.Select(name => _kinds[name])];
        return JsonLayout.Of([.. names], options, path) with { SampledTo = _upTo, Kinds = kinds };
    }

    bool Walk(ref JsonScanner scanner, int step)
    {
        if (scanner.Current != '{') return false;
        scanner.At++;
        scanner.SkipBlanks();
        var isRecord = step == path.Steps.Count;
        var keys = new List<(string Name, JsonKinds Kind)>();
        var isFound = isRecord;
        for (var isFirst = true; scanner.Current != '}'; isFirst = false)
        {
            if (!isFirst && !scanner.Pass((byte)',')) return false;
            var start = scanner.At + 1;
            if (!scanner.String(out _)) return false;
            var key = JsonText.Decode(scanner.Slice(start, scanner.At - 1));
            if (!scanner.Pass((byte)':')) return false;
            var isStep = !isRecord && key == path.Steps[step];
            isFound |= isStep;
            if (isRecord) keys.Add((key, KindOf(scanner.Current)));
            if (!(isStep ? Walk(ref scanner, step + 1) : scanner.Value())) return false;
            scanner.SkipBlanks();
        }

        scanner.At++;
        if (!isRecord) return isFound;
        _objects++;
        foreach (var (key, kind) in keys)
        {
            ref var kinds = ref CollectionsMarshal.GetValueRefOrAddDefault(_kinds, key, out var isKnown);
            if (!isKnown) _names.Add(key);
            kinds |= kind;
        }

        return true;
    }

    static JsonKinds KindOf(int first) => first switch
    {
        '"' => JsonKinds.Text,
        't' or 'f' => JsonKinds.Boolean,
        '{' or '[' => JsonKinds.Container,
        'n' => JsonKinds.None,
        _ => JsonKinds.Number,
    };
}
