namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>The kinds of known names.</summary>
enum EntryKind : byte
{
    /// <summary>A file to load.</summary>
    Data,

    /// <summary>A file whose presence marks another one as complete.</summary>
    Sentinel,

    /// <summary>Not loaded, for a reason.</summary>
    Excluded,
}
