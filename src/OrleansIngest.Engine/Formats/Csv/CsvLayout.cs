using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Formats.Csv;

/// <summary>How the records of a CSV file are laid out.</summary>
sealed record CsvLayout : RecordLayout
{
    /// <summary>The dialect, with the delimiter that is in use.</summary>
    public required CsvOptions Dialect { get; init; }

    /// <inheritdoc/>
    public override string Hint() => DelimiterHint.For(Names);
}
