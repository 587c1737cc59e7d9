using Npgsql;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>The server's refusal of one row.</summary>
static class ServerRefusal
{
    /// <summary>A code of <see cref="RejectReason"/>.</summary>
    public static string ReasonOf(string sqlState) =>
        sqlState.StartsWith("22", StringComparison.Ordinal) ? RejectReason.BadValue : RejectReason.Constraint;

    /// <summary>The server's message.</summary>
    public static string DetailOf(string message, string? detail) =>
        detail is { Length: > 0 } ? $"{message} ({detail})" : message;

    /// <summary>Why a file cannot be loaded, human-readable.</summary>
    public static string OfFile(Exception failure) => failure is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled }
        ? $"{failure.Message}. One row takes longer than statement_timeout allows: raise the limit for this role (ALTER ROLE "
            + "… SET statement_timeout), or check the table's triggers"
        : failure.Message;

    /// <summary>The column at fault: the server names it in a field of its own, or in the context of a COPY, before the value:
    /// «COPY t, line 3, column price: "x"». The context is translated, but not the names. Null if it names none.</summary>
    public static string? ColumnOf(PostgresException refusal, IReadOnlyList<TargetColumn> columns)
    {
        if (refusal.ColumnName is { Length: > 0 } named) return named;
        if (refusal.Where is not { Length: > 0 } context) return null;
        return columns.Select(c => (c.Name, At: PlaceOf(context, c.Name))).Where(c => c.At >= 0)
            .OrderBy(c => c.At).ThenByDescending(c => c.Name.Length).FirstOrDefault().Name;
    }

    /// <summary>Whether a row that was refused for this may be accepted once other rows are inserted: a child before its parent,
    /// a condition of a trigger. Invalid values, failed checks and duplicate keys are never accepted.</summary>
    public static bool MayPassLater(string sqlState) =>
        !sqlState.StartsWith("22", StringComparison.Ordinal)
        && sqlState is not (PostgresErrorCodes.NotNullViolation or PostgresErrorCodes.UniqueViolation
            or PostgresErrorCodes.CheckViolation
            or PostgresErrorCodes.ExclusionViolation);

    /// <summary>Position of the name as a whole word at the end of its line, or before a colon; -1 if not found.</summary>
    static int PlaceOf(string context, string name)
    {
        for (var at = context.IndexOf(name, StringComparison.Ordinal); at >= 0;
            at = context.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            var end = at + name.Length;
            if (at > 0 && !char.IsLetterOrDigit(context[at - 1]) && (end == context.Length || context[end] is ':' or '\n'))
                return at;
        }

        return -1;
    }
}
