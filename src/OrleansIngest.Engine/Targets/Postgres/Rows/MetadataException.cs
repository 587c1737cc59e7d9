namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>The metadata of a file is not valid for the columns that its pipeline fills with it. The message is
/// human-readable.</summary>
public sealed class MetadataException : Exception
{
    /// <param name="message">Which column, which value, and why.</param>
    public MetadataException(string message) : base(message) { }
}
