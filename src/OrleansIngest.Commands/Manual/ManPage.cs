using System.Globalization;
using System.Text;

namespace OrleansIngest.Commands.Manual;

/// <summary>The manual page <c>ingest(1)</c>, in the man macros.</summary>
static class ManPage
{
    /// <summary>Writes it.</summary>
    /// <param name="program">The program itself.</param>
    /// <param name="version">Of the program.</param>
    /// <param name="output">Takes the page.</param>
    public static void Write(CommandInfo program, string version, TextWriter output)
    {
        output.WriteLine($".TH INGEST 1 \"\" \"ingest {Escape(version)}\" \"User Commands\"\n.ad l\n.nh");
        Section(output, "NAME");
        var (first, rest) = (char.ToLower(program.Description[0], CultureInfo.InvariantCulture), program.Description[1..]);
        output.WriteLine($"ingest \\- {Escape(first + rest.TrimEnd('.'))}");
        Section(output, "SYNOPSIS");
        output.WriteLine($".B ingest\n{Escape(program.Usage["ingest ".Length..])}");
        Section(output, "OPTIONS");
        output.WriteLine("Every command accepts these options.");
        foreach (var option in program.Global) Option(output, option);
        foreach (var group in program.Commands.GroupBy(c => c.Group))
        {
            Section(output, group.Key.Length == 0 ? "COMMANDS" : group.Key.ToUpperInvariant());
            foreach (var command in group.SelectMany(c => c.All)) Command(output, command);
        }

        Section(output, "EXIT STATUS");
        foreach (var (code, meaning) in Shell.ExitCode.Meanings)
            Item(output, code.ToString(CultureInfo.InvariantCulture), meaning);
        Section(output, "EXAMPLES");
        Examples(output, program.Examples);
    }

    static void Command(TextWriter output, CommandInfo command)
    {
        output.WriteLine($".SS \"{Escape(command.Usage)}\"");
        output.WriteLine(Escape(command.Description));
        foreach (var argument in command.Arguments) Item(output, argument.Name, argument.Description);
        foreach (var option in command.Options) Option(output, option);
        if (command.Examples.Count > 0) Examples(output, command.Examples);
    }

    static void Option(TextWriter output, OptionInfo option) => Item(output, option.Usage, option.Description);

    static void Item(TextWriter output, string name, string text)
    {
        output.WriteLine(".TP");
        output.WriteLine($".B {Escape(name)}");
        output.WriteLine(Escape(text));
    }

    static void Examples(TextWriter output, IReadOnlyList<string> examples)
    {
        output.WriteLine(".PP\n.nf");
        foreach (var example in examples) output.WriteLine(Escape(example));
        output.WriteLine(".fi");
    }

    static void Section(TextWriter output, string title) => output.WriteLine($".SH {Escape(title)}");

    /// <summary>Escapes a text for the formatter.</summary>
    static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        if (text.Length > 0 && text[0] is '.' or '\'') escaped.Append("\\&");
        foreach (var c in text)
        {
            _ = c switch
            {
                '\\' => escaped.Append("\\e"),
                '-' => escaped.Append("\\-"),
                '"' => escaped.Append("\\(dq"),
                '\'' => escaped.Append("\\(aq"),
                '^' => escaped.Append("\\(ha"),
                '~' => escaped.Append("\\(ti"),
                '`' => escaped.Append("\\(ga"),
                > '~' => escaped.Append(CultureInfo.InvariantCulture, $"\\[u{(int)c:X4}]"),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }
}
