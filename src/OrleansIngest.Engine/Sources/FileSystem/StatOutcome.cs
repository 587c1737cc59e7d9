namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>The kinds of results for a name.</summary>
enum StatOutcome
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>The name does not exist.</summary>
    Missing,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link; only if links are not followed.</summary>
    Link,

    /// <summary>A pipe, socket or device.</summary>
    Special,

    /// <summary>The file system refused or failed.</summary>
    Error,
}
