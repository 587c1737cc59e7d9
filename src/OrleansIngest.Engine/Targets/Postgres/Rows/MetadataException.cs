namespace OrleansIngest.Engine.Targets.Postgres.Rows;

/// <summary>What is known of a file does not fit the columns that its pipeline fills with it; the message is for people.</summary>
public sealed class MetadataException : Exception
{
    /// <param name="message">Which column, which value, and why.</param>
    public MetadataException(string message) : base(message) { }
}
