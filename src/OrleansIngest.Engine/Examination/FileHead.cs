namespace OrleansIngest.Engine.Examination;

/// <summary>The first lines of a file, as text.</summary>
public sealed record FileHead
{
    /// <summary>The state of the path.</summary>
    public required SourceState Source { get; init; }

    /// <summary>A sentence about what is not shown, and why; null for none.</summary>
    public string? Note { get; init; }

    /// <summary>The lines, at most <see cref="HeadReader.MostLines"/>.</summary>
    public IReadOnlyList<HeadLine> Lines { get; init; } = [];

    /// <summary>Whether this is the whole file.</summary>
    public bool IsWhole { get; init; }
}

/// <summary>A line.</summary>
/// <param name="Text">Without its line break. Bytes that are not a valid character are U+FFFD.</param>
/// <param name="IsCut">Whether the text was cut.</param>
public sealed record HeadLine(string Text, bool IsCut);
