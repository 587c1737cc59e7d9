namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>The result of examining a sample.</summary>
sealed record DialectFinding
{
    /// <summary>How records are divided.</summary>
    public required Splitting Splitting { get; init; }

    /// <summary>Number of fields of a record.</summary>
    public required int FieldCount { get; init; }

    /// <summary>Lines before the header, or before the data if there is none, without a line <c>sep=;</c>.</summary>
    public required int SkipLines { get; init; }

    /// <summary>Records that name the fields.</summary>
    public required int HeaderLines { get; init; }

    /// <summary>Lines at the end that are not records.</summary>
    public required int FooterLines { get; init; }

    /// <summary>The fields' names by position, if the header does not provide them; empty if it does, or there is none.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Whether the header is repeated further down in the sample.</summary>
    public required bool HeaderComesAgain { get; init; }

    /// <summary>What is unusual about the header, human-readable; null for nothing.</summary>
    public required string? HeaderFinding { get; init; }
}
