using Npgsql;
using OrleansIngest.Commands.Arguments;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Commands;

/// <summary>Brings the database's tables up to date.</summary>
sealed class MigrateCommand() : IngestCommand(
    "migrate",
    "Create or update the tables: the ledger in schema ingest, and events and corrupt_records in schema public; in all databases "
        + "of the configuration unless one is given. Safe to repeat.",
    "ingest migrate                                                # the private PostgreSQL, or the database set in .env",
    "ingest migrate --db postgres://loader:secret@localhost/shop   # a server of your own")
{
    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        await using (var database = await OpenDatabase.OpenOrCreateAsync(context, "ingest/migrate", cancellationToken))
        {
            Print(context, database.Name, await Migrations.ApplyAsync(database.DataSource, cancellationToken));
        }

        // Only the given one, if there is one.
        if (context.IsGiven(GlobalOptions.Db) || context.ConfigurationTexts.IsAbsent) return ExitCode.Done;
        var failed = false;
        foreach (var (name, settings) in context.Databases)
        {
            await using var database = OpenDatabase.Of(settings, "ingest/migrate");
            try
            {
                var withEvents = context.Configuration.Pipelines.Any(p => p.Database == name && TableNames.IsEvents(p.Table));
                Print(context, database.Name, await Migrations.ApplyAsync(database.DataSource, cancellationToken, withEvents));
            }
            catch (Exception failure) when (failure is NpgsqlException or MigrationException or ForeignTableException
                or LedgerVersionException)
            {
                failed = true;
                context.Error.WriteLine($"ingest: database {name}: {Failure.Describe(failure, withStack: false, settings)}");
            }
        }

        return failed ? ExitCode.Failed : ExitCode.Done;
    }

    static void Print(CliContext context, string name, bool applied)
    {
        if (context.Json) context.WriteJson(new MigrateResult(name, applied), ResultJson.Default.MigrateResult);
        else context.Output.WriteLine(applied ? $"{name}: tables created or updated" : $"{name}: tables are up to date");
    }
}
