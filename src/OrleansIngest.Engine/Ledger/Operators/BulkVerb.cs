namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>A verb for all matching files: one of <see cref="FileVerb"/>, or the removal of their rows.</summary>
/// <param name="Verb">Null: undo.</param>
public readonly record struct BulkVerb(FileVerb? Verb)
{
    /// <summary>Removes the rows of the files from their tables (<see cref="UndoLedger"/>).</summary>
    public static BulkVerb Undo { get; }

    /// <summary>All of them, by their names in REST and CLI.</summary>
    public static IReadOnlyDictionary<string, BulkVerb> ByName { get; } =
        Enum.GetValues<FileVerb>().Select(v => new BulkVerb(v)).Append(Undo).ToDictionary(v => v.Name, StringComparer.Ordinal);

    /// <summary>The verb's name in REST and CLI.</summary>
    public string Name => Verb is { } verb ? FileVerbs.NameOf(verb) : "undo";

    /// <summary>Maximum number of files at once. All of them change in one transaction; an undo deletes rows in it.</summary>
    public int MostFiles => Verb is null ? 1_000 : 100_000;
}
