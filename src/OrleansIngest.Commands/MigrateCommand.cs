using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Commands;

/// <summary>Brings the database's tables up to date.</summary>
sealed class MigrateCommand() : IngestCommand(
    "migrate",
    "Create or update the tables: the ledger in schema ingest, and events and corrupt_records in schema public. Safe to run again.",
    "ingest migrate                                                # the embedded PostgreSQL, or what .env says",
    "ingest migrate --db postgres://loader:secret@localhost/shop   # a server of your own")
{
    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        await using var database = await OpenDatabase.OpenAsync(context, "ingest/migrate", cancellationToken);
        var applied = await Migrations.ApplyAsync(database.DataSource, cancellationToken);
        if (context.Json)
            context.WriteJson(new MigrateResult(database.Name, applied), ResultJson.Default.MigrateResult);
        else
            context.Output.WriteLine(applied ? $"{database.Name}: tables created or updated" : $"{database.Name}: tables are up to date");
        return ExitCode.Done;
    }
}
