using OrleansIngest.Cli.Shell;
using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Cli.Commands;

/// <summary>Brings the database's tables up to date.</summary>
sealed class MigrateCommand() : IngestCommand(
    "migrate",
    "Create or update the tables: the ledger in schema ingest, and events and corrupt_records in schema public. Safe to run again.",
    "ingest migrate --db postgres://ingest:secret@localhost/shop")
{
    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var database = context.Database ?? throw CliException.Usage(
            "no database is configured; the embedded PostgreSQL is migrated whenever it starts. Give --db, DATABASE_URL or DB_HOST …");
        await using var dataSource = database.CreateDataSource("ingest/migrate");
        var applied = await Migrations.ApplyAsync(dataSource, cancellationToken);
        if (context.Json)
            context.WriteJson(new MigrateResult(database.ToString(), applied), ResultJson.Default.MigrateResult);
        else
            context.Output.WriteLine(applied ? $"{database}: tables created or updated" : $"{database}: tables are up to date");
        return ExitCode.Done;
    }
}
