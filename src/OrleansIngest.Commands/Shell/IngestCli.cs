using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using OrleansIngest.Commands.Manual;

namespace OrleansIngest.Commands.Shell;

/// <summary>The program: parses, runs the command, turns what goes wrong into a sentence and an exit code.</summary>
/// <param name="commands">What it can do, in the order in which the help lists it; for one call.</param>
sealed class IngestCli(IReadOnlyList<IngestCommand> commands)
{
    internal static IReadOnlyList<string> Examples { get; } =
    [
        "ingest check                                       # verify configuration, database and directories",
        "ingest generate --interval 0                       # 20 files of e-commerce events in data/events",
        "ingest load data/events --table events             # load them, once",
        "ingest init orders.csv                             # a table and a configuration for files of your own",
    ];

    /// <summary>The exit code of the command that runs when it is stopped before its end.</summary>
    public int ExitCodeWhenStopped { get; private set; } = ExitCode.Interrupted;

    /// <summary>Runs one command line.</summary>
    /// <param name="arguments">As typed, without the program's name.</param>
    /// <param name="surroundings">The process.</param>
    /// <param name="cancellationToken">Ctrl-C and SIGTERM.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CliSurroundings surroundings,
        CancellationToken cancellationToken)
    {
        // As git, gh and docker have it: "help load" is "load --help".
        if (arguments is ["help", ..]) arguments = [.. arguments.Skip(1), "--help"];
        surroundings = WordWrapWriter.Around(surroundings);
        var root = CreateRoot(surroundings);
        var parsed = root.Parse(arguments);
        var unknown = UnknownTokens.Describe(parsed);
        if (unknown is not null || (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction))
        {
            // One wrong word makes every word after it wrong too: the first error is the one to mend.
            surroundings.Error.WriteLine($"ingest: {unknown ?? ParserErrors.Describe(parsed.Errors[0])}");
            surroundings.Error.WriteLine($"Help: {Path(parsed.CommandResult.Command)} --help");
            return ExitCode.Usage;
        }

        if (parsed.CommandResult.Command is IngestCommand chosen) ExitCodeWhenStopped = chosen.ExitCodeWhenStopped(parsed);
        try
        {
            var console = new InvocationConfiguration
            {
                Output = surroundings.Output,
                Error = surroundings.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // the caller's token already handles the signals
            };
            return await parsed.InvokeAsync(console, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            surroundings.Error.WriteLine(ExitCodeWhenStopped == ExitCode.Done ? "ingest: stopped" : "ingest: interrupted");
            return ExitCodeWhenStopped;
        }
        catch (CliException exception)
        {
            WriteError(surroundings, exception.Message);
            return exception.ExitCode;
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested)
        {
            // Some libraries have exceptions of their own for a cancelled start.
            WriteError(surroundings, $"stopped: {Failure.Describe(exception, withStack: false)}");
            return ExitCodeWhenStopped;
        }
        catch (Exception exception)
        {
            // The last line of defence: whatever it is, the caller gets a sentence and an exit code.
            WriteError(surroundings, Failure.Describe(exception, withStack: IsForDevelopers(parsed)));
            return ExitCode.Failed;
        }
    }

    internal RootCommand CreateRoot(CliSurroundings surroundings)
    {
        var root = new RootCommand("Load files that appear in directories into PostgreSQL, exactly once.");
        foreach (var option in new Option[] { GlobalOptions.Db, GlobalOptions.Config, GlobalOptions.Json, GlobalOptions.LogLevel,
            GlobalOptions.LogFile })
            root.Add(option);
        foreach (var command in commands)
        {
            Bind(command, surroundings);
            root.Add(command);
        }

        root.Options.OfType<VersionOption>().Single().Aliases.Add("-V");
        var help = root.Options.OfType<HelpOption>().Single();
        help.Description = "Show help";
        help.Action = new HelpPage(surroundings.OutputWidth);
        root.SetAction(parsed => ((SynchronousCommandLineAction)help.Action).Invoke(parsed));
        return root;
    }

    static void Bind(IngestCommand command, CliSurroundings surroundings)
    {
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var context = new CliContext(parsed, surroundings);
            try
            {
                context.CheckLogFile();
                PipelineDatabase.Choose(command, context);
                return await command.RunAsync(context, cancellationToken);
            }
            catch (Exception failure) when (Failure.IsOfDatabase(failure) && !IsForDevelopers(parsed))
            {
                // Here it is known which database was meant.
                throw new CliException(Failure.Describe(failure, withStack: false, context.Database));
            }
        });
        foreach (var inner in command.Subcommands.OfType<IngestCommand>()) Bind(inner, surroundings);
    }

    static bool IsForDevelopers(ParseResult parsed) => parsed.GetValue(GlobalOptions.LogLevel) is "debug" or "trace";

    static string Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Path(parent)} {command.Name}" : "ingest";

    static void WriteError(CliSurroundings surroundings, string message)
    {
        foreach (var line in message.Split('\n'))
            surroundings.Error.WriteLine($"ingest: {line}");
    }
}
