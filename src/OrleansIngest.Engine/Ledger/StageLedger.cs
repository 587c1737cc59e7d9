using Npgsql;
using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Stages of files that become visible all at once: begun under the claim, and removed when they are no longer
/// needed.</summary>
static class StageLedger
{
    /// <summary>The schema of the stages' tables.</summary>
    public const string Schema = "ingest_stage";

    /// <summary>A condition on rows that refer to a file: its rows are in a stage, and none is in the table.</summary>
    /// <param name="file">The expression of its <c>file_id</c>.</param>
    public static string IsStaged(string file) => $"EXISTS (SELECT FROM ingest.stage staged WHERE staged.file_id = {file})";

    /// <summary>Opens the stage of a claimed file, or begins a new one: then nothing of the file counts as committed any
    /// more.</summary>
    /// <param name="dataSource">The ledger.</param>
    /// <param name="claim">Must be in force.</param>
    /// <param name="definition">The columns, as in <c>CREATE TABLE</c>.</param>
    /// <param name="madeFor">What rows are encoded for: a stage for anything else is restarted.</param>
    /// <param name="anew">Whether to restart it in any case.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Its name in <see cref="Schema"/>; null when the claim is not in force; empty if rows of the file are already in
    /// the table.</returns>
    public static async Task<string?> OpenAsync(
        NpgsqlDataSource dataSource, FileClaim claim, string definition, string madeFor, bool anew,
        CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT ingest.open_stage($1, $2, $3, $4, $5, $6)");
        command.Parameters.Add(new() { Value = claim.FileId.Value });
        command.Parameters.Add(new() { Value = claim.Epoch });
        command.Parameters.Add(new() { Value = claim.Owner.Value });
        command.Parameters.Add(new() { Value = definition });
        command.Parameters.Add(new() { Value = madeFor });
        command.Parameters.Add(new() { Value = anew });
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    /// <summary>Rolls back the stage of a claimed file whose pipeline no longer uses stages.</summary>
    /// <returns>Whether there was one: then nothing of the file counts as committed any more.</returns>
    public static async Task<bool> TakeBackAsync(
        NpgsqlDataSource dataSource, FileClaim claim, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"SELECT ingest.roll_back_stage(file_id) FROM (SELECT file_id FROM ingest.file WHERE {FileLedger.InForce} FOR NO "
                + "KEY UPDATE) f");
        FileLedger.AddClaim(command, claim);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>The committed totals of a file.</summary>
    public static async Task<FileTotals> CommittedAsync(
        NpgsqlConnection connection, FileId file, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT coalesce(sum(rows_loaded), 0)::bigint, coalesce(sum(rows_rejected), 0)::bigint,
                coalesce(sum(rows_skipped), 0)::bigint
            FROM ingest.batch WHERE file_id = $1
            """, connection)
        { Parameters = { new() { Value = file.Value } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new FileTotals(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    /// <summary>Drops the tables of finished stages. A locked one is left to the next call.</summary>
    /// <returns>How many were dropped.</returns>
    public static async Task<int> SweepAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using (var over = new NpgsqlCommand(
            $"DELETE FROM ingest.stage s USING ingest.file f WHERE f.file_id = s.file_id AND f.status = {FileStatusSql.Loaded}",
            connection))
        {
            // finished as one batch, after its pipeline had stopped using stages
            await over.ExecuteNonQueryAsync(cancellationToken);
        }

        var dropped = 0;
        foreach (var table in await LeftAsync(connection, cancellationToken))
            dropped += await TryDropAsync(connection, table, cancellationToken) ? 1 : 0;
        return dropped;
    }

    static async Task<IReadOnlyList<string>> LeftAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT c.relname::text FROM pg_catalog.pg_class c
            WHERE c.relnamespace = '{Schema}'::regnamespace AND c.relkind = 'r'
                AND NOT EXISTS (SELECT FROM ingest.stage s WHERE s.relation = c.relname) LIMIT 100
            """, connection);
        var left = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) left.Add(reader.GetString(0));
        return left;
    }

    static async Task<bool> TryDropAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("SET LOCAL lock_timeout = '200ms'"),
                new NpgsqlBatchCommand($"DROP TABLE IF EXISTS {Schema}.\"{table}\""),
            },
        };
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return true;
        }
        catch (PostgresException failure) when (failure.SqlState is PostgresErrorCodes.LockNotAvailable
            or PostgresErrorCodes.InsufficientPrivilege)
        {
            return false;
        }
    }

    /// <summary>The first refused rows of a stage after a position: their positions, and the server's messages.</summary>
    public static async Task<IReadOnlyList<RefusedRecord>> RefusedAsync(
        NpgsqlConnection connection, string stage, long after, int limit, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT ingest_position, ingest_record, coalesce(ingest_line, 0), ingest_refusal FROM {stage}
            WHERE ingest_refusal IS NOT NULL AND ingest_position > $1 ORDER BY ingest_position LIMIT $2
            """, connection)
        { Parameters = { new() { Value = after }, new() { Value = limit } } };
        var refused = new List<RefusedRecord>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var said = reader.GetFieldValue<string?[]>(3);
            refused.Add(new RefusedRecord(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), said[0]!, said[1] ?? "",
                said[2], said[3]));
        }

        return refused;
    }
}

/// <summary>A record whose row the server refused when its stage was published.</summary>
/// <param name="Position">Its position, in the input's unit.</param>
/// <param name="Record">From 1.</param>
/// <param name="Line">From 1; 0 for an input without lines.</param>
/// <param name="SqlState">Five characters.</param>
/// <param name="Message">The server's message, in its language.</param>
/// <param name="Detail">Its detail; null for none.</param>
/// <param name="Column">The column at fault, if known.</param>
readonly record struct RefusedRecord(long Position, long Record, long Line, string SqlState, string Message, string? Detail,
    string? Column);
