using System.CommandLine;
using Npgsql;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Commands.Verbs;

/// <summary>A command that records an operator's order in the ledger. It takes effect in every program on that
/// database, running or not.</summary>
abstract class VerbCommand : IngestCommand
{
    readonly Option<string?> _why = new("--why") { Description = "The reason, for the history", HelpName = "TEXT" };

    /// <inheritdoc cref="IngestCommand(string, string, string[])"/>
    protected VerbCommand(string name, string description, params string[] examples)
        : base(name, description, examples) => Add(_why);

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        context.StandardLogLevel = "warn";
        await using var database = await OpenDatabase.OpenAsync(context, $"ingest/{Name}", cancellationToken);
        try
        {
            return await DoAsync(context, database.DataSource, new OperatorAct(CliContext.Who, context.Get(_why)),
                cancellationToken);
        }
        catch (PostgresException failure) when (LedgerTables.AreMissing(failure))
        {
            throw LedgerTables.Missing(failure);
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new CliException(
                "an unresponsive node holds the file in an open transaction; it is declared dead after 8 s: try again then");
        }
    }

    /// <summary>Does it.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    protected abstract Task<int> DoAsync(CliContext context, NpgsqlDataSource dataSource, OperatorAct act,
        CancellationToken cancellationToken);
}
