namespace OrleansIngest.EmbeddedPostgres;

/// <summary>The private PostgreSQL cannot be used. The message says what a person can do about it.</summary>
public sealed class EmbeddedPostgresException : Exception
{
    public EmbeddedPostgresException(string message)
        : base(message)
    {
    }

    public EmbeddedPostgresException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>True when no PostgreSQL programs were found on this machine (a test may skip
    /// itself then). Default: false.</summary>
    public bool BinariesMissing { get; init; }
}
