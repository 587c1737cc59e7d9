namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>What was found in a sample.</summary>
sealed record DialectFinding
{
    /// <summary>How records are divided.</summary>
    public required Splitting Splitting { get; init; }

    /// <summary>How many fields records have.</summary>
    public required int FieldCount { get; init; }

    /// <summary>Lines before the header, or before the data if there is none, a line <c>sep=;</c> not counted.</summary>
    public required int SkipLines { get; init; }

    /// <summary>Records that name the fields.</summary>
    public required int HeaderLines { get; init; }

    /// <summary>Lines at the end that are not records.</summary>
    public required int FooterLines { get; init; }

    /// <summary>The fields' names by position, where the header does not give them; empty where
    /// it does, or there is none.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Whether the header comes again further down in the sample.</summary>
    public required bool HeaderComesAgain { get; init; }

    /// <summary>Human-readable: what is odd about the header; null for nothing.</summary>
    public required string? HeaderFinding { get; init; }
}
