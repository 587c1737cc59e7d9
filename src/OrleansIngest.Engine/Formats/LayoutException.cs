namespace OrleansIngest.Engine.Formats;

/// <summary>An input cannot be read in its format. The message is human-readable.</summary>
public sealed class LayoutException : Exception
{
    /// <param name="message">What is wrong, where, and what to do.</param>
    public LayoutException(string message) : base(message) { }
}
