using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The operators' orders for pipelines, and the coordinators of pipelines.</summary>
/// <remarks>The row in <c>ingest.pipeline</c> is authoritative: coordinators read it in every round, at least once a second, so
/// that a program outside the cluster can give orders too.</remarks>
public sealed class PipelineLedger(NpgsqlDataSource dataSource)
{
    /// <summary>A pipeline whose coordinator has been silent for this long has none.</summary>
    public static readonly TimeSpan UncoordinatedAfter = TimeSpan.FromSeconds(10);

    /// <summary>Pauses or resumes a pipeline, and records the author in the history.</summary>
    /// <param name="pipeline">Its name.</param>
    /// <param name="paused">True: no more files are claimed; those in progress are finished.</param>
    /// <param name="who">For the history.</param>
    /// <param name="reason">For the history; null for none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<OrderOutcome> SetPausedAsync(string pipeline, bool paused, string who, string? reason,
        CancellationToken cancellationToken) => OrderAsync(
        """
        WITH known AS (SELECT name, paused FROM ingest.pipeline WHERE name = $1 FOR UPDATE),
        changed AS (
            UPDATE ingest.pipeline p SET paused = $2, paused_by = CASE WHEN $2 THEN $3 END, paused_reason = CASE
                WHEN $2 THEN $4 END,
                paused_at = CASE WHEN $2 THEN clock_timestamp() END, updated_at = now()
            FROM known k WHERE p.name = k.name AND k.paused <> $2 RETURNING p.name
        ), noted AS (
            INSERT INTO ingest.history (kind, pipeline, who, detail)
            SELECT CASE WHEN $2 THEN 'operator.pause' ELSE 'operator.resume' END, name, $3, $4 FROM changed
        )
        SELECT (SELECT count(*) FROM known)::integer, (SELECT count(*) FROM changed)::integer
        """,
        cancellationToken, new() { Value = pipeline }, new() { Value = paused }, Text(who), Text(reason));

    /// <summary>Sets how many files of a pipeline may be in progress at once, and its priority.</summary>
    /// <param name="pipeline">Its name.</param>
    /// <param name="maxInFlight">As <see cref="PipelineOrders.MaxInFlight"/>.</param>
    /// <param name="priority">As <see cref="PipelineOrders.Priority"/>.</param>
    /// <param name="who">For the history.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="PostgresException">A number is out of its range.</exception>
    public Task<OrderOutcome> SetLimitsAsync(string pipeline, int? maxInFlight, int priority, string who,
        CancellationToken cancellationToken) => OrderAsync(
        """
        WITH known AS (SELECT name, max_in_flight, priority FROM ingest.pipeline WHERE name = $1 FOR UPDATE),
        changed AS (
            UPDATE ingest.pipeline p SET max_in_flight = $2, priority = $3, updated_at = now()
            FROM known k WHERE p.name = k.name AND (k.max_in_flight, k.priority) IS DISTINCT FROM ($2, $3) RETURNING p.name
        ), noted AS (
            INSERT INTO ingest.history (kind, pipeline, who, detail)
            SELECT 'operator.limits', name, $4, format('files in flight: %s, priority: %s', coalesce($2::text, 'no limit'), $3)
                FROM changed
        )
        SELECT (SELECT count(*) FROM known)::integer, (SELECT count(*) FROM changed)::integer
        """,
        cancellationToken,
        new() { Value = pipeline }, new() { Value = (object?)maxInFlight ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer },
        new() { Value = priority }, Text(who));

    /// <summary>The operators' orders for a pipeline; null if it is not in the ledger.</summary>
    public async Task<PipelineOrders?> OrdersAsync(string pipeline, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "SELECT paused, paused_by, max_in_flight, priority FROM ingest.pipeline WHERE name = $1");
        command.Parameters.Add(new() { Value = pipeline });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? ReadOrders(reader) : null;
    }

    /// <summary>The names of all pipelines.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT name FROM ingest.pipeline ORDER BY name");
        return await command.ReadAllAsync(reader => reader.GetString(0), cancellationToken);
    }

    /// <summary>A pipeline's last recorded configuration, as JSON; null if it is not in the ledger.</summary>
    public async Task<string?> ConfigAsync(string pipeline, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT config::text FROM ingest.pipeline WHERE name = $1");
        command.Parameters.Add(new() { Value = pipeline });
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <summary>The configurations, as JSON, of the pipelines with files that recorded this table; most
    /// pipelines do not record it.</summary>
    /// <param name="table">By SQL's rules.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyList<string>> ConfigsOfTargetAsync(string table, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            SELECT p.config::text FROM ingest.pipeline p
            JOIN pg_catalog.pg_class c ON c.oid = to_regclass($1) JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE EXISTS (SELECT FROM ingest.file f WHERE f.pipeline = p.name
                AND f.target = quote_ident(n.nspname) || '.' || quote_ident(c.relname))
            ORDER BY p.updated_at DESC
            """);
        command.Parameters.Add(new() { Value = table });
        try
        {
            return await command.ReadAllAsync(reader => reader.GetString(0), cancellationToken);
        }
        catch (PostgresException failure) when (failure.SqlState is PostgresErrorCodes.InvalidName
            or PostgresErrorCodes.SyntaxError)
        {
            return []; // not a name: the table lookup reports it
        }
    }

    /// <summary>Records that this node coordinates the pipeline. Call it every few seconds, within
    /// <see cref="UncoordinatedAfter"/>.</summary>
    /// <param name="pipeline">Its name.</param>
    /// <param name="node">This node.</param>
    /// <param name="listMilliseconds">Duration of a listing since the last call; null if there was none.</param>
    /// <param name="claimMilliseconds">The same for claiming and handing over.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task CoordinateAsync(
        string pipeline, NodeId node, double? listMilliseconds, double? claimMilliseconds, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            UPDATE ingest.pipeline SET coordinator = $2, coordinated_at = clock_timestamp(), list_ms = coalesce($3, list_ms),
                claim_ms = coalesce($4, claim_ms)
            WHERE name = $1
            """);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = node.Value });
        command.Parameters.Add(new() { Value = (object?)listMilliseconds ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Double });
        command.Parameters.Add(new() { Value = (object?)claimMilliseconds ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Double });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The current demand of this pipeline, and of every other that is coordinated and not paused.</summary>
    /// <param name="pipeline">Always included, if it is in the ledger.</param>
    /// <param name="limit">Waiting files are counted up to this number.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyList<PipelineDemand>> DemandsAsync(string pipeline, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT p.name, p.priority, p.max_in_flight,
                (SELECT count(*)::integer FROM (SELECT FROM ingest.file f WHERE f.pipeline = p.name AND {FileStatusSql.IsDue("f")}
                    {FileStatusSql.OldestFirst("f")} LIMIT $2) w),
                (SELECT count(*)::integer FROM ingest.file f WHERE f.status = {FileStatusSql.Loading} AND f.pipeline = p.name)
            FROM ingest.pipeline p WHERE p.name = $1 OR NOT p.paused AND p.coordinated_at > clock_timestamp() - $3
            """);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = limit });
        command.Parameters.Add(new() { Value = UncoordinatedAfter });
        var demands = new List<PipelineDemand>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            demands.Add(new PipelineDemand(
                reader.GetString(0), reader.GetInt32(1), reader.IsDBNull(2) ? null : reader.GetInt32(2), reader.GetInt32(3),
                reader.GetInt32(4)));
        }

        return demands;
    }

    async Task<OrderOutcome> OrderAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (reader.GetInt32(0) == 0) return OrderOutcome.NoSuchPipeline;
        return reader.GetInt32(1) == 0 ? OrderOutcome.AlreadySo : OrderOutcome.Done;
    }

    internal static PipelineOrders ReadOrders(NpgsqlDataReader reader) => new()
    {
        Paused = reader.GetBoolean(0),
        PausedBy = reader.IsDBNull(1) ? null : reader.GetString(1),
        MaxInFlight = reader.IsDBNull(2) ? null : reader.GetInt32(2),
        Priority = reader.GetInt32(3),
    };

    static NpgsqlParameter Text(string? value) => new()
    { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
