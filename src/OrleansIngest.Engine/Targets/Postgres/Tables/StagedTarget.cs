using Npgsql;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Targets.Postgres.Tables;

/// <summary>The requirements for a table into which the rows of a file are inserted by one INSERT.</summary>
static class StagedTarget
{
    /// <summary>The option of a pipeline that deletes rows of its table when a file becomes visible; null for none.</summary>
    public static string? DeletesOf(PipelineOptions options) =>
        options.Write == WriteMode.ReplaceTable ? "write: replaceTable"
            : options.OnChange == ChangePolicy.Replace ? "onChange: replace" : null;

    /// <summary>Why it cannot be done; null if it can.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="table">Quoted, qualified name.</param>
    /// <param name="deletes">The option that deletes existing rows, such as <c>write: replaceTable</c>; null if none are
    /// deleted.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<string?> WhyNotAsync(
        NpgsqlConnection connection, string table, string? deletes, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT relhasrules, has_table_privilege(oid, 'DELETE') FROM pg_catalog.pg_class WHERE oid = to_regclass($1)",
            connection)
        { Parameters = { new() { Value = table } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return $"table {table} does not exist";
        if (reader.GetBoolean(0))
        {
            return $"{table} has a rule (CREATE RULE), which would change the rows that are inserted from a stage: wholeFile, "
                + "thresholds and write: replaceTable do not support rules. Use a trigger instead";
        }

        return deletes is not null && !reader.GetBoolean(1)
            ? $"{deletes} deletes rows of {table}, and this database user has no DELETE privilege on it: GRANT DELETE ON {table} "
                + "TO its role"
            : null;
    }
}
