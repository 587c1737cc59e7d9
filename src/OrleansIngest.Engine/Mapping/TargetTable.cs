using Npgsql;

namespace OrleansIngest.Engine.Mapping;

/// <summary>The table that is loaded, as <c>pg_catalog</c> describes it at the moment of reading.</summary>
public sealed record TargetTable
{
    /// <summary><c>pg_class.oid</c>; a dropped and re-created table has another one.</summary>
    public required uint Oid { get; init; }

    /// <summary>Schema as stored (not quoted).</summary>
    public required string Schema { get; init; }

    /// <summary>Name as stored (not quoted).</summary>
    public required string Name { get; init; }

    /// <summary>Schema and name, quoted where SQL needs it: to be put into a statement as it is.</summary>
    public required string QuotedName { get; init; }

    /// <summary>All columns in the table's order, dropped ones left out; never empty unless the table has none.</summary>
    public required IReadOnlyList<TargetColumn> Columns { get; init; }

    /// <summary>Looks the table up and checks that rows can be copied into it.</summary>
    /// <param name="connection">Open; its <c>search_path</c> decides where a name without a schema is found.</param>
    /// <param name="qualifiedName"><c>table</c> or <c>schema.table</c> by SQL's rules: folded to lower case unless in double quotes.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <exception cref="TargetTableException">No such table, not a table, or no right to insert.</exception>
    public static Task<TargetTable> ReadAsync(
        NpgsqlConnection connection, string qualifiedName, CancellationToken cancellationToken)
        => new TargetTableReader(connection, qualifiedName).ReadAsync(cancellationToken);
}
