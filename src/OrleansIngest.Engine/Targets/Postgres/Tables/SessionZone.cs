using Npgsql;

namespace OrleansIngest.Engine.Targets.Postgres.Tables;

/// <summary>Offsets of a session's time zone from 1970 to 2037, as applied by the server itself. Its time zone data may be older
/// or newer than this machine's, and local data would silently store a wrong instant.</summary>
/// <remarks>Instants are microseconds since 2000-01-01, PostgreSQL's own count. Safe for
/// concurrent use; allocates nothing.</remarks>
public sealed class SessionZone
{
    const long Second = 1_000_000;
    const long Day = 86_400 * Second;
    const long FirstLocal = -10_956 * Day; // 1970-01-02
    const long LastLocal = 13_878 * Day;   // 2037-12-30

    // Between _gapStart[k] and _gapEnd[k], in local time, transition k makes a clock time ambiguous or skips it.
    readonly long[] _gapStart;
    readonly long[] _gapEnd;
    readonly long[] _offsets;
    readonly bool _isUtc;

    SessionZone(long[] gapStart, long[] gapEnd, long[] offsets, bool isUtc)
        => (_gapStart, _gapEnd, _offsets, _isUtc) = (gapStart, gapEnd, offsets, isUtc);

    /// <summary>A zone that never has an offset.</summary>
    public static SessionZone Utc { get; } = new([], [], [0], isUtc: true);

    /// <summary>Whether local time and UTC are the same at all times.</summary>
    public bool HasNoOffset => _isUtc;

    /// <summary>Whether PostgreSQL's zone of this name never had an offset.</summary>
    public static bool IsUtc(string name) =>
        name.ToUpperInvariant() is "UTC" or "ETC/UTC" or "GMT" or "ETC/GMT" or "UCT" or "ETC/UCT"
        or "ZULU" or "ETC/ZULU" or "UNIVERSAL" or "ETC/UNIVERSAL" or "ETC/GREENWICH" or "GREENWICH" or "GMT0" or "ETC/GMT0";

    /// <summary>Finds the offset of one local time.</summary>
    /// <returns>False if the time is ambiguous, skipped or outside the known years: then only the server can decide.</returns>
    public bool TryToUtc(long local, out long utc)
    {
        utc = local;
        if (_isUtc)
            return true;
        if (local is < FirstLocal or > LastLocal)
            return false;

        int low = 0, high = _gapEnd.Length;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (_gapEnd[middle] <= local)
                low = middle + 1;
            else
                high = middle;
        }

        if (low < _gapStart.Length && local >= _gapStart[low])
            return false;
        utc = local - _offsets[low];
        return true;
    }

    /// <summary>Creates a zone from its changes.</summary>
    /// <param name="firstOffsetSeconds">Seconds east of UTC before the first change.</param>
    /// <param name="changes">Instant in seconds since 1970-01-01 UTC, and the seconds east of UTC from then on; in order.</param>
    public static SessionZone FromChanges(int firstOffsetSeconds, IReadOnlyList<(long At, int OffsetSeconds)> changes)
    {
        var (starts, ends) = (new long[changes.Count], new long[changes.Count]);
        var offsets = new long[changes.Count + 1];
        offsets[0] = firstOffsetSeconds * Second;
        for (var i = 0; i < changes.Count; i++)
        {
            var at = (changes[i].At - 946_684_800) * Second;
            offsets[i + 1] = changes[i].OffsetSeconds * Second;
            starts[i] = at + Math.Min(offsets[i], offsets[i + 1]);
            ends[i] = at + Math.Max(offsets[i], offsets[i + 1]);
        }

        return new SessionZone(starts, ends, offsets, isUtc: false);
    }

    /// <summary>Reads the zone of this session from the server: day by day, then within the days with a change.</summary>
    public static async Task<SessionZone> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            WITH day AS MATERIALIZED (
                SELECT at, extract(timezone FROM at)::int AS east, lead(extract(timezone FROM at)::int) OVER (ORDER BY at) AS next
                FROM generate_series(timestamptz '1970-01-01 00:00+00', timestamptz '2038-01-01 00:00+00', interval '24 hours') at
            ), hour AS MATERIALIZED (
                SELECT s.at, extract(timezone FROM s.at)::int AS east,
                       lead(extract(timezone FROM s.at)::int) OVER (PARTITION BY day.at ORDER BY s.at) AS next
                FROM day, generate_series(day.at, day.at + interval '24 hours', interval '1 hour') s(at)
                    WHERE day.east <> day.next
            ), minute AS MATERIALIZED (
                SELECT s.at, extract(timezone FROM s.at)::int AS east,
                       lead(extract(timezone FROM s.at)::int) OVER (PARTITION BY hour.at ORDER BY s.at) AS next
                FROM hour, generate_series(hour.at, hour.at + interval '1 hour', interval '1 minute') s(at)
                    WHERE hour.east <> hour.next
            ), second AS MATERIALIZED (
                SELECT s.at, extract(timezone FROM s.at)::int AS east,
                       lead(extract(timezone FROM s.at)::int) OVER (PARTITION BY minute.at ORDER BY s.at) AS next
                FROM minute, generate_series(minute.at, minute.at + interval '1 minute', interval '1 second') s(at)
                WHERE minute.east <> minute.next
            )
            SELECT 0::bigint, extract(timezone FROM timestamptz '1970-01-01 00:00+00')::int
            UNION ALL
            SELECT extract(epoch FROM at)::bigint + 1, next FROM second WHERE east <> next
            ORDER BY 1
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var first = reader.GetInt32(1);
        var changes = new List<(long, int)>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            changes.Add((reader.GetInt64(0), reader.GetInt32(1)));
        return FromChanges(first, changes);
    }
}
