using Npgsql;
using NpgsqlTypes;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>Queries of measurements over any time range.</summary>
public sealed class SeriesViews(NpgsqlDataSource dataSource)
{
    /// <summary>Maximum number of steps in one answer.</summary>
    public const int MaximumPoints = 2000;

    /// <summary>The steps to choose from, seconds.</summary>
    static readonly int[] Steps = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200,
        86_400, 604_800];

    /// <summary>Steps below 10 s are counted batch by batch, if there are no more than this; with more, sums of 10 s cost
    /// less.</summary>
    const int MostBatches = 30_000;

    static readonly TimeSpan FineRange = TimeSpan.FromMinutes(15);

    /// <summary>Measurements from one instant to another, in steps chosen by the server.</summary>
    /// <param name="pipeline">Null: all of them.</param>
    /// <param name="from">Start; null: five minutes before <paramref name="to"/>.</param>
    /// <param name="to">End; null: now.</param>
    /// <param name="points">Approximate number of steps, 1 to <see cref="MaximumPoints"/>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Series> ReadAsync(string? pipeline, DateTimeOffset? from, DateTimeOffset? to, int points,
        CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await ReadAsync(connection, pipeline, from, to, points, cancellationToken);
    }

    internal static async Task<Series> ReadAsync(
        NpgsqlConnection connection, string? pipeline, DateTimeOffset? from, DateTimeOffset? to, int points,
        CancellationToken cancellationToken)
    {
        var now = await new LedgerReader(connection).NowAsync(cancellationToken);
        var end = to ?? now;
        var start = from ?? end.AddMinutes(-5);
        var wanted = Math.Max(1, (end - start).TotalSeconds / points);
        var step = Array.Find(Steps, s => s >= wanted) is var found && found > 0 ? found : Steps[^1];
        if (step < 10
            && (now - start > FineRange + FineRange || end - start > FineRange
                || await IsBusyAsync(connection, start, end, cancellationToken))) step = 10;
        if (step >= 10) step = Math.Max(step, await CoarsestAsync(connection, start, end, cancellationToken));
        var frame = SeriesFrame.Of(start, end, step);
        foreach (var name in await NamesAsync(connection, pipeline, cancellationToken)) frame.Add(name);
        if (step < 10) await FineSeries.FillAsync(connection, frame, pipeline, cancellationToken);
        else await CoarseSeries.FillAsync(connection, frame, pipeline, cancellationToken);
        await BacklogSeries.FillAsync(connection, frame, pipeline, cancellationToken);
        return frame.ToSeries();
    }

    static async Task<bool> IsBusyAsync(NpgsqlConnection connection, DateTimeOffset from, DateTimeOffset to,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT count(*) FROM (SELECT FROM ingest.batch WHERE committed_at >= $1 AND committed_at < $2 LIMIT "
                + $"{MostBatches + 1}) b", connection);
        command.Parameters.Put(from.UtcDateTime, NpgsqlDbType.TimestampTz);
        command.Parameters.Put(to.UtcDateTime, NpgsqlDbType.TimestampTz);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))! > MostBatches;
    }

    /// <summary>Old sums are stored by minute or hour: finer steps would show them as spikes.</summary>
    static async Task<int> CoarsestAsync(NpgsqlConnection connection, DateTimeOffset from, DateTimeOffset to,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT max(s.step) FROM (VALUES (10), (60), (3600)) AS s (step)
            WHERE EXISTS (SELECT FROM ingest.throughput t WHERE t.step = s.step AND t.bucket > $1 - make_interval(secs => s.step)
                AND t.bucket < $2)
                OR EXISTS (SELECT FROM ingest.backlog_change b WHERE b.step = s.step
                    AND b.bucket > $1 - make_interval(secs => s.step) AND b.bucket < $2)
            """, connection);
        command.Parameters.Put(from.UtcDateTime, NpgsqlDbType.TimestampTz);
        command.Parameters.Put(to.UtcDateTime, NpgsqlDbType.TimestampTz);
        return await command.ExecuteScalarAsync(cancellationToken) as int? ?? 10;
    }

    static async Task<List<string>> NamesAsync(NpgsqlConnection connection, string? pipeline, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT name FROM ingest.pipeline WHERE $1::text IS NULL OR name = $1 ORDER BY name", connection);
        command.Parameters.Put(pipeline, NpgsqlDbType.Text);
        return await command.ReadAllAsync(r => r.GetString(0), cancellationToken);
    }
}
