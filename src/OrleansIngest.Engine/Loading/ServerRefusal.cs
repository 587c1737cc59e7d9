using Npgsql;
using OrleansIngest.Engine.Mapping;

namespace OrleansIngest.Engine.Loading;

/// <summary>What the server's refusal of one row says about it.</summary>
static class ServerRefusal
{
    /// <summary>A code of <see cref="RejectReason"/>.</summary>
    public static string ReasonOf(PostgresException refusal) =>
        refusal.SqlState.StartsWith("22", StringComparison.Ordinal) ? RejectReason.BadValue : RejectReason.Constraint;

    /// <summary>The server's words.</summary>
    public static string DetailOf(PostgresException refusal) =>
        refusal.Detail is { Length: > 0 } detail ? $"{refusal.MessageText} ({detail})" : refusal.MessageText;
}
