using Npgsql;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Inference;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Loading;

/// <summary>Makes the table that a first file asks for: <c>load --create</c>.</summary>
static class TableCreation
{
    const long SampledRecords = 100_000;

    /// <summary>Creates the pipeline's table from a file's columns, unless it is there. Either way, files of this form then find their columns.</summary>
    /// <param name="context">Hears of it.</param>
    /// <param name="database">Where.</param>
    /// <param name="pipeline">Its table is created; it gets the delimiter and the header names that the file has.</param>
    /// <param name="path">The file.</param>
    /// <param name="delimiterIsChosen">Whether somebody asked for the pipeline's delimiter; else a comma is taken for nobody's choice.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="CliException">Nothing can be inferred from the file, or the table's name cannot be used.</exception>
    public static async Task EnsureAsync(
        CliContext context, OpenDatabase database, PipelineOptions pipeline, string path, bool delimiterIsChosen, CancellationToken cancellationToken)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        var exists = await ExistsAsync(connection, pipeline.Table, cancellationToken);
        var table = Infer(path, pipeline.Csv, delimiterIsChosen, exists ? 1 : SampledRecords);
        var name = Unquoted(pipeline.Table);
        pipeline.Csv.Delimiter = table.Delimiter;
        if (pipeline.Columns.Count == 0)
            pipeline.Columns = table.ToPipeline(pipeline.Name, ".", name, pipeline.Csv.Header).Columns;
        if (exists)
            return;
        await using var create = new NpgsqlCommand(table.CreateTable(name), connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
        context.Error.WriteLine($"ingest: created {pipeline.Table} ({string.Join(", ", table.Columns.Select(column => $"{column.Name} {column.SqlType}"))})");
    }

    static async Task<bool> ExistsAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var look = new NpgsqlCommand("SELECT to_regclass($1) IS NOT NULL", connection) { Parameters = { new() { Value = table } } };
        return await look.ExecuteScalarAsync(cancellationToken) is true;
    }

    static InferredTable Infer(string path, CsvOptions csv, bool delimiterIsChosen, long records)
    {
        try
        {
            // The usual comma may as well have been a semicolon: nobody chose it.
            var auto = new CsvOptions { Delimiter = csv.Delimiter == ',' && !delimiterIsChosen ? null : csv.Delimiter, Quote = csv.Quote, Header = csv.Header, MaxRecordBytes = csv.MaxRecordBytes };
            return TableInference.Read(path, auto, records);
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
