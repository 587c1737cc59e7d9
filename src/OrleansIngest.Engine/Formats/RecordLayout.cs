namespace OrleansIngest.Engine.Formats;

/// <summary>How the records of one input are laid out: found once, at its beginning, and the same for all of it.</summary>
record RecordLayout
{
    /// <summary>The names of the fields, for a layout that binds by name; else empty.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>How many fields each record has.</summary>
    public required int FieldCount { get; init; }

    /// <summary>Whether fields find their columns by name; otherwise by position.</summary>
    public required bool IsByName { get; init; }

    /// <summary>What was found and not told, human-readable, a sentence each: delimiter, encoding,
    /// preamble. Default: nothing.</summary>
    public IReadOnlyList<string> Findings { get; init; } = [];

    /// <summary>Whether the input says itself what its values are. Default: no, they are texts.</summary>
    public virtual bool SaysTypes => false;

    /// <summary>The type of PostgreSQL for a field. Default: what its texts look like.</summary>
    /// <param name="field">Which, from 0.</param>
    /// <param name="inferred">The narrowest type that all its texts have.</param>
    public virtual string SqlTypeOf(int field, string inferred) => inferred;

    /// <summary>How the input is written, in short and in ASCII, where that was found and not told: the same for inputs that are
    /// written alike. Null: it was told. Default: null.</summary>
    public string? Found { get; init; }

    /// <summary>What it takes to lay the same input out the same again, whatever has changed beside it
    /// (<see cref="IRecordFormat.ReadKept"/>). Null: its beginning alone says it. Default: null.</summary>
    public virtual string? Kept => null;

    /// <summary>What may be wrong when the names find no columns, human-readable: a sentence that begins with a blank, or
    /// nothing. Default: nothing.</summary>
    public virtual string Hint() => "";

    /// <summary>Whether a record may have a field that the input's beginning did not show. Each column that no field fills, and
    /// that has no default, then gets a field of its own. Default: no.</summary>
    public virtual bool TakesLateFields => false;

    /// <summary>The layout once it is known which columns take its fields. Default: the same.</summary>
    /// <param name="forms">For each field, the late ones included, what its column takes.</param>
    /// <param name="late">The names of the fields that were added because of <see cref="TakesLateFields"/>.</param>
    public virtual RecordLayout Bound(IReadOnlyList<FieldForm> forms, IReadOnlyList<string> late) => this;
}
