using System.Globalization;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Rejects of one table and column with one reason, whose messages differ only in numbers and quoted values.</summary>
public sealed record RejectIssue
{
    /// <summary>Its key within pipeline and table, 16 hexadecimal digits; stays the same over restarts.</summary>
    public required string Id { get; init; }

    /// <summary>Whose files.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The table that the records were meant for, as the configuration or the file's route names it; null when the
    /// ledger does not know the pipeline any more.</summary>
    public required string? Table { get; init; }

    /// <summary>A code: <c>bad_value</c>, <c>field_count</c>, and others.</summary>
    public required string Reason { get; init; }

    /// <summary>The column at fault, when it is one.</summary>
    public required string? Column { get; init; }

    /// <summary>The message that they share: <c>N</c> stands for a number, <c>"..."</c> for a quoted value.</summary>
    public required string Shape { get; init; }

    /// <summary>The message of the newest of them.</summary>
    public required string Detail { get; init; }

    /// <summary>How many rejects.</summary>
    public required long Rejects { get; init; }

    /// <summary>How many files they are from.</summary>
    public required long Files { get; init; }

    /// <summary>When the first of them was rejected.</summary>
    public required DateTimeOffset FirstAt { get; init; }

    /// <summary>When the last of them was rejected.</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>The key in <c>corrupt_records.issue</c> as it is shown.</summary>
    public static string IdOf(long key) => key.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>The key that is shown so; false for anything else.</summary>
    public static bool TryParseId(string id, out long key)
    {
        key = 0;
        return id.Length == 16 && long.TryParse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out key);
    }
}

/// <summary>The issues that rejects make.</summary>
/// <param name="Items">Those with the most rejects first.</param>
/// <param name="Issues">How many there are in all.</param>
/// <param name="Rejects">How many rejects these are.</param>
public sealed record RejectIssues(IReadOnlyList<RejectIssue> Items, long Issues, long Rejects);
