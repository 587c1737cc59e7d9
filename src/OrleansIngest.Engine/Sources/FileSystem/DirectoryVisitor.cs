using System.IO.Enumeration;

namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>Hands the names of one directory, without allocating, to an examiner. Yields nothing itself: one <c>MoveNext</c>
/// visits all names.</summary>
sealed class DirectoryVisitor(SearchedDirectory directory,
    FileExaminer examiner) : FileSystemEnumerator<bool>(directory.Path, Options)
{
    // Skipping by attributes would examine every file again.
    static readonly EnumerationOptions Options = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        RecurseSubdirectories = false,
        BufferSize = 64 * 1024,
    };

    protected override bool ShouldIncludeEntry(ref FileSystemEntry entry)
    {
        examiner.Examine(directory, entry.FileName, entry.IsDirectory);
        return false;
    }

    protected override bool TransformEntry(ref FileSystemEntry entry) => false;
}
