namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>Why a name in a watched directory is excluded.</summary>
public enum ExclusionReason
{
    /// <summary>It is not excluded.</summary>
    None,

    /// <summary>No include pattern matches.</summary>
    NotIncluded,

    /// <summary>An exclude pattern of the pipeline matches.</summary>
    Excluded,

    /// <summary>One of the patterns for names that are never data matches: hidden and temporary names.</summary>
    NeverData,

    /// <summary>The name is not valid UTF-8, so that it can be neither recorded nor opened.</summary>
    InvalidName,

    /// <summary>A pipe, socket or device.</summary>
    NotAFile,

    /// <summary>A symbolic link to something outside of the watched directories.</summary>
    LinkLeadsOutside,

    /// <summary>A symbolic link to nothing, or to something that is not a file.</summary>
    LinkToNoFile,
}
