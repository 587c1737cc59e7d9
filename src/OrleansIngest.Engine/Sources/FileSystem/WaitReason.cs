namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>Why a discovered file is not ready.</summary>
public enum WaitReason
{
    /// <summary>Its size and mtime have not rested for the settle time.</summary>
    Settling,

    /// <summary>Its mtime lies in the future, so that its age says nothing; it is ready when it has rested while being watched.</summary>
    ModifiedInFuture,

    /// <summary>Its sentinel does not exist.</summary>
    AwaitingSentinel,

    /// <summary>It was modified after its sentinel; it is ready when it has rested, or when the sentinel is renewed.</summary>
    SentinelOlder,
}
