namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Selection and order of files.</summary>
public sealed record FileFilter
{
    /// <summary>Null: of all pipelines.</summary>
    public string? Pipeline { get; init; }

    /// <summary>States, some of <see cref="FileStates.All"/>; empty: any. <c>loaded</c> includes
    /// loaded files with open rejects.</summary>
    public IReadOnlyList<string> Statuses { get; init; } = [];

    /// <summary>A part of the path, in any case; null: any.</summary>
    public string? Text { get; init; }

    /// <summary>Who has or had it; null: any.</summary>
    public string? Node { get; init; }

    /// <summary>What they are sorted by. Default: when they were discovered.</summary>
    public FileSort Sort { get; init; } = FileSort.DiscoveredAt;

    /// <summary>Largest or newest first. Default: true.</summary>
    public bool Descending { get; init; } = true;

    /// <summary>Whether only files with open rejects match, so that these lead to them.</summary>
    internal bool IsByOpenRejects => Statuses.Count > 0 && !Statuses.Any(FileStates.Statuses.Contains);
}
