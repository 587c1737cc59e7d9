using Npgsql;

namespace OrleansIngest.Engine.Targets.Postgres.Tables;

/// <summary>The settings of a server session that affect text input. Encoders must be created from the settings of the session
/// that copies.</summary>
public sealed record SessionSettings
{
    /// <summary>Major version of the server, such as 15.</summary>
    public required int ServerMajor { get; init; }

    /// <summary><c>TimeZone</c>, such as <c>UTC</c> or <c>Europe/Berlin</c>.</summary>
    public required string TimeZone { get; init; }

    /// <summary><c>DateStyle</c>, such as <c>ISO, MDY</c>.</summary>
    public required string DateStyle { get; init; }

    /// <summary><c>IntervalStyle</c>, such as <c>postgres</c>.</summary>
    public required string IntervalStyle { get; init; }

    /// <summary>Encoding of the database; in any other than <c>UTF8</c>, only the server can check text beyond ASCII.</summary>
    public required string ServerEncoding { get; init; }

    /// <summary>Whether date and time are transferred as integers; always true since PostgreSQL 10.</summary>
    public required bool IntegerDatetimes { get; init; }

    /// <summary>The session's time zone, as applied by the server.</summary>
    public required SessionZone Zone { get; init; }

    /// <summary>Whether the database stores text as UTF-8.</summary>
    public bool IsUtf8 => ServerEncoding == "UTF8";

    /// <summary>Reads the settings of an open session; takes about one millisecond, or fifty if its time zone is not
    /// UTC.</summary>
    public static async Task<SessionSettings> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        SessionSettings settings;
        await using (var command = new NpgsqlCommand(
            """
            SELECT current_setting('server_version_num')::int / 10000, current_setting('TimeZone'), current_setting('DateStyle'),
                   current_setting('IntervalStyle'), current_setting('server_encoding'),
                       current_setting('integer_datetimes')::bool
            """,
            connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false))
        {
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            settings = new SessionSettings
            {
                ServerMajor = reader.GetInt32(0),
                TimeZone = reader.GetString(1),
                DateStyle = reader.GetString(2),
                IntervalStyle = reader.GetString(3),
                ServerEncoding = reader.GetString(4),
                IntegerDatetimes = reader.GetBoolean(5),
                Zone = SessionZone.Utc,
            };
        }

        return SessionZone.IsUtc(settings.TimeZone)
            ? settings
            : settings with { Zone = await SessionZone.ReadAsync(connection, cancellationToken).ConfigureAwait(false) };
    }
}
