using Npgsql;

namespace OrleansIngest.Engine.Targets.Postgres.Tables;

/// <summary>The target table as described by <c>pg_catalog</c> at the moment of reading.</summary>
public sealed record TargetTable
{
    /// <summary><c>pg_class.oid</c>; a dropped and recreated table has a different one.</summary>
    public required uint Oid { get; init; }

    /// <summary>Schema as stored (not quoted).</summary>
    public required string Schema { get; init; }

    /// <summary>Name as stored (not quoted).</summary>
    public required string Name { get; init; }

    /// <summary>Schema and name, quoted where SQL requires it, for use in statements.</summary>
    public required string QuotedName { get; init; }

    /// <summary>The name by which it was looked up, and under which <see cref="Shape"/> is compared.</summary>
    public string WrittenName { get; init; } = "";

    /// <summary>Its <c>ingest.table_shape</c>: rows that are encoded for this table may be committed only while the shape is
    /// unchanged. Null if not requested (<see cref="ReadAsync"/>).</summary>
    public string? Shape { get; init; }

    /// <summary>Whether a BEFORE trigger may discard rows.</summary>
    public bool MayDiscardRows { get; init; }

    /// <summary>Whether inserting rows from a temporary table has the same effect as COPY: rules would change an INSERT, and the
    /// role may lack the privilege to create a temporary table.</summary>
    public bool MayStage { get; init; }

    /// <summary>What a merge into it needs to know; null if not requested (<see cref="WithMergeFactsAsync"/>).</summary>
    public MergeFacts? MergeFacts { get; init; }

    /// <summary>All columns in the table's order, without dropped ones; empty only if the table has none.</summary>
    public required IReadOnlyList<TargetColumn> Columns { get; init; }

    /// <summary>Looks the table up and checks that rows can be copied into it.</summary>
    /// <param name="connection">Open; its <c>search_path</c> decides where a name without a schema is found.</param>
    /// <param name="qualifiedName"><c>table</c> or <c>schema.table</c> by SQL's rules: folded to lower
    /// case unless in double quotes.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <exception cref="TargetTableException">No such table, not a table, or no privilege to insert.</exception>
    public static Task<TargetTable> ReadAsync(
        NpgsqlConnection connection, string qualifiedName, CancellationToken cancellationToken)
        => new TargetTableReader(connection, qualifiedName).ReadAsync(cancellationToken);

    /// <summary>The same table with its <see cref="MergeFacts"/>.</summary>
    public async Task<TargetTable> WithMergeFactsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        this with { MergeFacts = await MergeFacts.ReadAsync(connection, this, cancellationToken).ConfigureAwait(false) };

    /// <summary>The same, with its <see cref="Shape"/>.</summary>
    /// <param name="connection">Open, to a database with the ledger.</param>
    /// <param name="qualifiedName">As above.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <exception cref="TargetTableException">As above.</exception>
    public static async Task<TargetTable> ReadWithShapeAsync(
        NpgsqlConnection connection, string qualifiedName, CancellationToken cancellationToken)
    {
        var before = await TableShape.ReadAsync(connection, qualifiedName, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var table = await ReadAsync(connection, qualifiedName, cancellationToken).ConfigureAwait(false);
            var after = await TableShape.ReadAsync(connection, qualifiedName, cancellationToken).ConfigureAwait(false);
            if (before == after) return table with { Shape = after };
            before = after; // changed while it was read: the result may be a mixture
        }
    }
}
