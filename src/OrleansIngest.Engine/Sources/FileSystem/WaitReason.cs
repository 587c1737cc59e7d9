namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>Why a discovered file is not ready.</summary>
public enum WaitReason
{
    /// <summary>Its size and mtime have not been stable for the settle time.</summary>
    Settling,

    /// <summary>Its mtime is in the future, so its age is unknown; it is ready when it has been
    /// stable while being watched.</summary>
    ModifiedInFuture,

    /// <summary>Its sentinel does not exist.</summary>
    AwaitingSentinel,

    /// <summary>It was modified after its sentinel; it is ready when it has been stable, or
    /// when the sentinel is renewed.</summary>
    SentinelOlder,
}
