namespace OrleansIngest.Engine.Formats;

/// <summary>The layout of the records of one input: determined once, from its beginning, and valid for all of it.</summary>
record RecordLayout
{
    /// <summary>The names of the fields, for a layout that binds by name; else empty.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>How many fields each record has.</summary>
    public required int FieldCount { get; init; }

    /// <summary>Whether fields are bound to columns by name; otherwise by position.</summary>
    public required bool IsByName { get; init; }

    /// <summary>What was detected instead of configured, human-readable, a sentence each: delimiter, encoding, preamble. Default:
    /// nothing.</summary>
    public IReadOnlyList<string> Findings { get; init; } = [];

    /// <summary>Whether the input defines the types of its values. Default: no, they are texts.</summary>
    public virtual bool SaysTypes => false;

    /// <summary>The PostgreSQL type for a field. Default: the inferred one.</summary>
    /// <param name="field">Which, from 0.</param>
    /// <param name="inferred">The narrowest type that all its texts have.</param>
    public virtual string SqlTypeOf(int field, string inferred) => inferred;

    /// <summary>A summary of the detected dialect, in ASCII: the same for inputs with the same dialect. Null if it was
    /// configured. Default: null.</summary>
    public string? Found { get; init; }

    /// <summary>Everything needed to reproduce the layout of the same input, even if its surroundings have changed
    /// (<see cref="IRecordFormat.ReadKept"/>). Null if its beginning is enough. Default: null.</summary>
    public virtual string? Kept => null;

    /// <summary>The probable reason why the names match no columns, human-readable: a sentence with a leading space, or nothing.
    /// Default: nothing.</summary>
    public virtual string Hint() => "";

    /// <summary>Whether a record may have a field that did not occur in the input's beginning. Each column that no field fills,
    /// and that has no default, then gets a field of its own. Default: no.</summary>
    public virtual bool TakesLateFields => false;

    /// <summary>The layout after its fields have been bound to columns. Default: the same.</summary>
    /// <param name="forms">For each field, including the late ones, the form that its column takes.</param>
    /// <param name="late">The names of the fields that were added because of <see cref="TakesLateFields"/>.</param>
    public virtual RecordLayout Bound(IReadOnlyList<FieldForm> forms, IReadOnlyList<string> late) => this;
}
