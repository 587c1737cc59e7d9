using OrleansIngest.Engine.Pipelines.Disposal;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Ledger;

/// <summary>A file to be archived, moved or deleted, owned by a node.</summary>
public sealed record DueDisposal
{
    /// <summary>The version that was loaded or quarantined, as it was seen.</summary>
    public required SeenFile File { get; init; }

    /// <summary>Its key.</summary>
    public required FileId FileId { get; init; }

    /// <summary>Its pipeline.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The epoch of its last claim: a later claim makes this action void.</summary>
    public required int Epoch { get; init; }

    /// <summary>SHA-256 of its content; null if unknown.</summary>
    public required byte[]? Sha256 { get; init; }

    /// <summary>When it was loaded or quarantined.</summary>
    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>The suffix of the sentinel file, which is handled with it; null for none.</summary>
    public required string? Sentinel { get; init; }

    /// <summary>The action.</summary>
    public required DisposalStep Step { get; init; }

    /// <summary>The destination that an earlier attempt chose; null for none yet.</summary>
    public required string? Target { get; init; }

    /// <summary>Attempts that failed.</summary>
    public required int Attempts { get; init; }

    /// <summary>Its current owner.</summary>
    public required NodeId Node { get; init; }
}

/// <summary>The lease on a file has expired, and another program has taken it.</summary>
public sealed class DisposalLostException() : InvalidOperationException("another program has moved the file");
