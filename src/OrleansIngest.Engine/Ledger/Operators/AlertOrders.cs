using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Engine.Ledger.Operators;

/// <summary>Operators' actions on alerts: acknowledge one, or mute those of a rule and a pipeline for a time. Each action is one
/// statement with its entry in the history.</summary>
public sealed class AlertOrders(NpgsqlDataSource dataSource)
{
    /// <summary>The longest mute.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    const string Columns = "mute_id, rule, pipeline, until, created_at, who, reason";

    /// <summary>Acknowledges an alert. It stays until its condition ends; its end is still sent.</summary>
    public async Task<VerbResult> AcknowledgeAsync(long alert, OperatorAct act, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            WITH alert AS (
                SELECT alert_id, resolved_at, acknowledged_at, acknowledged_by FROM ingest.alert WHERE alert_id = $1 FOR UPDATE),
            done AS (UPDATE ingest.alert a SET acknowledged_at = clock_timestamp(), acknowledged_by = $2, acknowledged_why = $3
                FROM alert WHERE a.alert_id = alert.alert_id AND alert.resolved_at IS NULL AND alert.acknowledged_at IS NULL
                    RETURNING a.*),
            noted AS (INSERT INTO ingest.history (kind, pipeline, node, who, detail)
                SELECT 'operator.acknowledge', pipeline, node, $2, rule || ': ' || message || coalesce(' (' || $3 || ')', '')
                    FROM done)
            SELECT resolved_at IS NOT NULL, acknowledged_by FROM alert
            """);
        command.Parameters.Add(new() { Value = alert });
        command.Parameters.Put(act.Who, NpgsqlDbType.Text);
        command.Parameters.Put(act.Reason, NpgsqlDbType.Text);
        var found = await command.ReadAllAsync(r => (IsOver: r.GetBoolean(0), By: r.Text(1)), cancellationToken);
        return found switch
        {
            [] => new VerbResult(VerbOutcome.Unknown, $"is not in the ledger: no alert has the number {alert}"),
            [{ IsOver: true }] => new VerbResult(VerbOutcome.Refused, "is already resolved"),
            [{ By: { } by }] => new VerbResult(VerbOutcome.Nothing, $"is already acknowledged, by {by}"),
            _ => new VerbResult(VerbOutcome.Done, "is acknowledged"),
        };
    }

    /// <summary>Mutes current and future alerts.</summary>
    /// <param name="rule">The rule; null for every rule.</param>
    /// <param name="pipeline">The pipeline; null for all alerts.</param>
    /// <param name="span">For how long; more than zero, at most <see cref="Longest"/>.</param>
    /// <param name="act">Who, and why.</param>
    /// <param name="cancellationToken">Cancels; then nothing has changed.</param>
    /// <returns>The mute; null if the ledger has no such pipeline.</returns>
    public async Task<AlertMuteRow?> MuteAsync(
        string? rule, string? pipeline, TimeSpan span, OperatorAct act, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            WITH old AS (DELETE FROM ingest.alert_mute WHERE until < statement_timestamp() - interval '90 d'),
            mute AS (INSERT INTO ingest.alert_mute (rule, pipeline, until, who, reason)
                SELECT $1, $2, clock_timestamp() + $3, $4, $5 WHERE $2 IS NULL
                    OR EXISTS (SELECT FROM ingest.pipeline WHERE name = $2) RETURNING *),
            noted AS (INSERT INTO ingest.history (kind, pipeline, who, detail)
                SELECT 'operator.mute', pipeline, who,
                    $6 || to_char(until AT TIME ZONE 'UTC', ' "until" YYYY-MM-DD HH24:MI"Z"') || coalesce(' (' || reason || ')',
                        '') FROM mute)
            SELECT {Columns} FROM mute
            """);
        command.Parameters.Put(rule, NpgsqlDbType.Text);
        command.Parameters.Put(pipeline, NpgsqlDbType.Text);
        command.Parameters.Put(span, NpgsqlDbType.Interval);
        command.Parameters.Put(act.Who, NpgsqlDbType.Text);
        command.Parameters.Put(act.Reason, NpgsqlDbType.Text);
        command.Parameters.Put(AlertMuteRow.Describe(rule, pipeline), NpgsqlDbType.Text);
        return (await command.ReadAllAsync(Read, cancellationToken)).FirstOrDefault();
    }

    /// <summary>Ends a mute now.</summary>
    public async Task<VerbResult> UnmuteAsync(long mute, OperatorAct act, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            WITH mute AS (
                SELECT mute_id, until <= clock_timestamp() AS is_over FROM ingest.alert_mute WHERE mute_id = $1 FOR UPDATE),
            done AS (UPDATE ingest.alert_mute a SET until = clock_timestamp() FROM mute WHERE a.mute_id = mute.mute_id
                AND NOT mute.is_over RETURNING a.*),
            noted AS (INSERT INTO ingest.history (kind, pipeline, who, detail)
                SELECT 'operator.unmute', pipeline, $2, format('%s%s%s', CASE WHEN rule IS NULL THEN 'all alerts'
                    ELSE rule || ' alerts' END,
                    ' of pipeline ' || pipeline, ' (' || $3 || ')') FROM done)
            SELECT is_over FROM mute
            """);
        command.Parameters.Add(new() { Value = mute });
        command.Parameters.Put(act.Who, NpgsqlDbType.Text);
        command.Parameters.Put(act.Reason, NpgsqlDbType.Text);
        return await command.ReadAllAsync(r => r.GetBoolean(0), cancellationToken) switch
        {
            [] => new VerbResult(VerbOutcome.Unknown, string.Create(
                CultureInfo.InvariantCulture, $"is not in the ledger: no mute has the number {mute}")),
            [true] => new VerbResult(VerbOutcome.Nothing, "has already ended"),
            _ => new VerbResult(VerbOutcome.Done, "has ended: alerts that still fire send their message now"),
        };
    }

    /// <summary>The active mutes, by their end.</summary>
    public async Task<IReadOnlyList<AlertMuteRow>> MutesAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"SELECT {Columns} FROM ingest.alert_mute WHERE until > clock_timestamp() ORDER BY until, mute_id LIMIT 1000");
        return await command.ReadAllAsync(Read, cancellationToken);
    }

    static AlertMuteRow Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetInt64(0),
        Rule = reader.Text(1),
        Pipeline = reader.Text(2),
        Until = reader.Instant(3)!.Value,
        CreatedAt = reader.Instant(4)!.Value,
        Who = reader.GetString(5),
        Reason = reader.Text(6),
    };
}
