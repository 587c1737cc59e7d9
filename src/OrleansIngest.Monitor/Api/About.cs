namespace OrleansIngest.Monitor.Api;

/// <summary>The program, its database and the caller.</summary>
public sealed record About
{
    /// <summary>Of the program.</summary>
    public required string Version { get; init; }

    /// <summary>The node whose process answers.</summary>
    public required string? Node { get; init; }

    /// <summary>The ledger's database.</summary>
    public required AboutDatabase Database { get; init; }

    /// <summary>The names of the databases that can be asked for with <c>?database=NAME</c>, the main one first; empty for those who may not look.</summary>
    public required IReadOnlyList<string> Databases { get; init; }

    /// <summary>When this process started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Its clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary><c>anonymous</c>, <c>viewer</c> or <c>operator</c>.</summary>
    public required string Role { get; init; }

    /// <summary>Whether the caller may look.</summary>
    public required bool CanSee { get; init; }

    /// <summary>Whether the caller may act.</summary>
    public required bool CanAct { get; init; }

    /// <summary>Where else to look.</summary>
    public required AboutLinks Links { get; init; }
}
