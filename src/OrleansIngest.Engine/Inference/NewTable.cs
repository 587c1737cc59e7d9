using System.Globalization;
using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Metadata;

namespace OrleansIngest.Engine.Inference;

/// <summary>The table created from a pipeline's first file, for <c>createTable</c> and <c>load --create</c>.</summary>
public sealed class NewTable
{
    const int ShownColumns = 50;

    /// <summary>Number of records sampled from the file.</summary>
    public const long SampledRecords = 100_000;

    readonly PipelineOptions _pipeline;
    readonly InferredTable _ofFile;
    readonly InferredTable _table;

    NewTable(InferredTable ofFile, InferredTable table, PipelineOptions pipeline) =>
        (_ofFile, _table, _pipeline) = (ofFile, table, pipeline);

    /// <summary>The columns of the file, after them those that the pipeline's metadata fills, and then the one
    /// for fields without a column.</summary>
    /// <param name="inferred">The table inferred from the file.</param>
    /// <param name="pipeline">Names the table.</param>
    /// <exception cref="InvalidDataException">A column would occur twice.</exception>
    public static NewTable Of(InferredTable inferred, PipelineOptions pipeline)
    {
        if (pipeline.Metadata.Keys.FirstOrDefault(name => inferred.Columns.Any(column => column.Name == name)) is { } twice)
            throw new InvalidDataException($"column {twice} is in the file and in metadata: choose another name in metadata");
        var metadata = pipeline.Metadata.Select(m => new InferredColumn("", m.Key, TypeOf(m.Value)));
        if (pipeline.RescueColumn is not { } rescue)
            return new NewTable(inferred, inferred with { Columns = [.. inferred.Columns, .. metadata] }, pipeline);
        if (inferred.Columns.Any(column => column.Name == rescue))
            throw new InvalidDataException(
                $"column {rescue} is in the file, and rescueColumn (--rescue-column) has the same name: choose another one");
        return new NewTable(inferred,
            inferred with { Columns = [.. inferred.Columns, .. metadata, new InferredColumn("", rescue, "jsonb")] }, pipeline);
    }

    /// <summary>The computed column whose type is unknown, because the file does not have it; null for none.</summary>
    public string? Untyped => _pipeline.Compute.Keys.FirstOrDefault(name => _ofFile.Columns.All(column => column.Name != name));

    /// <summary>The column that a rule of the pipeline is about and that the table would not have; null for none.</summary>
    public string? Unruled => _pipeline.Rules.Select(rule => rule.Column)
        .FirstOrDefault(name => _table.Columns.All(column => column.Name != name));

    /// <summary>The statement that creates it, without the key.</summary>
    public string Sql => _table.CreateTable(Parts(_pipeline.Table));

    /// <summary>Creates it, with the pipeline's key as its primary key, inside the transaction in progress.</summary>
    /// <exception cref="InvalidDataException">The key names a column that the table does not have.</exception>
    /// <exception cref="PostgresException">The server refuses.</exception>
    public async Task CreateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var create = new NpgsqlCommand(Sql, connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
        if (_pipeline.Key.Count == 0) return;
        // A table that rows are merged into needs its key.
        var key = string.Join(", ", _pipeline.Key.Select(SqlName.Quote));
        var table = string.Join('.', Parts(_pipeline.Table).Select(SqlName.Quote));
        await using var add = new NpgsqlCommand($"ALTER TABLE {table} ADD PRIMARY KEY ({key})", connection);
        try
        {
            await add.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.UndefinedColumn)
        {
            throw new InvalidDataException(
                $"key cannot be the primary key of the new table {_pipeline.Table}: {failure.MessageText}");
        }
    }

    /// <summary>Stores which field fills which column, so that files with this header always bind the same way.</summary>
    /// <param name="connection">In the transaction that created the table, or after it.</param>
    /// <param name="isNew">Whether it was created just now.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task KeepMappingAsync(NpgsqlConnection connection, bool isNew, CancellationToken cancellationToken)
    {
        if (!_ofFile.HasNames) return;
        var mapping = new HeaderMapping([.. _ofFile.Columns.Select(column => column.Header)],
            [.. _ofFile.Columns.Select(column => column.Name)]);
        await HeaderMappings.KeepAsync(connection, _pipeline.Table, mapping, isNew, cancellationToken);
    }

    /// <summary>Whether the pipeline's table exists.</summary>
    public static async Task<bool> ExistsAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var look = new NpgsqlCommand("SELECT to_regclass($1) IS NOT NULL", connection)
        { Parameters = { new() { Value = table } } };
        return await look.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Its name and columns, human-readable.</summary>
    public override string ToString()
    {
        var columns = string.Join(", ", _table.Columns.Take(ShownColumns).Select(column => $"{column.Name} {column.SqlType}"));
        var left = _table.Columns.Count - ShownColumns;
        var more = left > 0 ? string.Create(CultureInfo.InvariantCulture, $", … and {left:N0} more") : "";
        return $"{_pipeline.Table} ({columns}{more})";
    }

    static string TypeOf(string template) => MetadataTemplate.Parse(template).Single switch
    {
        MetadataVariable.FileId or MetadataVariable.Line or MetadataVariable.Record or MetadataVariable.Position => "bigint",
        MetadataVariable.Version => "integer",
        MetadataVariable.Now => "timestamptz",
        _ => "text",
    };

    /// <summary>Schema and name as in the catalogue, by SQL's rule: lower case unless quoted.</summary>
    static IReadOnlyList<string> Parts(string table)
    {
        var parts = new List<string>();
        var isQuoted = false;
        var start = 0;
        for (var i = 0; i <= table.Length; i++)
        {
            if (i < table.Length && table[i] == '"') isQuoted = !isQuoted;
            if (i < table.Length && (isQuoted || table[i] != '.')) continue;
            var part = table[start..i].Trim();
            var wasQuoted = part.Length > 2 && part[0] == '"' && part[^1] == '"';
            parts.Add(wasQuoted ? part[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : part.ToLowerInvariant());
            start = i + 1;
        }

        return parts;
    }
}
