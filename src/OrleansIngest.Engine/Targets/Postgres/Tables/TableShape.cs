using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Targets.Postgres.Tables;

/// <summary>Proves that tables still have the shape for which rows were encoded: <c>ingest.table_shape</c> is a text that
/// describes relation, columns, triggers that may discard rows, and the session's settings for text input.</summary>
/// <remarks>After a COPY into the table, the proof holds until the end of the transaction, because COPY's lock prevents changes
/// of definitions.</remarks>
static class TableShape
{
    /// <summary>The SQLSTATE of a failed proof, used only by <c>ingest.require_shape</c>.</summary>
    public const string Changed = "OI001";

    /// <summary>The current shape; null if there is no such table.</summary>
    public static async Task<string?> ReadAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT ingest.table_shape($1)", connection)
        { Parameters = { new() { Value = name } } };
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as string;
    }

    /// <summary>Adds a command that fails with <see cref="Changed"/> unless every table has the given shape; it returns no
    /// row.</summary>
    public static void AddProof(NpgsqlBatch batch, IReadOnlyCollection<ShapedTable> tables)
    {
        if (tables.Count == 0) return;
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT * FROM ingest.require_shape($1, $2)")
        {
            Parameters = { Texts(tables.Select(t => t.Name)), Texts(tables.Select(t => t.Shape)) },
        });
    }

    /// <summary>Fails with <see cref="Changed"/> unless every table has the given shape.</summary>
    public static async Task ProveAsync(
        NpgsqlConnection connection, IReadOnlyCollection<ShapedTable> tables, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        AddProof(batch, tables);
        await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The tables whose shape has changed.</summary>
    public static async Task<IReadOnlySet<ShapedTable>> ChangedAsync(
        NpgsqlConnection connection, IReadOnlyList<ShapedTable> tables, CancellationToken cancellationToken)
    {
        var changed = new HashSet<ShapedTable>();
        foreach (var table in tables)
        {
            if (await ReadAsync(connection, table.Name, cancellationToken).ConfigureAwait(false) != table.Shape)
                changed.Add(table);
        }

        return changed;
    }

    static NpgsqlParameter Texts(IEnumerable<string> texts) =>
        new() { Value = texts.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
