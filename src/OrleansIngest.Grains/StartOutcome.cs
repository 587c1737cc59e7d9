namespace OrleansIngest.Grains;

/// <summary>What a file grain made of a claim.</summary>
[GenerateSerializer]
public enum StartOutcome
{
    /// <summary>It works on this claim, or has done so already.</summary>
    Accepted,

    /// <summary>The file was claimed again since; nothing to do.</summary>
    Stale,

    /// <summary>The activation is on another silo than the claim's owner, and goes away: ask again.</summary>
    Elsewhere,

    /// <summary>The silo is about to stop; the claim comes back through the ledger.</summary>
    Draining,
}
