using Npgsql;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Shell;
using OrleansIngest.EmbeddedPostgres;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Commands.Databases;

/// <summary>The database of a command: the configured one, or the embedded PostgreSQL, started or joined for
/// the lifetime of this object.</summary>
sealed class OpenDatabase : IAsyncDisposable
{
    OpenDatabase(string name, string connectionString, EmbeddedPostgresServer? embedded, bool forLoad = false)
    {
        (Name, ConnectionString, Embedded) = (name, connectionString, embedded);
        if (forLoad) LedgerPool = NodeLedgerPool.Create(connectionString, NodeKind.Load);
        DataSource = LedgerPool?.Source ?? PostgresDataSource.Create(connectionString);
    }

    /// <summary>Human-readable: <c>postgres://user@host:port/database</c>, without the password.</summary>
    public string Name { get; }

    /// <summary>For Npgsql; holds the password, so it must not be shown.</summary>
    public string ConnectionString { get; }

    /// <summary>A pool of connections; none is open yet.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>The same pool, for the node that loads; null unless opened for a load.</summary>
    public NodeLedgerPool? LedgerPool { get; }

    /// <summary>The embedded server; null when a database is configured.</summary>
    public EmbeddedPostgresServer? Embedded { get; }

    /// <summary>Starts or joins the embedded server when no database is configured; it must exist: a command that reads, or
    /// changes what is stored, finds nothing in a new one, and a mistyped directory would get a server. Does not connect to a
    /// configured one.</summary>
    /// <param name="context">Chooses the database, receives messages about slow steps, and masks the password in the log.</param>
    /// <param name="applicationName">What <c>pg_stat_activity</c> shows, such as <c>ingest/check</c>; at most 63 bytes.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="CliException">The configuration is wrong, or the embedded server does not exist or cannot run
    /// here.</exception>
    public static Task<OpenDatabase> OpenAsync(CliContext context, string applicationName,
        CancellationToken cancellationToken) => IsMissing(context)
            ? throw CliException.Usage(Missing(context))
            : OpenOrCreateAsync(context, applicationName, cancellationToken);

    /// <summary>The same, but creates the embedded server when there is none.</summary>
    public static Task<OpenDatabase> OpenOrCreateAsync(CliContext context, string applicationName,
        CancellationToken cancellationToken) => StartOrJoinAsync(context, applicationName, forLoad: false, cancellationToken);

    /// <summary>Whether the command would work with an embedded server that was never created.</summary>
    public static bool IsMissing(CliContext context) =>
        context.Database is null && !EmbeddedPostgresServer.Exists(context.Surroundings.EmbeddedDirectory);

    /// <summary>Says so, and what to do.</summary>
    public static string Missing(CliContext context) =>
        $"there is no private database in {Path.GetDirectoryName(context.Surroundings.EmbeddedDirectory)}, and no other database "
            + "is configured: name one with --db or DATABASE_URL, or start with ingest load, ingest up or ingest migrate";

    /// <summary>The same as <see cref="OpenOrCreateAsync"/>, with <see cref="LedgerPool"/>.</summary>
    public static Task<OpenDatabase> OpenForLoadAsync(CliContext context, CancellationToken cancellationToken) =>
        StartOrJoinAsync(context, "ingest/load", forLoad: true, cancellationToken);

    static async Task<OpenDatabase> StartOrJoinAsync(CliContext context, string applicationName, bool forLoad,
        CancellationToken cancellationToken)
    {
        if (context.Database is { } database)
            return new OpenDatabase(database.ToString(), database.ConnectionString(applicationName), embedded: null, forLoad);

        try
        {
            var server = await EmbeddedPostgresServer.StartAsync(
                new EmbeddedPostgresOptions
                {
                    DataDirectory = context.Surroundings.EmbeddedDirectory,
                    Progress = new ErrorLines(context.Error),
                    TimeProvider = context.Time,
                },
                cancellationToken);
            var connection = new NpgsqlConnectionStringBuilder(server.ConnectionString) { ApplicationName = applicationName };
            context.Secrets.Add(connection.Password);
            return new OpenDatabase(
                $"postgres://{connection.Username}@{connection.Host}:{connection.Port}/{connection.Database}",
                connection.ConnectionString, server, forLoad);
        }
        catch (EmbeddedPostgresException exception) when (exception.IsNotWritable && context.Surroundings.IsContainer)
        {
            throw new CliException(
                "No database is configured, and this container cannot create a private PostgreSQL: "
                + $"{context.Surroundings.EmbeddedDirectory} is not writable. Set DATABASE_URL, for example: "
                + "docker run -e DATABASE_URL=postgres://user:password@host:5432/database …");
        }
        catch (EmbeddedPostgresException exception)
        {
            throw new CliException(exception.Message);
        }
    }

    /// <summary>One of the databases beside the main one. Does not connect to it.</summary>
    /// <param name="settings">Which.</param>
    /// <param name="applicationName">As of <see cref="OpenAsync"/>.</param>
    public static OpenDatabase Of(DatabaseSettings settings, string applicationName) =>
        new(settings.ToString(), settings.ConnectionString(applicationName), embedded: null);

    /// <summary>Creates or updates the tables.</summary>
    /// <param name="withEvents">Whether to create <c>public.events</c> too.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    /// <exception cref="ForeignTableException">A table of another program has the name of one
    /// that this program needs.</exception>
    public Task MigrateAsync(bool withEvents, CancellationToken cancellationToken) =>
        Migrations.ApplyAsync(DataSource, cancellationToken, withEvents);

    /// <summary>Closes the connections; the last program that uses the embedded server stops it.</summary>
    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        if (Embedded is not null)
            await Embedded.DisposeAsync();
    }

    sealed class ErrorLines(TextWriter error) : IProgress<string>
    {
        public void Report(string value) => error.WriteLine($"ingest: {value}");
    }
}
