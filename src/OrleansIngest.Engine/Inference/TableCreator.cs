using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Engine.Codecs;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Loading.Routing;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;
using OrleansIngest.Engine.Targets.Postgres.Commits;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Inference;

/// <summary>Creates tables from first files. One transaction creates the table, its key, the mapping of the header and the entry
/// in the history. Nodes that need the same table at once wait for each other with an advisory lock; the later ones find the
/// table.</summary>
/// <param name="dataSource">The ledger, and the tables.</param>
/// <param name="health">Waits for the database.</param>
/// <param name="one">With a count of 1: a node samples one file at a time, in addition to the files that its loaders
/// read.</param>
/// <param name="logger">Logs each table.</param>
sealed class TableCreator(NpgsqlDataSource dataSource, DatabaseHealth health, SemaphoreSlim one, ILogger logger) : ITableCreator
{
    /// <inheritdoc/>
    public async Task<string?> MakeAsync(FileClaim claim, PipelineOptions options, Func<bool> isStill,
        CancellationToken cancellationToken)
    {
        if (PipeInput.IsOne(claim.File.Path))
            return $"table {options.Table} does not exist: load the pipe with --create, or create the table first";
        await one.WaitAsync(cancellationToken);
        try
        {
            if (await health.RetryAsync(token => ExistsAsync(options.Table, token), cancellationToken)) return null;
            var table = NewTable.Of(Infer(claim, options), options);
            if (!isStill()) return null; // the loader detects this as well
            if (table.Untyped is { } computed)
                return Unjudged(options, $"column {computed} is computed and not in this file, so its type is unknown");
            if (table.Unruled is { } ruled) return Unjudged(options, $"this file has no column {ruled}, which a rule refers to");
            CrashPoint.Hit("creating");
            var isMade = await health.RetryAsync(token => CreateAsync(claim, table, options, token), cancellationToken);
            if (isMade) EngineLog.TableCreated(logger, claim.Pipeline, claim.File.Path, claim.FileId.Value, $"{table}");
            CrashPoint.Hit("created");
            return null;
        }
        catch (Exception failure) when (failure is InvalidDataException or BrokenContentException)
        {
            return Unjudged(options, failure.Message);
        }
        finally
        {
            one.Release();
        }
    }

    static string Unjudged(PipelineOptions options, string why) =>
        $"table {options.Table} does not exist and cannot be created from this file: {why}. Create it, or let another file "
            + "create it; then run ingest retry";

    static InferredTable Infer(FileClaim claim, PipelineOptions options)
    {
        using var input = claim.Archive is { } archive
            ? OpenedInput.OpenMember(archive.Path,
                claim.File.Path[(archive.Path.Length + ArchiveLedger.Separator.Length)..], options)
            : OpenedInput.Open(claim.File.Path, options);
        var table = TableInference.Read(input, "it", options, NewTable.SampledRecords,
            new ColumnNaming { Given = options.Columns });
        if (!table.SaysTypes && table.Records == table.Unusable)
        {
            throw new InvalidDataException(table.Records == 0
                ? "it has no record, and columns are inferred from records"
                : $"none of {Counted.Of(table.Records, "sampled record")} can be read");
        }

        if (table is { HasNames: true, Columns: [var only] } && DelimiterHint.For([only.Header]) is { Length: > 0 } hint)
            throw new InvalidDataException($"it has one column, '{only.Header}'.{hint.TrimEnd('.')}");
        return table;
    }

    async Task<bool> ExistsAsync(string table, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await NewTable.ExistsAsync(connection, table, cancellationToken);
    }

    async Task<bool> CreateAsync(FileClaim claim, NewTable table, PipelineOptions options, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            if (!await CreationLedger.LockAsync(connection, claim, options.Table, cancellationToken)) return false;
            if (await NewTable.ExistsAsync(connection, options.Table, cancellationToken)) return false;
            await table.CreateAsync(connection, cancellationToken);
            await table.KeepMappingAsync(connection, isNew: true, cancellationToken);
            await CreationLedger.NoteAsync(connection, claim, $"created {table}", cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return true;
        }
        catch (PostgresException failure) when (IsThereAlready(failure))
        {
            return false; // created by a session that does not use the lock
        }
        catch (PostgresException failure) when (failure.SqlState is PostgresErrorCodes.InvalidSchemaName
            or PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new TargetTableException(
                $"Table {options.Table} does not exist, and cannot be created: {failure.MessageText}. Create the schema, or "
                + "grant this database user the privilege CREATE on it",
                failure);
        }
        catch (PostgresException failure) when (!FailureClassifier.IsWorthWaiting(failure))
        {
            throw new InvalidDataException($"the server refused {table}: {failure.MessageText}", failure);
        }
    }

    static bool IsThereAlready(PostgresException failure) =>
        failure.SqlState is PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateObject
        || (failure.SqlState == PostgresErrorCodes.UniqueViolation && failure.SchemaName == "pg_catalog");
}
