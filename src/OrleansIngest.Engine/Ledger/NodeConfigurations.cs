using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The configuration that each silo runs, as reported by the silos.</summary>
public sealed class NodeConfigurations(NpgsqlDataSource dataSource)
{
    /// <summary>Silos read a change within seconds of each other; a longer difference is a disagreement.</summary>
    static readonly TimeSpan DisagreesAfter = TimeSpan.FromSeconds(20);

    /// <summary>A condition on nodes: this one runs a pipeline, or has not reported its configuration.</summary>
    /// <param name="node">The SQL expression of its name.</param>
    /// <param name="pipeline">The SQL expression of the pipeline's name.</param>
    internal static string MayRun(string node, string pipeline) =>
        $"NOT EXISTS (SELECT FROM ingest.node_configuration c WHERE c.node = {node} AND NOT jsonb_exists(c.pipelines, "
            + $"{pipeline}))";

    /// <summary>Records a node's configuration, replacing its previous one.</summary>
    /// <exception cref="PostgresException">The node is not in the ledger.</exception>
    public async Task WriteAsync(NodeConfiguration configuration, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            INSERT INTO ingest.node_configuration AS c (node, version, files, pipelines, settings, problem, problem_since,
                restart)
            VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $6 IS NOT NULL THEN clock_timestamp() END, $7)
            ON CONFLICT (node) DO UPDATE SET version = excluded.version, files = excluded.files, pipelines = excluded.pipelines,
                settings = excluded.settings,
                applied_at = CASE WHEN c.version = excluded.version THEN c.applied_at
                    ELSE excluded.applied_at END, problem = excluded.problem,
                problem_since = CASE WHEN excluded.problem IS NOT NULL THEN coalesce(c.problem_since, excluded.problem_since) END,
                    restart = excluded.restart
            """);
        command.Parameters.Add(new() { Value = configuration.Node });
        command.Parameters.Add(new() { Value = configuration.Version });
        command.Parameters.Add(new() { Value = configuration.Files.ToArray() });
        command.Parameters.Add(new()
        {
            Value = JsonSerializer.Serialize(configuration.Pipelines, ViewJson.Default.IReadOnlyDictionaryStringRunningPipeline),
            NpgsqlDbType = NpgsqlDbType.Jsonb,
        });
        command.Parameters.Add(new() { Value = configuration.Settings.GetRawText(), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new()
        {
            Value = (object?)configuration.Problem ?? DBNull.Value,
            NpgsqlDbType = NpgsqlDbType.Text
        });
        command.Parameters.Add(new() { Value = configuration.RestartNeeded.ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The configurations of live silos, by the names of the silos.</summary>
    public async Task<IReadOnlyList<NodeConfiguration>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT c.node, c.version, c.applied_at, c.files, c.pipelines::text, c.settings::text, c.problem, c.problem_since,
                c.restart
            FROM ingest.node_configuration c JOIN ingest.node n USING (node) WHERE n.state IN ('alive', 'draining')
                AND n.kind = '{NodeKind.Silo}' ORDER BY c.node
            """);
        return await command.ReadAllAsync(r =>
        {
            using var settings = JsonDocument.Parse(r.GetString(5));
            return new NodeConfiguration
            {
                Node = r.GetString(0),
                Version = r.GetInt32(1),
                AppliedAt = r.Instant(2)!.Value,
                Files = r.GetFieldValue<string[]>(3),
                Pipelines = JsonSerializer.Deserialize(r.GetString(4),
                    ViewJson.Default.IReadOnlyDictionaryStringRunningPipeline)!,
                Settings = settings.RootElement.Clone(),
                Problem = r.Text(6),
                ProblemSince = r.Instant(7),
                RestartNeeded = r.GetFieldValue<string[]>(8),
            };
        }, cancellationToken);
    }

    /// <summary>The file in which all live silos have a pipeline, if they are on the same machine as this one, and none has a
    /// problem with its configuration; else null.</summary>
    /// <param name="node">A live silo.</param>
    /// <param name="pipeline">The pipeline's name.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<string?> SharedFileAsync(string node, string pipeline, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT min(c.pipelines -> $2 ->> 'from')
            FROM ingest.node n LEFT JOIN ingest.node_configuration c USING (node)
            WHERE n.state IN ('alive', 'draining') AND n.kind = '{NodeKind.Silo}'
            HAVING bool_or(n.node = $1) AND count(DISTINCT n.host) = 1 AND count(*) = count(c.pipelines -> $2)
                AND count(DISTINCT c.pipelines -> $2 ->> 'from') = 1 AND count(c.problem) = 0
            """);
        command.Parameters.Add(new() { Value = node });
        command.Parameters.Add(new() { Value = pipeline });
        return await command.ExecuteScalarAsync(cancellationToken) is string from && Path.IsPathRooted(from) ? from : null;
    }

    /// <summary>Records in the history that a pipeline was changed in its file, as <see cref="PipelineStore"/> does for one in
    /// the database.</summary>
    public async Task NoteFileChangeAsync(string pipeline, string what, OperatorAct act, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            INSERT INTO ingest.history (kind, pipeline, who, detail)
            VALUES ('pipeline.changed', $1, $2, concat_ws(': ', $3::text, $4::text))
            """);
        command.Parameters.Put(pipeline, NpgsqlDbType.Text);
        command.Parameters.Put(act.Who, NpgsqlDbType.Text);
        command.Parameters.Put(what, NpgsqlDbType.Text);
        command.Parameters.Put(act.Reason, NpgsqlDbType.Text);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Conditions for alerts: a configuration that cannot be applied, and a pipeline that silos
    /// run with different options.</summary>
    internal static async Task<IReadOnlyList<AlertCondition>> ConditionsAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            WITH living AS (
                SELECT c.* FROM ingest.node_configuration c JOIN ingest.node n USING (node) WHERE n.state = 'alive'
                    AND n.kind = '{NodeKind.Silo}'
            )
            SELECT NULL::text, node, problem, 0::bigint FROM living WHERE problem IS NOT NULL
            UNION ALL
            SELECT p.key, NULL, string_agg(node, ', ' ORDER BY node), count(DISTINCT p.value ->> 'sum')
                FROM living, jsonb_each(pipelines) p
            GROUP BY p.key HAVING count(DISTINCT p.value ->> 'sum') > 1 AND max(applied_at) < clock_timestamp() - $1
            """, connection)
        { Parameters = { new() { Value = DisagreesAfter } } };
        var conditions = new List<AlertCondition>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            conditions.Add(reader.IsDBNull(0)
                ? new AlertCondition(AlertRule.Configuration, null, reader.GetString(1), false,
                    $"The configuration of node {reader.GetString(1)} cannot be applied, so the previous one stays in force: "
                        + $"{reader.GetString(2)}", 1, 1)
                : new AlertCondition(AlertRule.Configuration, reader.GetString(0), null, false,
                    $"Silos run pipeline {reader.GetString(0)} with {reader.GetInt64(3)} different configurations (ingest config "
                        + $"diff shows them): {reader.GetString(2)}",
                    reader.GetInt64(3), 1));
        }

        return conditions;
    }
}
