using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Queries of alerts.</summary>
public sealed class AlertViews(NpgsqlDataSource dataSource)
{
    /// <summary>SQL: the columns of <c>ingest.alert a</c> that <see cref="Read"/> reads, without those of a mute.</summary>
    internal const string Own =
        "a.alert_id, a.rule, a.pipeline, a.node, a.severity, a.message, a.value, a.threshold, a.fired_at, a.resolved_at, "
            + "a.acknowledged_at, a.acknowledged_by, a.acknowledged_why";

    const string Columns = $"{Own}, m.until, m.who";

    const string IsQuiet = "(a.acknowledged_at IS NOT NULL OR m.until IS NOT NULL)";

    // Firing, firing but acknowledged or muted, resolved.
    const string Rank = $"CASE WHEN a.resolved_at IS NOT NULL THEN 2 WHEN {IsQuiet} THEN 1 ELSE 0 END";

    const string From =
        """
        FROM ingest.alert a LEFT JOIN LATERAL (SELECT until, who FROM ingest.alert_mute m
            WHERE a.resolved_at IS NULL AND m.until > clock_timestamp() AND (m.rule IS NULL OR m.rule = a.rule)
                AND (m.pipeline IS NULL OR m.pipeline = a.pipeline)
            ORDER BY m.until DESC LIMIT 1) m ON true
        """;

    internal const string Firing =
        $"SELECT {Columns} {From} WHERE a.resolved_at IS NULL ORDER BY {IsQuiet}, a.severity, "
            + " a.fired_at DESC LIMIT 100";

    /// <summary>A page of alerts: firing ones, then those that are acknowledged or muted, then resolved ones; each newest
    /// first.</summary>
    /// <param name="firing">True: firing alerts; false: resolved ones; null: all.</param>
    /// <param name="limit">How many, 1 to 1000.</param>
    /// <param name="after">Where to continue; null for the start.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<ViewList<AlertRow>> ListAsync(bool? firing, int limit, PageCursor? after,
        CancellationToken cancellationToken)
    {
        var rank = firing == false ? "2" : Rank; // resolved ones are read in the order of their key
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT {Columns}, (SELECT count(*) FROM ingest.alert WHERE $1::boolean IS NULL OR (resolved_at IS NULL) = $1),
                {rank}
            {From} WHERE ($1::boolean IS NULL OR (a.resolved_at IS NULL) = $1) AND ($2::bigint IS NULL
                OR {rank} > $4 OR ({rank} = $4 AND a.alert_id < $2))
            ORDER BY {(firing == false ? "" : $"{rank}, ")}a.alert_id DESC LIMIT $3
            """);
        command.Parameters.Put(firing, NpgsqlDbType.Boolean);
        command.Parameters.Put(after?.Id, NpgsqlDbType.Bigint);
        command.Parameters.Put(limit + 1, NpgsqlDbType.Integer);
        command.Parameters.Put(int.TryParse(after?.Value, CultureInfo.InvariantCulture, out var last) ? last : 0,
            NpgsqlDbType.Integer);
        long total = 0;
        var ranks = new List<int>();
        var rows = await command.ReadAllAsync(r =>
        {
            total = r.GetInt64(15);
            ranks.Add(r.GetInt32(16));
            return Read(r);
        }, cancellationToken);
        var next = rows.Count > limit ? new PageCursor($"{ranks[limit - 1]}", rows[limit - 1].Id).ToString() : null;
        return new ViewList<AlertRow>([.. rows.Take(limit)], total, null, next);
    }

    internal static AlertRow Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetInt64(0),
        Rule = reader.GetString(1),
        Pipeline = reader.Text(2),
        Node = reader.Text(3),
        Severity = reader.GetString(4),
        Message = reader.GetString(5),
        Value = reader.Number(6),
        Threshold = reader.Number(7),
        FiredAt = reader.Instant(8)!.Value,
        ResolvedAt = reader.Instant(9),
        AcknowledgedAt = reader.Instant(10),
        AcknowledgedBy = reader.Text(11),
        AcknowledgedWhy = reader.Text(12),
        MutedUntil = reader.Instant(13),
        MutedBy = reader.Text(14),
    };
}
