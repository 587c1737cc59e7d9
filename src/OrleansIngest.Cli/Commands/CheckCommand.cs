using Npgsql;
using OrleansIngest.Cli.Checks;
using OrleansIngest.Cli.Databases;
using OrleansIngest.Cli.Shell;

namespace OrleansIngest.Cli.Commands;

/// <summary>Tells before anything runs whether it can.</summary>
sealed class CheckCommand() : IngestCommand(
    "check",
    "Check the configuration, the watched directories, the connection to the database and the rights there. Nothing is changed.",
    "ingest check                           # with ingest.json or the built-in pipeline",
    "ingest check --config nightly.json --db postgres://ingest:secret@db/shop")
{
    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var checks = new CheckList();
        var pipelines = context.Configuration.Pipelines; // wrong ones end the program here, with every mistake named
        checks.Ok("configuration", $"{pipelines.Count} pipeline{(pipelines.Count == 1 ? "" : "s")}: {string.Join(", ", pipelines.Select(pipeline => pipeline.Name))}");
        foreach (var pipeline in pipelines)
            DirectoryChecks.Add(pipeline, checks);
        await DatabaseAsync(context, checks, cancellationToken);
        Print(context, checks);
        return checks.Passed ? ExitCode.Done : ExitCode.Failed;
    }

    static async Task DatabaseAsync(CliContext context, CheckList checks, CancellationToken cancellationToken)
    {
        await using var database = await OpenDatabase.OpenAsync(context, "ingest/check", cancellationToken);
        try
        {
            await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
            var hasLedger = await DatabaseChecks.AddAsync(connection, database.Name, checks, cancellationToken);
            foreach (var pipeline in context.Configuration.Pipelines)
                await TableChecks.AddAsync(pipeline, isNewDatabase: !hasLedger, connection, checks, cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            checks.Failed($"database {database.Name}", Failure.Describe(exception, withStack: false));
        }
    }

    static void Print(CliContext context, CheckList checks)
    {
        if (context.Json)
        {
            context.WriteJson(new CheckResult(checks.Passed, checks.Lines), ResultJson.Default.CheckResult);
            return;
        }

        foreach (var line in checks.Lines)
        {
            var mark = line.Status switch { CheckStatus.Ok => "ok  ", CheckStatus.Warning => "note", _ => "FAIL" };
            context.Output.WriteLine($"{mark}  {line.Subject}: {line.Detail}");
        }
    }
}
