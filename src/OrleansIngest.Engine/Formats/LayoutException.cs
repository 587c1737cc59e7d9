namespace OrleansIngest.Engine.Formats;

/// <summary>An input cannot be read as its format; the message is for people.</summary>
public sealed class LayoutException : Exception
{
    /// <param name="message">What is wrong, where, and what to do.</param>
    public LayoutException(string message) : base(message) { }
}
