namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>What a known name is to discovery.</summary>
enum EntryKind : byte
{
    /// <summary>A file to load.</summary>
    Data,

    /// <summary>A file that says by its presence that another one is complete.</summary>
    Sentinel,

    /// <summary>Not loaded, for a reason.</summary>
    Excluded,
}
