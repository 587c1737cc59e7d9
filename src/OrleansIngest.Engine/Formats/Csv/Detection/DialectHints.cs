namespace OrleansIngest.Engine.Formats.Csv.Detection;

/// <summary>Configured properties, which need no detection; null for those to detect.</summary>
sealed record DialectHints
{
    public string? Delimiter { get; init; }

    public char? Quote { get; init; }

    /// <summary>NUL for doubled quotes.</summary>
    public char? Escape { get; init; }

    public int? SkipLines { get; init; }

    public int? HeaderLines { get; init; }

    public int? FooterLines { get; init; }

    /// <summary>Whether the fields' names are configured: then the header's are not needed.</summary>
    public bool HasNames { get; init; }

    /// <summary>Whether a name is that of a column of the table; null when there is no table.</summary>
    public Func<string, bool>? IsColumn { get; init; }
}
