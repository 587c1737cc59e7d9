using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Queries of alerts.</summary>
public sealed class AlertViews(NpgsqlDataSource dataSource)
{
    const string Columns = "alert_id, rule, pipeline, node, severity, message, value, threshold, fired_at, resolved_at";

    internal const string Firing = $"SELECT {Columns} FROM ingest.alert WHERE resolved_at IS NULL ORDER BY severity, fired_at DESC LIMIT 100";

    /// <summary>A page of them, newest first.</summary>
    /// <param name="firing">True: those that fire; false: those that are resolved; null: all.</param>
    /// <param name="limit">How many, 1 to 1000.</param>
    /// <param name="after">Where to continue; null for the start.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<ViewList<AlertRow>> ListAsync(bool? firing, int limit, PageCursor? after, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT {Columns}, (SELECT count(*) FROM ingest.alert WHERE $1::boolean IS NULL OR (resolved_at IS NULL) = $1)
            FROM ingest.alert WHERE ($1::boolean IS NULL OR (resolved_at IS NULL) = $1) AND ($2::bigint IS NULL OR alert_id < $2)
            ORDER BY alert_id DESC LIMIT $3
            """);
        command.Parameters.Put(firing, NpgsqlDbType.Boolean);
        command.Parameters.Put(after?.Id, NpgsqlDbType.Bigint);
        command.Parameters.Put(limit + 1, NpgsqlDbType.Integer);
        long total = 0;
        var rows = await command.ReadAllAsync(r =>
        {
            total = r.GetInt64(10);
            return Read(r);
        }, cancellationToken);
        var next = rows.Count > limit ? new PageCursor(null, rows[limit - 1].Id).ToString() : null;
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
    };
}
