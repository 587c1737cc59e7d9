namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Selection and order of files.</summary>
public sealed record FileFilter
{
    /// <summary>The pipeline; null: all.</summary>
    public string? Pipeline { get; init; }

    /// <summary>States, some of <see cref="FileStates.All"/>; empty: any. <c>loaded</c> includes
    /// loaded files with open rejects.</summary>
    public IReadOnlyList<string> Statuses { get; init; } = [];

    /// <summary>A part of the path, ignoring case; null: any.</summary>
    public string? Text { get; init; }

    /// <summary>The node that has or had it; null: any.</summary>
    public string? Node { get; init; }

    /// <summary>The sort order. Default: by time of discovery.</summary>
    public FileSort Sort { get; init; } = FileSort.DiscoveredAt;

    /// <summary>Largest or newest first. Default: true.</summary>
    public bool Descending { get; init; } = true;

    /// <summary>Whether only files with open rejects match, so that they can be found through their rejects.</summary>
    internal bool IsByOpenRejects => Statuses.Count > 0 && !Statuses.Any(FileStates.Statuses.Contains);
}
