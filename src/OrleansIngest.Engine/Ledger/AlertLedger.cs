using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Reads the facts for the alert rules and stores the results. Any process may call it; one at a time
/// evaluates.</summary>
public sealed class AlertLedger(NpgsqlDataSource dataSource)
{
    const long LockKey = 0x494E474553540003; // "INGEST", 3

    /// <summary>Reads the facts, evaluates them, and records new and ended alerts, in one transaction.</summary>
    /// <param name="rules">The rules that <paramref name="judge"/> evaluates: their conditions that it
    /// does not return have ended.</param>
    /// <param name="quietFor">A condition must be gone for this long before its alert ends.</param>
    /// <param name="day">When today began for a pipeline that expects files daily, by its options and the database's
    /// clock; null for the others.</param>
    /// <param name="judge">Returns the conditions that hold.</param>
    /// <param name="cancellationToken">Cancels; then nothing is recorded.</param>
    /// <returns>How many alerts fired and ended; null if another process is working on it.</returns>
    public async Task<(int Fired, int Ended)?> EvaluateAsync(
        IReadOnlyList<string> rules, TimeSpan quietFor, Func<AlertOptions, DateTimeOffset, DateTimeOffset?> day,
        Func<IReadOnlyList<AlertFacts>, IReadOnlyList<DeadNode>, DateTimeOffset, IEnumerable<AlertCondition>> judge,
        CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var take = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock($1)", connection)
        { Parameters = { new() { Value = LockKey } } })
        {
            if (await take.ExecuteScalarAsync(cancellationToken) is not true) return null;
        }

        var (pipelines, now) = await PipelinesAsync(connection, cancellationToken);
        var facts = await AlertFactsReader.ReadAsync(connection, [.. pipelines.Select(p => p with { Day = day(p.Options, now) })],
            cancellationToken);
        facts = await ExpectationLedger.AddAsync(connection, facts, pipelines, now, cancellationToken);
        var dead = await DeadAsync(connection, cancellationToken);
        var done = await NoteAsync(connection, rules, quietFor,
            [.. judge(facts, dead, now), .. await NodeConfigurations.ConditionsAsync(connection, cancellationToken)],
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return done;
    }

