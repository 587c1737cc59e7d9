using System.Globalization;
using Npgsql;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Inference;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Metadata;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Commands.Loading;

/// <summary>Makes the table that a first file asks for: <c>load --create</c>.</summary>
static class TableCreation
{
    const long SampledRecords = 100_000;

    /// <summary>Creates the pipeline's table from a file's columns, unless it exists, and keeps which field fills which column: files with this header then
    /// bind the same way, whoever loads them.</summary>
    /// <param name="context">Hears of it.</param>
    /// <param name="database">Where.</param>
    /// <param name="pipeline">Its table is created; files are read as they are found to be, when nobody chose the delimiter.</param>
    /// <param name="path">The file.</param>
    /// <param name="delimiterIsChosen">Whether somebody asked for the pipeline's delimiter; else a comma is taken for nobody's choice.</param>
    /// <param name="keepNames">Whether columns are named as in the file.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="CliException">Nothing can be inferred from the file, or the table's name cannot be used.</exception>
    public static async Task EnsureAsync(
        CliContext context, OpenDatabase database, PipelineOptions pipeline, string path, bool delimiterIsChosen, bool keepNames,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        var exists = await ExistsAsync(connection, pipeline.Table, cancellationToken);
        var table = Infer(path, pipeline, delimiterIsChosen, keepNames, exists ? 1 : SampledRecords);
        if (!exists && pipeline.Compute.Keys.FirstOrDefault(name => table.Columns.All(column => column.Name != name)) is { } computed)
        {
            throw new CliException(
                $"--create cannot tell the type of column {computed}, which is computed: create {pipeline.Table} first (ingest init {path} prints the other columns), "
                + "and load without --create");
        }

        if (!delimiterIsChosen && pipeline.Csv.Delimiter == ",") pipeline.Csv.Delimiter = null; // what was found of this file holds for it alone
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!exists)
        {
            await using var create = new NpgsqlCommand(WithMetadata(table, pipeline).CreateTable(Unquoted(pipeline.Table)), connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
            await AddKeyAsync(connection, pipeline, cancellationToken);
        }

        if (table.HasNames && (!exists || await HasAllAsync(connection, pipeline.Table, table, cancellationToken)))
        {
            var mapping = new HeaderMapping([.. table.Columns.Select(column => column.Header)], [.. table.Columns.Select(column => column.Name)]);
            await HeaderMappings.KeepAsync(connection, pipeline.Table, mapping, isNew: !exists, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        if (!exists)
            context.Error.WriteLine($"ingest: created {pipeline.Table} ({Described(WithMetadata(table, pipeline))})");
    }

    /// <summary>A table that rows are merged into needs its key.</summary>
    static async Task AddKeyAsync(NpgsqlConnection connection, PipelineOptions pipeline, CancellationToken cancellationToken)
    {
        if (pipeline.Key.Count == 0) return;
        var table = string.Join('.', Unquoted(pipeline.Table).Split('.', 2).Select(SqlName.Quote));
        await using var add = new NpgsqlCommand(
            $"ALTER TABLE {table} ADD PRIMARY KEY ({string.Join(", ", pipeline.Key.Select(SqlName.Quote))})", connection);
        try
        {
            await add.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.UndefinedColumn)
        {
            throw new CliException($"--key cannot be the primary key of the new table {pipeline.Table}: {failure.MessageText}");
        }
    }

    /// <summary>The columns that metadata fills come behind those of the file, and then the one for fields without a column.</summary>
    static InferredTable WithMetadata(InferredTable table, PipelineOptions pipeline)
    {
        if (pipeline.Metadata.Keys.FirstOrDefault(name => table.Columns.Any(column => column.Name == name)) is { } twice)
            throw new CliException($"column {twice} is in the file and is to be filled with metadata: give the metadata's column another name");
        var columns = table.Columns.Concat(pipeline.Metadata.Select(m => new InferredColumn("", m.Key, TypeOf(m.Value))));
        if (pipeline.RescueColumn is not { } rescue) return table with { Columns = [.. columns] };
        if (table.Columns.Any(column => column.Name == rescue))
            throw new CliException($"column {rescue} is in the file, and fields without a column are to go there: give --rescue-column another name");
        return table with { Columns = [.. columns, new InferredColumn("", rescue, "jsonb")] };
    }

    static string TypeOf(string template) => MetadataTemplate.Parse(template).Single switch
    {
        MetadataVariable.FileId or MetadataVariable.Line or MetadataVariable.Record or MetadataVariable.Position => "bigint",
        MetadataVariable.Version => "integer",
        MetadataVariable.Now => "timestamptz",
        _ => "text",
    };

    /// <summary>Whether a table that exists could have been made for such a file; then its names are chosen already.</summary>
    static async Task<bool> HasAllAsync(NpgsqlConnection connection, string table, InferredTable inferred, CancellationToken cancellationToken)
    {
        var found = await TargetTable.ReadAsync(connection, table, cancellationToken);
        return inferred.Columns.All(column => found.Columns.Any(existing => existing.Name == column.Name && !existing.IsGenerated));
    }

    static string Described(InferredTable table)
    {
        const int Most = 50;
        var columns = string.Join(", ", table.Columns.Take(Most).Select(column => $"{column.Name} {column.SqlType}"));
        return table.Columns.Count > Most ? string.Create(CultureInfo.InvariantCulture, $"{columns}, … and {table.Columns.Count - Most:N0} more") : columns;
    }

    static async Task<bool> ExistsAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var look = new NpgsqlCommand("SELECT to_regclass($1) IS NOT NULL", connection) { Parameters = { new() { Value = table } } };
        return await look.ExecuteScalarAsync(cancellationToken) is true;
    }

    static InferredTable Infer(string path, PipelineOptions pipeline, bool delimiterIsChosen, bool keepNames, long records)
    {
        var csv = pipeline.Csv;
        try
        {
            // The usual comma may as well have been a semicolon: nobody chose it.
            var auto = csv.Delimiter == "," && !delimiterIsChosen ? csv.WithDelimiter(null) : csv;
            var options = new PipelineOptions { Csv = auto, Format = pipeline.Format, Json = pipeline.Json, Fixed = pipeline.Fixed, Excel = pipeline.Excel };
            return TableInference.Read(path, options, records, new ColumnNaming { KeepNames = keepNames, Given = pipeline.Columns });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CliException(exception.Message);
        }
    }

    /// <summary>The name as the catalogue has it, by SQL's rule: small letters unless quoted.</summary>
    static string Unquoted(string table) => string.Join('.', table.Split('.').Select(part =>
        part.Length > 2 && part[0] == '"' && part[^1] == '"' ? part[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : part.ToLowerInvariant()));
}
