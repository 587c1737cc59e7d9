using System.CommandLine;
using Npgsql;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Queries.Watching;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;

namespace OrleansIngest.Commands.Queries;

/// <summary>A command that shows data of the ledger, like the pages, in a terminal; once, or live with <c>--watch</c>.</summary>
abstract class QueryCommand : IngestCommand
{
    static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    readonly Option<bool> _watch = new("--watch", "-w")
    {
        Description =
            "Refresh every second until q or Ctrl-C; / searches, s sorts, Enter opens a row; with --json, one line per refresh"
    };

    /// <inheritdoc cref="IngestCommand(string, string, string[])"/>
    protected QueryCommand(string name, string description, params string[] examples)
        : base(name, description, examples) => Add(_watch);

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        context.StandardLogLevel = "warn";
        await using var database = await OpenDatabase.OpenAsync(context, $"ingest/{Name}", cancellationToken);
        if (!context.Json && OtherDatabases.Note(context) is { } note) context.Error.WriteLine(note);
        if (!context.Get(_watch))
        {
            Print(context, await QueryAsync(context, database.DataSource, cancellationToken));
            return ExitCode.Done;
        }

        try
        {
            if (context.Surroundings.OutputIsTerminal && !context.Json
                && context.Surroundings.Environment.GetValueOrDefault("TERM") != "dumb")
                await WatchAsync(context, database.DataSource, cancellationToken);
            else await RepeatAsync(context, database.DataSource, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C ends watching.
        }

        return ExitCode.Done;
    }

    /// <summary>Reads the data to show.</summary>
    protected abstract Task<QueryResult> ReadAsync(CliContext context, NpgsqlDataSource dataSource,
        CancellationToken cancellationToken);

    async Task<QueryResult> QueryAsync(CliContext context, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(context, dataSource, cancellationToken);
        }
        catch (PostgresException failure) when (LedgerTables.AreMissing(failure))
        {
            throw LedgerTables.Missing(failure);
        }
    }

    /// <summary>Reads the details of a row that was opened while watching. Default: null, there are none.</summary>
    /// <param name="context">Of the command.</param>
    /// <param name="dataSource">The database.</param>
    /// <param name="row">Of the first table.</param>
    /// <param name="cancellationToken">Cancels.</param>
    protected virtual Task<QueryResult?> OpenAsync(CliContext context, NpgsqlDataSource dataSource, IReadOnlyList<string> row,
        CancellationToken cancellationToken) =>
        Task.FromResult<QueryResult?>(null);

    async Task WatchAsync(CliContext context, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var watcher = new Watcher(
            context, Name, token => QueryAsync(context, dataSource, token),
            (row, token) => OpenAsync(context, dataSource, row, token));
        // it stays visible after the screen is restored
        if (await watcher.RunAsync(cancellationToken) is { } last) Print(context, last);
    }

    async Task RepeatAsync(CliContext context, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        // As after a write that fails with EPIPE, which the console hides.
        while (!context.Surroundings.OutputIsClosed())
        {
            try
            {
                Print(context, await QueryAsync(context, dataSource, cancellationToken));
            }
            catch (NpgsqlException failure) when (!cancellationToken.IsCancellationRequested)
            {
                context.Error.WriteLine($"ingest: {Failure.Describe(failure, withStack: false, context.Database)}");
            }

            context.Output.Flush();
            await Task.Delay(Period, context.Time, cancellationToken);
        }
    }

    static void Print(CliContext context, QueryResult result)
    {
        if (context.Json)
        {
            context.Output.WriteLine(result.Json());
            return;
        }

        if (context.Surroundings.OutputIsTerminal)
        {
            var width = context.Surroundings.OutputWidth() is >= 20 and var known ? known : 80; // a terminal of unknown size
            foreach (var table in result.Tables) table.WriteTerminal(context.Output, width, TableStyle.Of(context.Surroundings));
        }
        else
        {
            foreach (var table in result.Tables) table.WritePlain(context.Output);
        }

        // On standard error, so that scripts that parse the output get rows only.
        foreach (var note in result.Notes) context.Error.WriteLine(note);
    }
}
