using Npgsql;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>Removes a pipeline from the ledger: its files, batches, counters and orders. Its loaded rows, its rejects and its
/// history are kept.</summary>
/// <remarks>A loader that wakes up later commits nothing, because the fence does not find the file.</remarks>
public sealed class PipelineRemoval(NpgsqlDataSource dataSource)
{
    /// <summary>A node that hangs in mid-COPY holds its file until it is declared dead, and its sessions are ended.</summary>
    const string LockTimeout = "15s";

    const string Contents =
        """
        SELECT p.name, coalesce(p.config->>'table', ''),
            (SELECT count(*) FROM ingest.file f WHERE f.pipeline = p.name),
            (SELECT count(*) FROM ingest.batch b JOIN ingest.file f USING (file_id) WHERE f.pipeline = p.name),
            coalesce((SELECT rows_loaded FROM ingest.throughput_total t WHERE t.pipeline = p.name), 0),
            (SELECT count(*) FROM public.corrupt_records c WHERE c.pipeline = p.name AND c.status = 'open')
        FROM ingest.pipeline p WHERE p.name = $1
        """;

    /// <summary>What a removal would remove and keep; null if the pipeline is not in the ledger. Changes nothing.</summary>
    public async Task<PipelineContents?> ContentsAsync(string pipeline, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await ContentsAsync(connection, pipeline, cancellationToken);
    }

    /// <summary>Removes it, in one transaction with its history entry.</summary>
    /// <param name="pipeline">Its name.</param>
    /// <param name="act">Who, and why.</param>
    /// <param name="cancellationToken">Cancels; then nothing is removed.</param>
    /// <returns>The answer, and what the pipeline had; refused while a silo coordinates it or a live
    /// node loads one of its files.</returns>
    /// <exception cref="PostgresException">55P03: a hung node holds a file for 15 s.</exception>
    public async Task<(VerbResult Result, PipelineContents? Contents)> RemoveAsync(
        string pipeline, OperatorAct act, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await LockAsync(connection, pipeline, cancellationToken);
        if (await ContentsAsync(connection, pipeline, cancellationToken) is not { } contents)
            return (new VerbResult(VerbOutcome.Unknown, "is not in the ledger: no program has run it with this database"), null);
        if (await WhyNotAsync(connection, pipeline, cancellationToken) is { } why)
            return (new VerbResult(VerbOutcome.Refused, why), contents);

        var message = $"is removed: {contents.Goes}. {contents.Stays}";
        await DeleteAsync(connection, pipeline, act, act.Reason is { } reason ? $"{message} ({reason})" : message,
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (new VerbResult(VerbOutcome.Done, message), contents);
    }

    /// <summary>Locks, in this order: the totals, so that they are not merged meanwhile; the pipeline, so that no file is added;
    /// its files, so that no batch is added. Later statements see the changes that the locks waited for.</summary>
    static async Task LockAsync(NpgsqlConnection connection, string pipeline, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand($"SET LOCAL lock_timeout = '{LockTimeout}'"),
                new NpgsqlBatchCommand("SELECT pg_advisory_xact_lock($1)")
                    { Parameters = { new() { Value = RetentionLedger.LockKey } } },
                new NpgsqlBatchCommand("SELECT FROM ingest.pipeline WHERE name = $1 FOR UPDATE")
                    { Parameters = { new() { Value = pipeline } } },
                new NpgsqlBatchCommand(
                    "SELECT count(*) FROM (SELECT FROM ingest.file WHERE pipeline = $1 ORDER BY file_id FOR UPDATE) locked")
                { Parameters = { new() { Value = pipeline } } },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    static async Task<PipelineContents?> ContentsAsync(
        NpgsqlConnection connection, string pipeline, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Contents, connection) { Parameters = { new() { Value = pipeline } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new PipelineContents(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3),
                reader.GetInt64(4), reader.GetInt64(5))
            : null;
    }

    static async Task<string?> WhyNotAsync(NpgsqlConnection connection, string pipeline, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            WITH living AS (
                SELECT node FROM ingest.node WHERE state IN ('alive', 'draining') AND heartbeat_at > clock_timestamp() - $3
            )
            SELECT (SELECT coordinator FROM ingest.pipeline WHERE name = $1 AND coordinated_at > clock_timestamp() - $2
                        AND coordinator IN (SELECT node FROM living)),
                count(*), min(f.owner_node)
            FROM ingest.file f JOIN living n ON n.node = f.owner_node WHERE f.pipeline = $1 AND f.status = {FileStatusSql.Loading}
            """, connection)
        {
            Parameters = { new() { Value = pipeline }, new() { Value = PipelineLedger.UncoordinatedAfter },
            new() { Value = NodeLedger.SilentAfter } }
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (!reader.IsDBNull(0))
            return $"is running: node {reader.GetString(0)} coordinates it; stop the silos that run the pipeline, or restart "
                + "them without it, and try again";
        return reader.GetInt64(1) == 0
            ? null
            : $"has {Counted.Of(reader.GetInt64(1), "file")} loading on node {reader.GetString(2)}: wait until the files are "
                + "loaded, or stop that node";
    }

    /// <summary>Triggers remove the files from the counts; rows of <c>ingest.file_count</c> that add up to zero disappear when
    /// they are merged.</summary>
    static async Task DeleteAsync(NpgsqlConnection connection, string pipeline, OperatorAct act, string detail,
        CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        string[] statements =
        [
            "DELETE FROM ingest.file WHERE pipeline = $1",
            "DELETE FROM ingest.throughput WHERE pipeline = $1",
            "DELETE FROM ingest.throughput_folded WHERE pipeline = $1",
            "DELETE FROM ingest.latency WHERE pipeline = $1",
            "DELETE FROM ingest.backlog_change WHERE pipeline = $1",
            "DELETE FROM ingest.drift WHERE pipeline = $1",
            "UPDATE ingest.alert SET resolved_at = clock_timestamp() WHERE pipeline = $1 AND resolved_at IS NULL",
            "DELETE FROM ingest.pipeline WHERE name = $1",
        ];
        foreach (var sql in statements)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { new() { Value = pipeline } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "INSERT INTO ingest.history (kind, pipeline, who, detail) VALUES ('operator.remove', $1, $2, $3)")
        {
            Parameters = { new() { Value = pipeline }, new() { Value = act.Who }, new() { Value = detail } },
        });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
