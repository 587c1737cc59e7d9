using System.Globalization;
using System.Text;
using Npgsql;

namespace OrleansIngest.Commands.Configuration;

/// <summary>The PostgreSQL to use. Only <see cref="ConnectionString"/> contains the password.</summary>
public sealed class DatabaseSettings
{
    /// <summary>The default of <see cref="ConnectTimeoutSeconds"/>.</summary>
    internal const int StandardConnectTimeoutSeconds = 10;

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

    /// <summary>A file in the form of <c>.pgpass</c> that has the password; null for the user's own. Default: null.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Whether the connection is encrypted, in libpq's words: disable, allow, prefer, require, verify-ca, verify-full.
    /// Default: prefer.</summary>
    public string SslMode { get; init; } = "prefer";

    /// <summary>Certificate authority's file that the server's certificate is checked with; null for
    /// the system's. Default: null.</summary>
    public string? RootCertificate { get; init; }

    /// <summary>File of the certificate that this program shows; null for none. Default: null.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>File of that certificate's key; null when the certificate's file has it. Default: null.</summary>
    public string? ClientKey { get; init; }

    /// <summary>Connection timeout in seconds, 0 to 1024; 0 for no limit. Default: 10.</summary>
    public int ConnectTimeoutSeconds { get; init; } = StandardConnectTimeoutSeconds;

    /// <summary>What <c>pg_stat_activity</c> shows for sessions that are not a node's; the sessions of nodes
    /// need their own names, by which they are found and ended. Null: each command's own. Default: null.</summary>
    public string? ApplicationName { get; init; }

    /// <summary>Settings of the session, such as <c>-c search_path=shop</c>; null for none. Default: null.</summary>
    public string? Options { get; init; }

    /// <summary>Where these settings came from, for messages: <c>--db</c>, <c>DATABASE_URL</c>,
    /// <c>DB_HOST …</c>. Default: --db.</summary>
    public string Source { get; init; } = "--db";

    /// <summary>Whether <see cref="Host"/> is the directory of a Unix socket.</summary>
    internal bool IsSocket => Host.StartsWith('/') || Host.StartsWith('@');

    /// <summary>For Npgsql; holds the password, so it must not be shown.</summary>
    /// <param name="applicationName">What <c>pg_stat_activity</c> shows unless
    /// <see cref="ApplicationName"/> is set; at most 63 bytes.</param>
    public string ConnectionString(string applicationName = "ingest")
    {
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = Host,
            Port = Port,
            Database = Database,
            Username = User,
            ApplicationName = ApplicationName ?? applicationName,
            SslMode = DatabaseUrl.Ssl(SslMode) ?? Npgsql.SslMode.Prefer,
            // GSS encryption, preferred by default, makes Npgsql connect twice without Kerberos, that is nearly everywhere.
            GssEncryptionMode = GssEncryptionMode.Disable,
            Timeout = ConnectTimeoutSeconds,
        };
        if (Password is not null) builder.Password = Password;
        if (PasswordFile is not null) builder.Passfile = PasswordFile;
        if (RootCertificate is not null) builder.RootCertificate = RootCertificate;
        if (ClientCertificate is not null) builder.SslCertificate = ClientCertificate;
        if (ClientKey is not null) builder.SslKey = ClientKey;
        if (Options is not null) builder.Options = Options;
        return builder.ConnectionString;
    }

    /// <summary><c>postgres://user@host:port/database</c>, without the password; a URL that can be given again.</summary>
    public override string ToString()
    {
        var port = Port.ToString(CultureInfo.InvariantCulture);
        if (IsSocket) return $"postgres://{Encoded(User)}@/{Encoded(Database)}?host={Host}&port={port}";
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return $"postgres://{Encoded(User)}@{host}:{port}/{Encoded(Database)}";
    }

    /// <summary>Encodes only characters that would be parsed as another part, so that people recognize the rest.</summary>
    static string Encoded(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (letter is ' ' or '%' or '/' or '?' or '#' or '@' or ':' or '&' or '=' or '"' or '\'' || char.IsControl(letter))
                text.Append(Uri.EscapeDataString(letter.ToString()));
            else text.Append(letter);
        }

        return text.ToString();
    }
}
