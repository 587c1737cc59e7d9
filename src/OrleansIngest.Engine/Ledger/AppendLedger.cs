using System.Globalization;
using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Versions that continue where an older one ends.</summary>
static class AppendLedger
{
    /// <summary>The newest older version that is in the table or being loaded; null if there is none, or an operator has retried
    /// the file since it was held back.</summary>
    public static async Task<AppendBase?> OlderAsync(
        NpgsqlDataSource dataSource, FileClaim claim, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT {AppendBase.Columns}
            FROM ingest.file f JOIN ingest.file o ON o.pipeline = f.pipeline AND o.path = f.path AND o.version < f.version
            {AppendBase.LastBatch}
            WHERE f.file_id = $1 AND NOT f.change_held
                AND (o.status IN ({FileStatusSql.Loaded}, {FileStatusSql.Ready}, {FileStatusSql.Failed}, {FileStatusSql.Loading})
                    OR EXISTS (SELECT FROM ingest.batch b WHERE b.file_id = o.file_id AND b.rows_loaded > 0))
            ORDER BY o.version DESC LIMIT 1
            """);
        command.Parameters.Add(new() { Value = claim.FileId.Value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? AppendBase.Read(reader) : null;
    }

    /// <summary>Records that a claimed file continues where an older version ends: its first batch has that version's records,
    /// all skipped, and nothing of it is sent again.</summary>
    /// <param name="dataSource">The ledger.</param>
    /// <param name="claim">Must have nothing committed.</param>
    /// <param name="older">The older version.</param>
    /// <param name="lines">How many lines it has.</param>
    /// <param name="cancellationToken">Cancels; then it is unknown whether it is committed.</param>
    /// <returns>Whether the claim is in force. Repeating the call after a lost answer does no harm.</returns>
    public static async Task<bool> BeginAsync(
        NpgsqlDataSource dataSource, FileClaim claim, AppendBase older, long lines, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        _ = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"UPDATE ingest.file SET continues = $4 WHERE {FileLedger.InForce}")
        {
            Parameters =
            {
                new() { Value = claim.FileId.Value }, new() { Value = claim.Epoch }, new() { Value = claim.Owner.Value },
                new() { Value = older.FileId.Value },
            },
        });
        BatchLedger.AddCommit(batch, claim.Owner, ThroughputLedger.NoLane,
        [
            new BatchRecord
            {
                FileId = claim.FileId, Pipeline = claim.Pipeline, Epoch = claim.Epoch, Owner = claim.Owner,
                FileSize = claim.File.Size,
                StartOffset = 0, EndOffset = older.Size, FirstRecord = 1, FirstLine = 1, Records = older.Records, Lines = lines,
                RowsLoaded = 0, RowsRejected = 0, RowsSkipped = older.Records, RowsSuppressed = 0,
                ReadMicroseconds = 0, WaitMicroseconds = 0, CopyMicroseconds = 0, CommitMicroseconds = 0,
            },
        ]);
        try
        {
            await BatchLedger.CommitAsync(batch, [], cancellationToken);
            return true;
        }
        catch (PostgresException failure) when (BatchLedger.SaysFenced(failure))
        {
            return false;
        }
        catch (PostgresException failure) when (BatchLedger.SaysRepeated(failure))
        {
            return true; // this claim called before: another one would have found the batch
        }
    }

    /// <summary>The end of the version that a file continues; null for a file that continues none.</summary>
    public static async Task<(long End, string Older, long Records)?> BegunAsync(
        NpgsqlDataSource dataSource, FileId file, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            SELECT b.end_offset, o.version, o.file_id, b.records FROM ingest.file f JOIN ingest.file o ON o.file_id = f.continues
            JOIN ingest.batch b ON b.file_id = f.file_id AND b.start_offset = 0 AND b.end_offset = o.size
                AND b.rows_skipped = b.records
            WHERE f.file_id = $1
            """);
        command.Parameters.Add(new() { Value = file.Value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        var older = string.Create(CultureInfo.InvariantCulture, $"version {reader.GetInt32(1)} (file {reader.GetInt64(2)})");
        return (reader.GetInt64(0), older, reader.GetInt64(3));
    }

    /// <summary>Whether the rows of a file are in a stage.</summary>
    public static async Task<bool> IsStagedAsync(NpgsqlDataSource dataSource, FileId file, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"SELECT {StageLedger.IsStaged("$1::bigint")}");
        command.Parameters.Add(new() { Value = file.Value });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Versions that wait or are being loaded while there is a newer one of their path, which may continue where they
    /// end.</summary>
    public static async Task<IReadOnlyList<(FileId File, string Path, FileStatus Status)>> OpenOlderAsync(
        NpgsqlDataSource dataSource, string pipeline, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT f.file_id, f.path, f.status FROM ingest.file f
            WHERE f.pipeline = $1 AND f.path = ANY ($2)
                AND f.status IN ({FileStatusSql.Ready}, {FileStatusSql.Failed}, {FileStatusSql.Loading})
                AND EXISTS (SELECT FROM ingest.file l WHERE l.pipeline = $1 AND l.path = f.path AND l.version > f.version)
            ORDER BY f.version
            """);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = paths.ToArray() });
        var older = new List<(FileId, string, FileStatus)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            older.Add((new FileId(reader.GetInt64(0)), reader.GetString(1), FileStatusNames.Parse(reader.GetString(2))));
        return older;
    }
}
