using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace OrleansIngest.Commands.Shell;

/// <summary>The usual help, with examples behind it.</summary>
sealed class ExampleHelp(HelpAction usual) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var console = parseResult.InvocationConfiguration;
        var output = console.Output;
        using var text = new StringWriter();
        console.Output = text;
        var result = usual.Invoke(parseResult);
        console.Output = output;
        output.Write(WithoutSecondDefault(text.ToString()));
        if (parseResult.CommandResult.Command is IngestCommand { Examples: { Count: > 0 } examples })
            Write(examples, output);
        else if (parseResult.CommandResult.Command is RootCommand)
            Write(IngestCli.Examples, output);
        return result;
    }

    /// <summary>The descriptions name their defaults, in the words of the command line; the library adds them once more in its own.</summary>
    static string WithoutSecondDefault(string help)
    {
        var lines = help.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var second = lines[i].LastIndexOf(" [default: ", StringComparison.Ordinal);
            if (second >= 0 && lines[i].Contains("Default: ", StringComparison.Ordinal))
                lines[i] = lines[i][..second];
        }

        return string.Join('\n', lines);
    }

    static void Write(IReadOnlyList<string> examples, TextWriter output)
    {
        output.WriteLine("Examples:");
        foreach (var example in examples)
            output.WriteLine($"  {example}");
        output.WriteLine();
    }
}
