namespace OrleansIngest.Monitor.Api;

/// <summary>The program, its database and the caller.</summary>
public sealed record About
{
    /// <summary>The program's version.</summary>
    public required string Version { get; init; }

    /// <summary>The node whose process answers.</summary>
    public required string? Node { get; init; }

    /// <summary>The ledger's database.</summary>
    public required AboutDatabase Database { get; init; }

    /// <summary>The values of <c>?database=NAME</c>, the main database first; empty for callers
    /// without the right to view.</summary>
    public required IReadOnlyList<string> Databases { get; init; }

    /// <summary>When this process started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The time of its clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary><c>anonymous</c>, <c>viewer</c> or <c>operator</c>.</summary>
    public required string Role { get; init; }

    /// <summary>Whether the caller may view.</summary>
    public required bool CanSee { get; init; }

    /// <summary>Whether the caller may act.</summary>
    public required bool CanAct { get; init; }

    /// <summary>The rules of alerts.</summary>
    public required IReadOnlyList<string> AlertRules { get; init; }

    /// <summary>Further addresses.</summary>
    public required AboutLinks Links { get; init; }
}
