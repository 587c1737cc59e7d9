using Npgsql;
using OrleansIngest.Engine.Ledger.Views;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Alerts to be delivered to the webhook: each firing and each end is sent until it is answered, for up to an
/// hour.</summary>
public sealed class AlertOutbox(NpgsqlDataSource dataSource)
{
    /// <summary>A sender has this long to deliver a message before another one may take it.</summary>
    static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>Takes messages that are due, oldest first. While an alert is muted, none of its messages is due; if it still
    /// fires when the mute ends, its message is due then, and an alert that ended while it was muted sends nothing.</summary>
    /// <returns>The alert, whether its end is to be sent, and how often that was tried before.</returns>
    public async Task<IReadOnlyList<(AlertRow Alert, bool IsEnd, int Attempts)>> TakeAsync(
        int limit, CancellationToken cancellationToken)
    {
        await DropMutedAsync(cancellationToken);
        await using var command = dataSource.CreateCommand(
            $"""
            UPDATE ingest.alert a SET next_tell_at = clock_timestamp() + $2
            FROM (SELECT d.alert_id FROM ingest.alert d CROSS
                JOIN LATERAL (SELECT ingest.alert_muted_until(d.rule, d.pipeline) AS until OFFSET 0) m
                  WHERE (fired_told_at IS NULL OR resolved_at IS NOT NULL AND resolved_told_at IS NULL)
                      AND next_tell_at <= clock_timestamp()
                      AND greatest(coalesce(resolved_at, fired_at), m.until) > clock_timestamp() - interval '1 h'
                      AND (m.until IS NULL OR m.until <= clock_timestamp())
                  ORDER BY next_tell_at LIMIT $1 FOR UPDATE OF d SKIP LOCKED) due
            WHERE a.alert_id = due.alert_id
            RETURNING {AlertViews.Own}, NULL::timestamptz, NULL::text, a.fired_told_at IS NOT NULL, a.tell_attempts
            """);
        command.Parameters.Add(new() { Value = limit });
        command.Parameters.Add(new() { Value = Lease });
        var due = new List<(AlertRow, bool, int)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var isEnd = reader.GetBoolean(15);
            var alert = AlertViews.Read(reader);
            due.Add((isEnd ? alert : alert with { ResolvedAt = null }, isEnd, reader.GetInt32(16)));
        }

        return due;
    }

    /// <summary>Until when the alert about an unavailable database is muted; null if it is not. The caller must remember it,
    /// because it cannot be read during an outage.</summary>
    public async Task<DateTimeOffset?> AwayMutedUntilAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT ingest.alert_muted_until($1, NULL)");
        command.Parameters.Add(new() { Value = AlertRule.DatabaseAway });
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime until
            ? new DateTimeOffset(until, TimeSpan.Zero) : null;
    }

    async Task DropMutedAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            UPDATE ingest.alert SET fired_told_at = clock_timestamp(), resolved_told_at = clock_timestamp()
            WHERE fired_told_at IS NULL AND resolved_at IS NOT NULL AND resolved_at <= ingest.alert_muted_until(rule, pipeline)
            """);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A message was answered and is not sent again. The end of an alert may follow at once.</summary>
    public Task NotifiedAsync(long alert, bool isEnd, CancellationToken cancellationToken) => ExecuteAsync(
        $"""
        UPDATE ingest.alert SET {(isEnd ? "resolved_told_at" : "fired_told_at")} = clock_timestamp(), tell_attempts = 0,
            next_tell_at = clock_timestamp()
        WHERE alert_id = $1 AND $2 IS NOT NULL
        """, alert, TimeSpan.Zero, cancellationToken);

    /// <summary>A message failed or was not answered: it is sent again after a delay.</summary>
    public Task FailedAsync(long alert, TimeSpan retryAfter, CancellationToken cancellationToken) => ExecuteAsync(
        "UPDATE ingest.alert SET tell_attempts = tell_attempts + 1, next_tell_at = clock_timestamp() + $2 WHERE alert_id = $1",
        alert, retryAfter, cancellationToken);

    async Task ExecuteAsync(string sql, long alert, TimeSpan span, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.Add(new() { Value = alert });
        command.Parameters.Add(new() { Value = span });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
