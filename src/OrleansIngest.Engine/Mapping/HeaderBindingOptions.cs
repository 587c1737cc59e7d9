using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Mapping;

/// <summary>How a file's fields are bound to columns.</summary>
public sealed record HeaderBindingOptions
{
    /// <summary>Header name, or position (<c>#1</c> is the first field), to column name; a name is looked up exactly first, then
    /// ignoring case. Default: empty.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = new Dictionary<string, string>();

    /// <summary>The headers whose mapping was stored for the table, newest first; <see cref="Aliases"/> take
    /// precedence. Default: empty.</summary>
    public IReadOnlyList<StoredHeader> Kept { get; init; } = [];

    /// <summary>When the file lacks a column of the table. Default: allowOptional.</summary>
    public MissingColumnPolicy MissingColumns { get; init; } = MissingColumnPolicy.AllowOptional;

    /// <summary>When the file has a field that the table lacks. Default: ignore.</summary>
    public ExtraColumnPolicy ExtraColumns { get; init; } = ExtraColumnPolicy.Ignore;

    /// <summary>Whether a column needs no field, because something else fills it. Default: none.</summary>
    public Func<string, bool> IsFilled { get; init; } = _ => false;

    /// <summary>Whether the field with this name is used although it has no column. Default: none.</summary>
    public Func<string, bool> IsUsed { get; init; } = _ => false;

    /// <summary>The options of a pipeline.</summary>
    public static HeaderBindingOptions Of(PipelineOptions pipeline) => new()
    {
        Aliases = pipeline.Columns,
        MissingColumns = pipeline.MissingColumns,
        ExtraColumns = pipeline.ExtraColumns,
    };
}
