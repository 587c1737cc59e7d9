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

    /// <summary>What was found and not told, for people, a sentence each: delimiter, encoding, preamble. Default: nothing.</summary>
    public IReadOnlyList<string> Findings { get; init; } = [];

    /// <summary>How the input is written, in short and in ASCII, where that was found and not told: the same for inputs that are written alike. Null: it was
    /// told. Default: null.</summary>
    public string? Found { get; init; }

    /// <summary>What may be wrong when the names find no columns, for people: a sentence that begins with a blank, or nothing. Default: nothing.</summary>
    public virtual string Hint() => "";
}
