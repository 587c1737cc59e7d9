using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Targets.Postgres.Rows;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Computing;

/// <summary>The types of a plan's expressions, as reported by the server.</summary>
/// <param name="AsText">Computed columns whose field is read as text, because the expression does not accept the column's
/// type.</param>
/// <param name="CastTypes">For each computed column, <see cref="ComputedColumn.CastType"/>.</param>
public sealed record ComputeTypes(IReadOnlySet<string> AsText, IReadOnlyDictionary<string, string> CastTypes);

/// <summary>An expression or a lookup that the server refuses.</summary>
/// <param name="message">Human-readable.</param>
/// <param name="isOfTheFile">Whether a name in it is unknown: another file may have it.</param>
sealed class ComputeException(string message, bool isOfTheFile) : Exception(message)
{
    public bool IsOfTheFile => isOfTheFile;
}

/// <summary>Lets the server check the expressions of a plan before the first record, once per plan.</summary>
static class ComputeCheck
{
    const string UndefinedColumn = "42703";

    /// <summary>Finds types that all expressions accept.</summary>
    /// <param name="connection">Open; may be inside a transaction, which stays healthy.</param>
    /// <param name="plan">With computed columns.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ComputeException">The server refuses an expression.</exception>
    public static async Task<ComputeTypes> SettleAsync(
        NpgsqlConnection connection, CopyPlan plan, CancellationToken cancellationToken)
    {
        var compute = plan.Compute!;
        var sql = new ComputeSql(compute);
        var casts = await CastTypesAsync(connection, compute, cancellationToken);
        var asText = new HashSet<string>(StringComparer.Ordinal);
        foreach (var column in compute.Columns)
        {
            if (compute.Inputs.All(i => i.Column.Name != column.Column.Name || i.Column.BaseTypeOid == 25)) continue;
            if (await RefusedAsync(connection, sql.Trial(plan.Table, column, TypeOf), cancellationToken) is null) continue;
            asText.Add(column.Column.Name);
            if (await RefusedAsync(connection, sql.Trial(plan.Table, column, TypeOf), cancellationToken) is not null)
                asText.Remove(column.Column.Name);
        }

        foreach (var column in compute.Columns)
        {
            if (await RefusedAsync(connection, sql.Trial(plan.Table, column, TypeOf), cancellationToken) is { } refusal)
            {
                throw new ComputeException(
                    $"column \"{column.Column.Name}\" cannot be computed as {column.Expression}: {Explain(refusal, compute)}",
                    refusal.State == UndefinedColumn);
            }
        }

        foreach (var lookup in compute.Lookups)
        {
            if (await RefusedAsync(connection, ComputeSql.Trial(lookup), cancellationToken) is { } refusal)
            {
                throw new ComputeException(
                    $"the rule foundIn of column \"{lookup.Column.Name}\" cannot query {lookup.Table}({lookup.Key}): "
                        + $"{refusal.Message}", isOfTheFile: false);
            }
        }

        return new ComputeTypes(asText, casts);

        string TypeOf(ComputeInput input) => asText.Contains(input.Column.Name) ? "text" : input.Column.BaseTypeName;
    }

    /// <summary>The server's objection to a statement; null for none.</summary>
    public static async Task<(string State, string Message, string Hint)?> RefusedAsync(
        NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT state, message, hint FROM ingest.refuse_statement($1)", connection)
        {
            Parameters = { new() { Value = statement } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetString(0), reader.GetString(1), reader.GetString(2)) : null;
    }

    static string Explain((string State, string Message, string Hint) refusal, ComputePlan plan) => refusal.State switch
    {
        UndefinedColumn =>
            $"{refusal.Message}; of the names in the expressions, the file has "
                + string.Join(", ", plan.Inputs.SelectMany(i => i.Names).Select(QuotedName.Of)),
        "42803" or "42P20" or "0A000" => $"an expression must compute one value from each record alone: {refusal.Message}",
        _ => refusal.Hint.Length > 0 ? $"{refusal.Message} ({refusal.Hint})" : refusal.Message,
    };

    static async Task<Dictionary<string, string>> CastTypesAsync(
        NpgsqlConnection connection, ComputePlan plan, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT t.oid::bigint, format('%I.%I', n.nspname, t.typname), has_database_privilege(current_database(), 'TEMP')
            FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE t.oid = ANY ($1)
                OR t.oid = 25
            """,
            connection)
        {
            Parameters = { new() { Value = plan.Columns.Select(c => c.Column.BaseTypeOid).ToArray(),
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Oid } },
        };
        var names = new Dictionary<uint, string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            names[(uint)reader.GetInt64(0)] = reader.GetString(1);
            if (!reader.GetBoolean(2))
            {
                throw new ComputeException(
                    "compute and foundIn use a temporary table: the database user needs the privilege TEMPORARY on the database",
                    isOfTheFile: false);
            }
        }

        return plan.Columns.ToDictionary(c => c.Column.Name, c => names[c.Column.BaseTypeOid], StringComparer.Ordinal);
    }
}
