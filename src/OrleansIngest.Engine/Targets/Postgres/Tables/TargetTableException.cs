namespace OrleansIngest.Engine.Targets.Postgres.Tables;

/// <summary>The table of a pipeline cannot be loaded. The message explains the reason to the author of the
/// configuration.</summary>
public sealed class TargetTableException : Exception
{
    /// <param name="message">Human-readable: the name as it was written, and what is wrong with it.</param>
    public TargetTableException(string message)
        : base(message)
    {
    }

    /// <param name="message">Human-readable: the name as it was written, and what is wrong with it.</param>
    /// <param name="innerException">The server's error.</param>
    public TargetTableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether there is no such table. Default: false.</summary>
    public bool IsMissing { get; init; }

    /// <summary>Whether the file is the cause, so that waiting for the table to change does not help. Default: false.</summary>
    public bool IsOfTheFile { get; init; }
}
