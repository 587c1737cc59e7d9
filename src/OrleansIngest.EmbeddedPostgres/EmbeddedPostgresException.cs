namespace OrleansIngest.EmbeddedPostgres;

/// <summary>The private PostgreSQL cannot be used. The message says what to do.</summary>
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

    /// <summary>True when this machine has no PostgreSQL programs; a test may then be skipped. Default: false.</summary>
    public bool BinariesMissing { get; init; }

    /// <summary>True when this user may not write to the data folder, or its file system is read-only. Default: false.</summary>
    public bool IsNotWritable { get; init; }
}
