namespace OrleansIngest.Engine.Mapping;

/// <summary>The file's header cannot be bound to the table, and the file is quarantined with this message. NUL, which
/// databases cannot store in a text, is shown as U+FFFD.</summary>
public sealed class HeaderException(string message) : Exception(message.Replace('\0', '\uFFFD'))
{
    /// <summary>What the function returns, or null when it throws this.</summary>
    internal static T? NullIfThrown<T>(Func<T> function)
        where T : class
    {
        try
        {
            return function();
        }
        catch (HeaderException)
        {
            return null;
        }
    }
}
