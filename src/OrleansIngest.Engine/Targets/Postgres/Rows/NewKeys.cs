using Npgsql;

namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>Whether a merge should expect that its table has none of the keys: a plain INSERT takes three quarters of the time of
/// <c>ON CONFLICT</c>, but an existing key costs both. The result of earlier merges decides. Thread-safe.</summary>
public sealed class NewKeys
{
    /// <summary>Number of merges with only new keys after which new keys are expected again, once an expectation was
    /// wrong.</summary>
    const int Caution = 8;

    int _before = 1;

    /// <summary>Whether an expectation may be tried at all: no trigger discards rows or changes keys. Default: no.</summary>
    public bool MayBeExpected { get; init; }

    /// <summary>The unique indexes on the key; empty if unknown, because each partition has its own. Default: empty.</summary>
    public IReadOnlyList<string> Indexes { get; init; } = [];

    /// <summary>Whether the next merge should expect only new keys.</summary>
    public bool AreExpected => MayBeExpected && Volatile.Read(ref _before) <= 0;

    /// <summary>Whether the expectation was wrong: the table has a key. The violation of another unique
    /// index is the row's fault.</summary>
    internal bool AreDenied(PostgresException failure) =>
        failure.SqlState == PostgresErrorCodes.UniqueViolation
            && (Indexes.Count == 0 || Indexes.Contains(failure.ConstraintName));

    /// <summary>Records the result of a merge.</summary>
    /// <param name="rows">Number of its rows.</param>
    /// <param name="inserted">Number of new rows.</param>
    public void Learn(int rows, int inserted)
    {
        if (rows == 0) return;
        if (inserted == rows) Interlocked.Decrement(ref _before);
        else if (AreExpected) Volatile.Write(ref _before, 1);
    }

    /// <summary>Records that an expectation was wrong.</summary>
    public void WereNot() => Volatile.Write(ref _before, Caution);
}
