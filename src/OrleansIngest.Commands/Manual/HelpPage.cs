using System.CommandLine;
using System.CommandLine.Invocation;
using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Commands.Manual;

/// <summary>What <c>--help</c> prints: in groups, and wrapped for the terminal.</summary>
/// <param name="width">Returns the width of the terminal in characters.</param>
sealed class HelpPage(Func<int> width) : SynchronousCommandLineAction
{
    /// <summary>Longer lines are hard to read, however wide the terminal.</summary>
    const int Widest = 110;

    const int Narrowest = 40;

    const int Margin = 2;

    int _width;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        _width = Math.Clamp(width(), Narrowest, Widest);
        Write(CommandInfo.Of(parseResult.CommandResult.Command), parseResult.InvocationConfiguration.Output);
        return ExitCode.Done;
    }

    void Write(CommandInfo command, TextWriter output)
    {
        foreach (var line in WordWrap.Lines(command.Description, _width)) output.WriteLine(line);
        output.WriteLine();
        output.WriteLine("Usage:");
        output.WriteLine($"  {command.Usage}");
        output.WriteLine();
        WriteList(output, "Arguments", [.. command.Arguments.Select(a => (a.Name, a.Description))]);
        foreach (var group in command.Commands.GroupBy(c => c.Group))
            WriteList(output, group.Key.Length == 0 ? "Commands" : group.Key, [.. group.Select(c => (c.Name, c.Summary))]);
        foreach (var group in command.Options.GroupBy(o => o.Group))
            WriteList(output, group.Key.Length == 0 ? "Options" : group.Key, [.. group.Select(o => (o.Usage, o.Description))]);
        WriteList(output, "Options of every command", [.. command.Global.Select(o => (o.Usage, o.Description))]);
        output.WriteLine("Examples:");
        foreach (var example in command.Examples) output.WriteLine($"  {example}");
        if (command.Commands.Count > 0)
        {
            output.WriteLine();
            output.WriteLine($"{string.Join(' ', "ingest", command.Path).TrimEnd()} COMMAND --help describes a command.");
        }

        output.WriteLine();
    }

    /// <summary>Names on the left, descriptions on the right; a long name has a line of its own.</summary>
    void WriteList(TextWriter output, string title, IReadOnlyList<(string Name, string Text)> items)
    {
        if (items.Count == 0) return;
        output.WriteLine($"{title}:");
        var column = Math.Min(items.Max(i => i.Name.Length), _width / 3) + 2 * Margin;
        foreach (var (name, text) in items)
        {
            var lines = WordWrap.Lines(text, _width - column).ToList();
            var isLong = name.Length > column - 2 * Margin;
            if (isLong) output.WriteLine($"  {name}");
            for (var i = 0; i < lines.Count; i++)
                output.WriteLine((i == 0 && !isLong ? $"  {name}".PadRight(column) : new string(' ', column)) + lines[i]);
            if (lines.Count == 0 && !isLong) output.WriteLine($"  {name}");
        }

        output.WriteLine();
    }
}
