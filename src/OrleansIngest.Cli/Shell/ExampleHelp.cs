using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace OrleansIngest.Cli.Shell;

/// <summary>The usual help, with examples behind it.</summary>
sealed class ExampleHelp(HelpAction usual) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var result = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is IngestCommand { Examples: { Count: > 0 } examples })
            Write(examples, parseResult.InvocationConfiguration.Output);
        else if (parseResult.CommandResult.Command is RootCommand)
            Write(IngestCli.Examples, parseResult.InvocationConfiguration.Output);
        return result;
    }

    static void Write(IReadOnlyList<string> examples, TextWriter output)
    {
        output.WriteLine("Examples:");
        foreach (var example in examples)
            output.WriteLine($"  {example}");
        output.WriteLine();
    }
}
