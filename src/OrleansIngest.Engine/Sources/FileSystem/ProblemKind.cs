namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>The kinds of obstacles to a complete listing.</summary>
public enum ProblemKind
{
    /// <summary>A root does not exist (yet), or no directory matches its pattern.</summary>
    RootMissing,

    /// <summary>A directory cannot be listed. The known state of its files does not change.</summary>
    DirectoryUnreadable,

    /// <summary>A file exists, but permission to examine it is missing.</summary>
    FileUnreadable,

    /// <summary>Change events are not available; files are found only by the regular listing.</summary>
    NoHints,
}
