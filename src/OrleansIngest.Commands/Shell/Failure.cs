using Npgsql;
using OrleansIngest.Commands.Logging;

namespace OrleansIngest.Commands.Shell;

/// <summary>Says what went wrong to somebody who does not know the code. Cold, so that nothing here is loaded on the good path.</summary>
static class Failure
{
    /// <summary>A sentence or two, without passwords.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="withStack">Whether a developer reads.</param>
    public static string Describe(Exception exception, bool withStack)
    {
        var message = withStack ? exception.ToString() : exception switch
        {
            PostgresException server => $"the database says: {server.MessageText} ({server.SqlState})",
            NpgsqlException client => $"the database cannot be reached: {client.InnerException?.Message ?? client.Message}",
            IOException or UnauthorizedAccessException => exception.Message,
            _ => $"{exception.Message} ({exception.GetType().Name}; --log-level debug shows where)",
        };
        return new SecretMask().Apply(message);
    }
}
