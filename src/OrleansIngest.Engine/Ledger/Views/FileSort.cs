namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Sort order of files; ties are sorted by <c>file_id</c>.</summary>
public enum FileSort
{
    /// <summary>When it was first seen: the order of <c>file_id</c>.</summary>
    DiscoveredAt,

    /// <summary>Its path.</summary>
    Path,

    /// <summary>Bytes.</summary>
    Size,

    /// <summary>When it was last written.</summary>
    Mtime,

    /// <summary>When it was finished; unfinished files are last.</summary>
    FinishedAt,

    /// <summary>Rows loaded.</summary>
    Rows,

    /// <summary>Rows rejected.</summary>
    Rejected,

    /// <summary>Time from the first claim to the end; unfinished files are last.</summary>
    DurationMs,
}
