using Npgsql;
using OrleansIngest.Cli.Shell;
using OrleansIngest.EmbeddedPostgres;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Cli.Hosting;

/// <summary>The database of one run: the configured one, or the embedded one, started; its tables up to date.</summary>
sealed class DatabaseSession : IAsyncDisposable
{
    readonly EmbeddedPostgresServer? _embedded;

    DatabaseSession(string connectionString, string name, string psqlCommand, EmbeddedPostgresServer? embedded) =>
        (ConnectionString, Name, PsqlCommand, _embedded) = (connectionString, name, psqlCommand, embedded);

    /// <summary>For Npgsql; may hold a password.</summary>
    public string ConnectionString { get; }

    /// <summary>For people; holds none.</summary>
    public string Name { get; }

    /// <summary>A command line to look at the data with.</summary>
    public string PsqlCommand { get; }

    /// <summary>Whether the database is the embedded one.</summary>
    public bool IsEmbedded => _embedded is not null;

    /// <summary>Where the embedded PostgreSQL and what else the program keeps is.</summary>
    public static string HomeOf(CliContext context) =>
        context.Surroundings.Environment.TryGetValue("INGEST_HOME", out var home) && home.Length > 0 ? home
        : Path.Combine(context.Surroundings.Environment.GetValueOrDefault("INGEST_ROOT", context.Surroundings.WorkingDirectory), ".ingest");

    /// <summary>Connects, and applies <c>sql/</c>.</summary>
    /// <param name="context">Says which database.</param>
    /// <param name="withEvents">Whether <c>public.events</c> is wanted.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="CliException">The database cannot be reached, or not be migrated.</exception>
    public static async Task<DatabaseSession> OpenAsync(CliContext context, bool withEvents, CancellationToken cancellationToken)
    {
        var session = context.Database is { } configured
            ? new DatabaseSession(configured.ConnectionString(), configured.ToString(),
                $"psql -h {configured.Host} -p {configured.Port} -U {configured.User} {configured.Database}", null)
            : await StartEmbeddedAsync(context, cancellationToken);
        try
        {
            await using var dataSource = NpgsqlDataSource.Create(session.ConnectionString);
            await Migrations.ApplyAsync(dataSource, cancellationToken, withEvents);
            return session;
        }
        catch (NpgsqlException failure) when (failure is not PostgresException)
        {
            await session.DisposeAsync();
            throw new CliException($"cannot reach {session.Name}: {failure.InnerException?.Message ?? failure.Message}");
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the embedded server when nobody else uses it.</summary>
    public ValueTask DisposeAsync() => _embedded?.DisposeAsync() ?? ValueTask.CompletedTask;

    static async Task<DatabaseSession> StartEmbeddedAsync(CliContext context, CancellationToken cancellationToken)
    {
        try
        {
            var server = await EmbeddedPostgresServer.StartAsync(
                new EmbeddedPostgresOptions { DataDirectory = Path.Combine(HomeOf(context), "postgres"), TimeProvider = context.Time },
                cancellationToken);
            return new DatabaseSession(server.ConnectionString, $"embedded PostgreSQL {server.Version} in {server.DataDirectory}", server.PsqlCommand, server);
        }
        catch (EmbeddedPostgresException failure)
        {
            throw new CliException(failure.Message);
        }
    }
}
