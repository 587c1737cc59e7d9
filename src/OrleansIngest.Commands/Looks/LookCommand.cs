using System.CommandLine;
using Npgsql;
using OrleansIngest.Commands.Databases;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Commands.Tables;
using Spectre.Console;

namespace OrleansIngest.Commands.Looks;

/// <summary>A command that shows what the ledger says: what the pages show, in a terminal; once, or live with <c>--watch</c>.</summary>
abstract class LookCommand : IngestCommand
{
    static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    readonly Option<bool> _watch = new("--watch", "-w") { Description = "Look again every second, until Ctrl-C; with --json, a line each time" };

    /// <inheritdoc cref="IngestCommand(string, string, string[])"/>
    protected LookCommand(string name, string description, params string[] examples)
        : base(name, description, examples) => Add(_watch);

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        context.StandardLogLevel = "warn";
        await using var database = await OpenDatabase.OpenAsync(context, $"ingest/{Name}", cancellationToken);
        if (!context.Json && OtherDatabases.Note(context) is { } note) context.Error.WriteLine(note);
        if (!context.Get(_watch))
        {
            Print(context, await LookAsync(context, database.DataSource, cancellationToken));
            return ExitCode.Done;
        }

        try
        {
            if (context.Surroundings.OutputIsTerminal && !context.Json) await WatchAsync(context, database.DataSource, cancellationToken);
            else await RepeatAsync(context, database.DataSource, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // That is how watching ends.
        }

        return ExitCode.Done;
    }

    /// <summary>Reads what is to be shown.</summary>
    protected abstract Task<Look> ReadAsync(CliContext context, NpgsqlDataSource dataSource, CancellationToken cancellationToken);

    async Task<Look> LookAsync(CliContext context, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
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

    async Task WatchAsync(CliContext context, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var console = ConsoleOf(context);
        await console.Live(new Text("")).AutoClear(false).Overflow(VerticalOverflow.Ellipsis).StartAsync(async live =>
        {
            while (true)
            {
                try
                {
                    var look = await LookAsync(context, dataSource, cancellationToken);
                    live.UpdateTarget(new Rows([.. look.Tables.Select(t => t.ToRenderable(console.Profile.Width)), .. look.Notes.Select(n => new Text(n)), Now(context)]));
                }
                catch (NpgsqlException failure) when (!cancellationToken.IsCancellationRequested)
                {
                    live.UpdateTarget(new Rows(new Text(Failure.Describe(failure, withStack: false, context.Database), new Style(Color.Yellow)), Now(context)));
                }

                live.Refresh();
                await Task.Delay(Period, context.Time, cancellationToken);
            }
        });
    }

    async Task RepeatAsync(CliContext context, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                Print(context, await LookAsync(context, dataSource, cancellationToken));
            }
            catch (NpgsqlException failure) when (!cancellationToken.IsCancellationRequested)
            {
                context.Error.WriteLine($"ingest: {Failure.Describe(failure, withStack: false, context.Database)}");
            }

            context.Output.Flush();
            await Task.Delay(Period, context.Time, cancellationToken);
        }
    }

    static IAnsiConsole ConsoleOf(CliContext context)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(context.Output) });
        if (console.Profile.Width < 40) console.Profile.Width = 80; // a terminal that does not say
        return console;
    }

    static Text Now(CliContext context) => new($"{Readable.Instant(context.Time.GetUtcNow())} UTC · Ctrl-C ends", new Style(decoration: Decoration.Dim));

    static void Print(CliContext context, Look look)
    {
        if (context.Json)
        {
            context.Output.WriteLine(look.Json());
            return;
        }

        if (context.Surroundings.OutputIsTerminal)
        {
            var console = ConsoleOf(context);
            foreach (var table in look.Tables) console.Write(new Rows(table.ToRenderable(console.Profile.Width)));
        }
        else
        {
            foreach (var table in look.Tables) table.WritePlain(context.Output);
        }

        // Beside the rows, so that whoever takes these apart gets rows only.
        foreach (var note in look.Notes) context.Error.WriteLine(note);
    }
}
