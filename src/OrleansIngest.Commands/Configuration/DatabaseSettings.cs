using Npgsql;

namespace OrleansIngest.Commands.Configuration;

/// <summary>Which PostgreSQL to use. The password is in no text but that of <see cref="ConnectionString"/>.</summary>
public sealed class DatabaseSettings
{
    /// <summary>Host name, address, or the directory of a Unix socket.</summary>
    public required string Host { get; init; }

    /// <summary>1 to 65535. Default: 5432.</summary>
    public int Port { get; init; } = 5432;

    /// <summary>The database.</summary>
    public required string Database { get; init; }

    /// <summary>The role.</summary>
    public required string User { get; init; }

    /// <summary>The role's password; null where the server asks for none. Default: null.</summary>
    internal string? Password { get; init; }

    /// <summary>Whether the connection is encrypted, in libpq's words: disable, allow, prefer, require, verify-ca, verify-full. Default: prefer.</summary>
    public string SslMode { get; init; } = "prefer";

    /// <summary>Certificate authority's file that the server's certificate is checked with; null for the system's. Default: null.</summary>
    public string? RootCertificate { get; init; }

    /// <summary>Where these settings came from, for messages: <c>--db</c>, <c>DATABASE_URL</c>, <c>DB_HOST …</c>. Default: --db.</summary>
    public string Source { get; init; } = "--db";

    /// <summary>For Npgsql; holds the password, so it must not be shown.</summary>
    /// <param name="applicationName">What <c>pg_stat_activity</c> shows; at most 63 bytes.</param>
    public string ConnectionString(string applicationName = "ingest")
    {
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = Host,
            Port = Port,
            Database = Database,
            Username = User,
            ApplicationName = applicationName,
            SslMode = DatabaseUrl.Ssl(SslMode) ?? Npgsql.SslMode.Prefer,
            // Preferred by default, it makes Npgsql connect twice wherever there is no Kerberos, which is nearly everywhere.
            GssEncryptionMode = GssEncryptionMode.Disable,
            Timeout = 10,
        };
        if (Password is not null)
            builder.Password = Password;
        if (RootCertificate is not null)
            builder.RootCertificate = RootCertificate;
        return builder.ConnectionString;
    }

    /// <summary><c>postgres://user@host:port/database</c>, without the password.</summary>
    public override string ToString() => $"postgres://{User}@{Host}:{Port}/{Database}";
}
