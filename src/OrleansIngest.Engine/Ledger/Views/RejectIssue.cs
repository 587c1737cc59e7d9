using System.Globalization;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Rejects of one table and column with one reason, whose messages differ only in numbers and quoted values.</summary>
public sealed record RejectIssue
{
    /// <summary>Its key within pipeline and table, 16 hexadecimal digits; stable across restarts.</summary>
    public required string Id { get; init; }

    /// <summary>The pipeline of their files.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The table for which the records were meant, as named by the configuration or the file's route; null if the
    /// pipeline is no longer in the ledger.</summary>
    public required string? Table { get; init; }

    /// <summary>A code: <c>bad_value</c>, <c>field_count</c>, and others.</summary>
    public required string Reason { get; init; }

    /// <summary>The column at fault, if there is one.</summary>
    public required string? Column { get; init; }

    /// <summary>Their common message: <c>N</c> stands for a number, <c>"..."</c> for a quoted value.</summary>
    public required string Shape { get; init; }

    /// <summary>The message of the newest reject.</summary>
    public required string Detail { get; init; }

    /// <summary>Number of rejects.</summary>
    public required long Rejects { get; init; }

    /// <summary>Number of their files.</summary>
    public required long Files { get; init; }

    /// <summary>When the first reject occurred.</summary>
    public required DateTimeOffset FirstAt { get; init; }

    /// <summary>When the last reject occurred.</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>The displayed form of a key in <c>corrupt_records.issue</c>.</summary>
    public static string IdOf(long key) => key.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Parses the displayed form of a key; false for anything else.</summary>
    public static bool TryParseId(string id, out long key)
    {
        key = 0;
        return id.Length == 16 && long.TryParse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out key);
    }
}

/// <summary>Issues of rejects.</summary>
/// <param name="Items">The issues, those with the most rejects first.</param>
/// <param name="Issues">Total number of issues.</param>
/// <param name="Rejects">Total number of their rejects.</param>
public sealed record RejectIssues(IReadOnlyList<RejectIssue> Items, long Issues, long Rejects);
