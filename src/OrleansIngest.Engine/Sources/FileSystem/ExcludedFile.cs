namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>An excluded file, with the reason.</summary>
/// <param name="File">As it was when it was excluded; all but the path is 0 if it could not be examined.</param>
/// <param name="Reason">Why.</param>
/// <param name="Pattern">The pattern that decided, if one did.</param>
public readonly record struct ExcludedFile(SeenFile File, ExclusionReason Reason, string? Pattern = null)
{
    /// <summary>The reason, human-readable.</summary>
    public string Text => Reason switch
    {
        ExclusionReason.NotIncluded => "no include pattern matches its name",
        ExclusionReason.Excluded => $"excluded by the pattern {Pattern}",
        ExclusionReason.NeverData => $"its name marks it as hidden or unfinished (pattern {Pattern})",
        ExclusionReason.InvalidName => "its name is not valid UTF-8; rename it",
        ExclusionReason.NotAFile => "it is a pipe, a socket or a device",
        ExclusionReason.LinkLeadsOutside => "it is a symbolic link that points outside the watched directories",
        ExclusionReason.LinkToNoFile => "it is a symbolic link that does not point to a file",
        _ => "",
    };
}
