using Npgsql;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>Why the server refuses one row.</summary>
/// <param name="SqlState">Five characters.</param>
/// <param name="Message">The server's message, in its language.</param>
/// <param name="Detail">Its detail; null for none.</param>
/// <param name="Column">The column at fault, if known.</param>
readonly record struct RowRefusal(string SqlState, string Message, string? Detail, string? Column)
{
    /// <summary>The refusal of a failed COPY of one row.</summary>
    public static RowRefusal Of(PostgresException failure, IReadOnlyList<TargetColumn> columns) =>
        new(failure.SqlState, failure.MessageText, failure.Detail, ServerRefusal.ColumnOf(failure, columns));
}
