namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>What a look at one name found.</summary>
enum StatOutcome
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>Nothing of that name.</summary>
    Missing,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link; only when links were not to be followed.</summary>
    Link,

    /// <summary>A pipe, socket or device.</summary>
    Special,

    /// <summary>The file system refused to say, or failed.</summary>
    Error,
}
