namespace OrleansIngest.Engine.Sources;

/// <summary>Stored bytes cannot be decoded: truncated, damaged, or beyond the limits. The file is quarantined, and its
/// committed part stays.</summary>
public sealed class BrokenContentException : Exception
{
    /// <param name="message">Human-readable: what is wrong, where, and what to do.</param>
    public BrokenContentException(string message) : base(message) { }

    /// <param name="message">Human-readable: what is wrong, where, and what to do.</param>
    /// <param name="cause">The decoder's exception.</param>
    public BrokenContentException(string message, Exception cause) : base(message, cause) { }
}
