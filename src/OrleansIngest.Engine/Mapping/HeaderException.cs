namespace OrleansIngest.Engine.Mapping;

/// <summary>The file's header cannot be bound to the table, and the file is quarantined with this message. NUL, which PostgreSQL
/// cannot store in text, is shown as U+FFFD.</summary>
public sealed class HeaderException(string message) : Exception(message.Replace('\0', '\uFFFD'))
{
    /// <summary>The result of the function, or null if it throws this exception.</summary>
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
