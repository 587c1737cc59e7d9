using Npgsql;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Inference;
using OrleansIngest.Engine.Mapping;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Commands.Loading;

/// <summary>Creates a missing table from its first file: <c>load --create</c>.</summary>
static class TableCreation
{
    /// <summary>Creates the pipeline's table from a file's columns, unless it exists, and stores which field fills which column:
    /// files with this header then always bind the same way.</summary>
    /// <param name="context">Receives the messages.</param>
    /// <param name="database">Where.</param>
    /// <param name="pipeline">Its table is created; the dialect of files is detected if the delimiter was not chosen.</param>
    /// <param name="file">The file, or pipe.</param>
    /// <param name="delimiterIsChosen">Whether the pipeline's delimiter was chosen explicitly; otherwise a
    /// comma counts as the default.</param>
    /// <param name="keepNames">Whether columns are named as in the file.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="CliException">Nothing can be inferred from the file, or the table's name cannot be used.</exception>
    public static async Task EnsureAsync(
        CliContext context, OpenDatabase database, PipelineOptions pipeline, FirstFile file, bool delimiterIsChosen,
        bool keepNames, CancellationToken cancellationToken)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        var exists = await NewTable.ExistsAsync(connection, pipeline.Table, cancellationToken);
        // A pipe may be silent for long, and Ctrl-C must end the wait.
        var inferred = await Task.Run(
            () => Infer(file, pipeline, delimiterIsChosen, keepNames, exists ? 1 : NewTable.SampledRecords), cancellationToken)
            .WaitAsync(cancellationToken);
        try
        {
            var table = NewTable.Of(inferred, pipeline);
            if (!exists && table.Untyped is { } computed)
            {
                throw new CliException(
                    $"--create cannot infer the type of column {computed}, which is computed: create {pipeline.Table} first"
                    + (file.Pipe is null ? $" (ingest init {file.Path} prints the other columns)" : "")
                    + ", and load without --create");
            }

            // the detected dialect applies only to this file
            if (!delimiterIsChosen && pipeline.Csv.Delimiter == ",") pipeline.Csv.Delimiter = null;
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (!exists) await table.CreateAsync(connection, cancellationToken);
            if (inferred.HasNames && (!exists || await HasAllAsync(connection, pipeline.Table, inferred, cancellationToken)))
                await table.KeepMappingAsync(connection, isNew: !exists, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            if (exists) return;
            context.Error.WriteLine($"ingest: created {table}");
            foreach (var column in inferred.Columns.Where(column => column.Note is not null))
                context.Error.WriteLine($"ingest:   {column.Name}: {column.Note!.ReplaceLineEndings(" ")}");
        }
        catch (InvalidDataException failure)
        {
            throw new CliException(failure.Message);
        }
    }

    /// <summary>Whether an existing table could have been created from such a file; then its names are already chosen.</summary>
    static async Task<bool> HasAllAsync(NpgsqlConnection connection, string table, InferredTable inferred,
        CancellationToken cancellationToken)
    {
        var found = await TargetTable.ReadAsync(connection, table, cancellationToken);
        return inferred.Columns.All(
            column => found.Columns.Any(existing => existing.Name == column.Name && !existing.IsGenerated));
    }

    static InferredTable Infer(FirstFile file, PipelineOptions pipeline, bool delimiterIsChosen, bool keepNames, long records)
    {
        var csv = pipeline.Csv;
        try
        {
            // The default comma was not chosen explicitly, so the file may use another delimiter.
            var auto = csv.Delimiter == "," && !delimiterIsChosen ? csv.WithDelimiter(null) : csv;
            var options = new PipelineOptions
            {
                Csv = auto,
                Encoding = pipeline.Encoding,
                Compression = pipeline.Compression,
                MaxDecodedRatio = pipeline.MaxDecodedRatio,
                MaxDecodedBytes = pipeline.MaxDecodedBytes,
                Format = pipeline.Format,
                Json = pipeline.Json,
                Fixed = pipeline.Fixed,
                Excel = pipeline.Excel
            };
            var naming = new ColumnNaming { KeepNames = keepNames, Given = pipeline.Columns };
            return file.Pipe is { } pipe ? TableInference.Read(pipe, options, records, naming)
                : TableInference.Read(file.Path, options, records, naming);
        }
        catch (BrokenContentException exception)
        {
            throw new CliException($"{file.Pipe?.Name ?? file.Path}: {exception.Message}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CliException(exception.Message);
        }
    }
}

/// <summary>The file that defines a new table.</summary>
/// <param name="Path">Absolute, or the name of a pipe in the ledger.</param>
/// <param name="Pipe">Null for a file.</param>
sealed record FirstFile(string Path, PipeInput? Pipe);
