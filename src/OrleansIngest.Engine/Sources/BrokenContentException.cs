namespace OrleansIngest.Engine.Sources;

/// <summary>Stored bytes do not decode: cut off, damaged, or more than the limits allow. The file is quarantined with what is committed of it.</summary>
public sealed class BrokenContentException : Exception
{
    /// <param name="message">For people: what is wrong, where, and what to do.</param>
    public BrokenContentException(string message) : base(message) { }

    /// <param name="message">For people: what is wrong, where, and what to do.</param>
    /// <param name="cause">What the decoder said.</param>
    public BrokenContentException(string message, Exception cause) : base(message, cause) { }
}
