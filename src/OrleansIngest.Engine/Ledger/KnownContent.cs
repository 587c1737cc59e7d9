using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The known content of one version of a file.</summary>
public sealed record KnownContent
{
    /// <summary>The version's key.</summary>
    public required FileId FileId { get; init; }

    /// <summary>From 1.</summary>
    public required int Version { get; init; }

    /// <summary>As last seen.</summary>
    public required SeenFile File { get; init; }

    /// <summary>Null until it is loaded, or known to repeat a loaded one.</summary>
    public required byte[]? Sha256 { get; init; }

    /// <summary>When it was loaded, UTC; null when it is not.</summary>
    public required DateTimeOffset? FinishedAt { get; init; }
}

/// <summary>Whether a claim may load its file, with <c>sameContent: skip</c>.</summary>
public enum Admission
{
    /// <summary>It may.</summary>
    Go,

    /// <summary>Other files have the same size: call again with the hash.</summary>
    Hash,

    /// <summary>A file with this content is loaded.</summary>
    Same,

    /// <summary>A file that may have this content is being loaded.</summary>
    Wait,

    /// <summary>A file that may have this content is partly loaded, and is not being loaded at the moment.</summary>
    Later,

    /// <summary>The claim is not in force.</summary>
    Fenced,
}