    /// <summary>Records an alert that could not be recorded while it fired: it has ended, and
    /// its end is still to be sent.</summary>
    public async Task NotePastAsync(AlertCondition condition, TimeSpan ago, bool isNotified, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            WITH past AS (
                INSERT INTO ingest.alert (rule, pipeline, node, severity, message, value, threshold, fired_at, resolved_at,
                    fired_told_at)
                SELECT $1, $2, $3, $4, $5, $6, $7, clock_timestamp() - $8, clock_timestamp(), CASE
                    WHEN $9 THEN clock_timestamp() END
                RETURNING *)
            INSERT INTO ingest.history (at, kind, pipeline, node, detail)
            SELECT fired_at, 'alert.fired', pipeline, node, rule || ': ' || message FROM past
            UNION ALL SELECT resolved_at, 'alert.resolved', pipeline, node, rule || ': ' || message FROM past
            """);
        AddTexts(command, condition);
        command.Parameters.Add(new() { Value = ago });
        command.Parameters.Add(new() { Value = isNotified });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    static async Task<(List<EvaluatedPipeline> Pipelines, DateTimeOffset Now)> PipelinesAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT p.name, p.config::text, p.paused, clock_timestamp() FROM (SELECT) one LEFT JOIN ingest.pipeline p ON true "
                + "ORDER BY p.name", connection);
        var pipelines = new List<EvaluatedPipeline>();
        var now = DateTimeOffset.UnixEpoch;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            now = new DateTimeOffset(reader.GetDateTime(3), TimeSpan.Zero);
            if (reader.IsDBNull(0)) continue;
            var options = NotedPipeline.Of(reader.GetString(1)) ?? new PipelineOptions();
            pipelines.Add(new EvaluatedPipeline(reader.GetString(0), options.Alerts, reader.GetBoolean(2),
                null)
            { Expect = options.Expect });
        }

        return (pipelines, now);
    }

    static async Task<List<DeadNode>> DeadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT d.node, d.host, clock_timestamp() - d.died_at FROM (
                SELECT node, host, coalesce(machine, host) AS machine, left_at AS died_at FROM ingest.node WHERE state = 'dead'
                    AND kind {NodeKind.LastingSql}
                UNION ALL
                -- No silo is left to judge. Three times as patient as one: right after an outage of the database everybody's last
                -- heartbeat is old.
                SELECT node, host, coalesce(machine, host), heartbeat_at FROM ingest.node WHERE state IN ('alive', 'draining')
                    AND kind {NodeKind.LastingSql} AND heartbeat_at < clock_timestamp() - $1
            ) d
            WHERE d.died_at > clock_timestamp() - interval '1 h' AND NOT EXISTS (
                SELECT FROM ingest.node n WHERE n.kind {NodeKind.LastingSql} AND coalesce(n.machine, n.host) = d.machine
                    AND n.started_at > d.died_at AND n.state IN ('alive', 'draining'))
            """, connection)
        { Parameters = { new() { Value = 3 * NodeLedger.SilentAfter } } };
        var dead = new List<DeadNode>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            dead.Add(new DeadNode(reader.GetString(0), reader.GetString(1), reader.GetTimeSpan(2)));
        return dead;
    }

    static async Task<(int Fired, int Ended)> NoteAsync(
        NpgsqlConnection connection, IReadOnlyList<string> rules, TimeSpan quietFor, AlertCondition[] conditions,
        CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            WITH ended AS (
                UPDATE ingest.alert a SET quiet_since = coalesce(quiet_since, clock_timestamp()),
                    resolved_at = CASE WHEN coalesce(quiet_since,
                        clock_timestamp()) <= clock_timestamp() - $4 THEN clock_timestamp() END,
                    next_tell_at = CASE WHEN fired_told_at IS NULL THEN next_tell_at ELSE clock_timestamp() END
                WHERE resolved_at IS NULL AND rule = ANY ($5)
                    AND NOT EXISTS (SELECT FROM unnest($1::text[], $2::text[], $3::text[]) AS c (rule, pipeline, node)
                    WHERE c.rule = a.rule AND c.pipeline IS NOT DISTINCT FROM a.pipeline AND c.node IS NOT DISTINCT FROM a.node)
                RETURNING *)
            INSERT INTO ingest.history (kind, pipeline, node, detail)
            SELECT 'alert.resolved', pipeline, node, rule || ': ' || message FROM ended WHERE resolved_at IS NOT NULL
            """)
        {
            Parameters = { Texts(c => c.Rule), Texts(c => c.Pipeline), Texts(c => c.Node), new() { Value = quietFor },
                new() { Value = rules.ToArray() } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            WITH firing AS (
                INSERT INTO ingest.alert AS a (rule, pipeline, node, severity, message, fired_message, value, threshold)
                SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $5::text[],
                    $6::double precision[], $7::double precision[])
                ON CONFLICT (rule, coalesce(pipeline, ''), coalesce(node, '')) WHERE resolved_at IS NULL
                DO UPDATE SET severity = excluded.severity, message = excluded.message,
                    value = excluded.value, threshold = excluded.threshold,
                    quiet_since = NULL
                RETURNING *, xmax = 0 AS is_new)
            INSERT INTO ingest.history (kind, pipeline, node, detail)
                SELECT 'alert.fired', pipeline, node, rule || ': ' || message FROM firing WHERE is_new
            """)
        {
            Parameters =
            {
                Texts(c => c.Rule), Texts(c => c.Pipeline), Texts(c => c.Node), Texts(c => c.IsCritical ? "critical" : "warning"),
                Texts(c => c.Message),
                Numbers(c => c.Value), Numbers(c => c.Threshold),
            },
        });
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return ((int)batch.BatchCommands[1].RecordsAffected, (int)batch.BatchCommands[0].RecordsAffected);

        NpgsqlParameter Texts(Func<AlertCondition, string?> value) =>
            new() { Value = conditions.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

        NpgsqlParameter Numbers(Func<AlertCondition, double?> value) =>
            new() { Value = conditions.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Double };
    }

    static void AddTexts(NpgsqlCommand command, AlertCondition condition)
    {
        foreach (var text in new[] { condition.Rule, condition.Pipeline, condition.Node,
            condition.IsCritical ? "critical" : "warning", condition.Message })
            command.Parameters.Add(new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        foreach (var number in new[] { condition.Value, condition.Threshold })
            command.Parameters.Add(new() { Value = (object?)number ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Double });
    }
}
