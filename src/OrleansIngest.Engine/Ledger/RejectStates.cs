namespace OrleansIngest.Engine.Ledger;

/// <summary>The states of a rejected record.</summary>
public static class RejectStates
{
    /// <summary>It is in no other place than <c>corrupt_records</c>, and can be replayed.</summary>
    public const string Open = "open";

    /// <summary>A replay has put it into the table.</summary>
    public const string Replayed = "replayed";

    /// <summary>An operator does not need it, or its file was undone or abandoned.</summary>
    public const string Ignored = "ignored";

    /// <summary>Newer content has replaced the rows of its file, or a newer version of the file contains the record
    /// again.</summary>
    public const string Replaced = "replaced";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Open, Replayed, Ignored, Replaced];
}
