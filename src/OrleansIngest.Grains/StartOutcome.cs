namespace OrleansIngest.Grains;

/// <summary>A file grain's answer to a claim.</summary>
[GenerateSerializer]
public enum StartOutcome
{
    /// <summary>It loads this claim, or has already done so.</summary>
    Accepted,

    /// <summary>The file was claimed again since; nothing to do.</summary>
    Stale,

    /// <summary>The activation is not on the silo of the claim's owner, and deactivates: call again.</summary>
    Elsewhere,

    /// <summary>The silo is about to stop; the ledger releases the claim.</summary>
    Draining,
}
