using System.Text.Json.Serialization;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Fields of fixed-width files.</summary>
public sealed class FixedOptions
{
    /// <summary>The fields, in any order; they may overlap. Default: empty, required for <c>format: fixed</c>.</summary>
    public IReadOnlyList<FixedColumn> Columns { get; set; } = [];

    /// <summary>Unit of <c>start</c>, <c>width</c> and <c>end</c>. Default: characters.</summary>
    public FixedUnit Unit { get; set; }

    /// <summary>Number of lines to skip at the beginning. 0 to 10,000. Default: 0.</summary>
    [CountRange(0, 10_000)]
    public int HeaderLines { get; set; }

    /// <summary>Policy for a line that ends before its last field. Default: reject.</summary>
    public ShortLinePolicy ShortLines { get; set; }

    /// <summary>Policy for a line with text after its last field. Default: reject.</summary>
    public LongLinePolicy LongLines { get; set; }

    /// <summary>Tab width in columns; 1 counts a tab as one character, 0 rejects the line. 0 to 32. Default: 0.</summary>
    [CountRange(0, 32)]
    public int Tabs { get; set; }

    /// <summary>Maximum size of a line in bytes. A longer line is rejected (its beginning is kept). 1 KiB to 256 MiB.
    /// Default: 1 MiB.</summary>
    [CountRange(1 << 10, 256 << 20, Bytes = true)]
    [JsonConverter(typeof(SizeJsonConverter))]
    public int MaxRecordBytes { get; set; } = 1 << 20;

    internal void Validate(string path, List<OptionProblem> problems)
    {
        OptionChecks.Ranges(this, path, problems);
        for (var i = 0; i < Columns.Count; i++) Columns[i].Validate($"{path}.columns[{i}]", problems);
        foreach (var twice in Columns.GroupBy(column => column.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            problems.Add(new($"{path}.columns", $"names '{twice.Key}' twice"));
    }
}

/// <summary>One field of a fixed-width file: <see cref="Start"/> with <see cref="Width"/> or <see cref="End"/>.</summary>
public sealed class FixedColumn
{
    /// <summary>Name of the field. Default: none, required.</summary>
    public string Name { get; set; } = "";

    /// <summary>First position of the field, from 1. Default: none, required.</summary>
    public int Start { get; set; }

    /// <summary>Width of the field. Default: none, either this or <see cref="End"/> is required.</summary>
    public int? Width { get; set; }

    /// <summary>Last position of the field. Default: none, either this or <see cref="Width"/> is required.</summary>
    public int? End { get; set; }

    /// <summary>Spaces to remove from the value. A blank field is NULL unless this is none. Default: both.</summary>
    public FixedTrim Trim { get; set; }

    /// <summary>The 0-based position after the field.</summary>
    internal int After => Width is { } width ? Start - 1 + width : End ?? 0;

    internal void Validate(string path, List<OptionProblem> problems)
    {
        const int Widest = 1 << 20;
        if (string.IsNullOrWhiteSpace(Name)) problems.Add(new($"{path}.name", "must be given"));
        if (Start is < 1 or > Widest) problems.Add(new($"{path}.start", $"must be from 1 to {Widest}, not {Start}"));
        if (Width is null == End is null) problems.Add(new(path, "must have either width or end"));
        else if (After < Start || After > Widest) problems.Add(new(path, "must not end before its start"));
    }
}

/// <summary>Unit of the positions in a fixed-width line.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<FixedUnit>))]
public enum FixedUnit
{
    /// <summary>Characters (code points).</summary>
    Characters,

    /// <summary>Bytes.</summary>
    Bytes,
}

/// <summary>Which spaces around a fixed-width field are removed.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<FixedTrim>))]
public enum FixedTrim
{
    /// <summary>Spaces before and after the value.</summary>
    Both,

    /// <summary>Spaces before the value.</summary>
    Left,

    /// <summary>Spaces after the value.</summary>
    Right,

    /// <summary>None: the value is as wide as its field.</summary>
    None,
}

/// <summary>Policy for a line that ends before its last field.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<ShortLinePolicy>))]
public enum ShortLinePolicy
{
    /// <summary>The line is rejected.</summary>
    Reject,

    /// <summary>The line is padded with spaces; for files whose lines have lost their trailing spaces.</summary>
    Fit,
}

/// <summary>Policy for a line with text after its last field.</summary>
[JsonConverter(typeof(CamelCaseEnumJsonConverter<LongLinePolicy>))]
public enum LongLinePolicy
{
    /// <summary>The line is rejected, unless the text is blank.</summary>
    Reject,

    /// <summary>The text is ignored.</summary>
    Ignore,
}
