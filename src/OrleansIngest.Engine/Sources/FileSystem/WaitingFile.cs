namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>A discovered file that is not ready.</summary>
/// <param name="File">As it was last seen.</param>
/// <param name="Reason">What it waits for.</param>
public readonly record struct WaitingFile(SeenFile File, WaitReason Reason)
{
    /// <summary>The text for <see cref="WaitReason.Settling"/>.</summary>
    public const string SettlingText = "waiting until it stops changing";

    /// <summary>The reason, human-readable.</summary>
    public string Text => Reason switch
    {
        WaitReason.Settling => SettlingText,
        WaitReason.ModifiedInFuture => "its modification time is in the future; waiting until it stops changing",
        WaitReason.AwaitingSentinel => "waiting for its sentinel file",
        _ => "it was modified after its sentinel file; waiting until it stops changing",
    };
}
