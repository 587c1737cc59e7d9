namespace OrleansIngest.Engine.Ledger;

/// <summary>The database's ledger is newer than this program.</summary>
public sealed class LedgerVersionException(int found, int known) : Exception(
    $"The ledger in this database has version {found}; this program supports version {known}. Use a newer program, or "
        + "another database.")
{
    /// <summary>The version in the database.</summary>
    public int Found { get; } = found;

    /// <summary>The version of this program.</summary>
    public int Known { get; } = known;
}
