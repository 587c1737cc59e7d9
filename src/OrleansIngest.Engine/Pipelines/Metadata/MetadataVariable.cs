namespace OrleansIngest.Engine.Pipelines.Metadata;

/// <summary>The variable of a part of a <see cref="MetadataTemplate"/>.</summary>
public enum MetadataVariable
{
    /// <summary>The part's own text.</summary>
    Literal,

    /// <summary><c>{path}</c>: the file's absolute path.</summary>
    Path,

    /// <summary><c>{name}</c>: the file's name without its directory.</summary>
    Name,

    /// <summary><c>{folder}</c>: the name of the directory that holds it.</summary>
    Folder,

    /// <summary><c>{fileId}</c>: its key in <c>ingest.file</c>.</summary>
    FileId,

    /// <summary><c>{version}</c>: 1, and one more for each change of the file.</summary>
    Version,

    /// <summary><c>{now}</c>: when loading the file began, or was last resumed.</summary>
    Now,

    /// <summary><c>{group}</c>: a named group of a regular expression of the same pipeline.</summary>
    Group,

    /// <summary><c>{line}</c>: the 1-based line where the record starts; NULL in files without lines.</summary>
    Line,

    /// <summary><c>{record}</c>: the record's 1-based number, the header not counted.</summary>
    Record,

    /// <summary><c>{position}</c>: where the record starts, in the unit of its input: bytes, or rows.</summary>
    Position,
}
