namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>The kinds of obstacles to a complete listing.</summary>
public enum ProblemKind
{
    /// <summary>A root does not exist (yet), or no directory matches its pattern.</summary>
    RootMissing,

    /// <summary>A directory cannot be listed. What is known of its files stays as it is.</summary>
    DirectoryUnreadable,

    /// <summary>A file is there, but may not be looked at.</summary>
    FileUnreadable,

    /// <summary>Change events cannot be had; files are found by the regular listing alone.</summary>
    NoHints,
}
