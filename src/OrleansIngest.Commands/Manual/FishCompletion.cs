using System.Text;

namespace OrleansIngest.Commands.Manual;

/// <summary>Completion for fish 3 or later, with descriptions.</summary>
static class FishCompletion
{
    /// <summary>The script.</summary>
    public static string Script(CommandInfo program)
    {
        var script = new StringBuilder();
        script.Append(
            """
            # Completion of ingest for fish. Load it: ingest completion fish | source
            # Or save it as ~/.config/fish/completions/ingest.fish
            function __ingest_at
                set -l at
                set -l skip 0
                for word in (commandline -opc)[2..-1]
                    if test $skip = 1
                        set skip 0
                        continue
                    end
                    switch "$at $word"

            """);
        foreach (var command in program.All.Skip(1))
            script.Append(
                $"            case {Quoted(" " + command.Path)}\n                set at {Quoted(" " + command.Path)}\n");
        script.Append(
            $"            case {string.Join(' ', CompletionScript.WithValue(program).Select(name => $"'* {name}'"))}\n           "
                + $"     set skip 1\n");
        script.Append("        end\n    end\n    test \"$at\" = \"$argv\"\nend\n");
        script.Append(
            """
            # The words after those of a list that are already there.
            function __ingest_list
                set -l before (string match -r '^.*,' -- (string replace -r '^--[^=]*=' '' -- (commandline -ct)))
                for word in $argv
                    echo "$before$word"
                end
            end
            complete -c ingest -e
            complete -c ingest -f

            """);
        foreach (var command in program.All)
        {
            var line = $"complete -c ingest -n \"__ingest_at {Quoted(command.Path.Length == 0 ? "" : " " + command.Path)}\"";
            foreach (var below in command.Commands)
                script.Append($"{line} -a {below.Name} -d {Quoted(CompletionScript.Brief(below.Summary))}\n");
            if (CompletionScript.JoinChoices([.. command.Arguments.SelectMany(a => a.Choices)]) is { } choices)
                script.Append($"{line} -a {Quoted(choices)}\n");
            if (command.Arguments.Any(a => a.IsPath)) script.Append($"{line} -F\n");
            foreach (var option in CompletionScript.OptionsOf(command)) script.Append($"{line}{Of(option)}\n");
        }

        return script.ToString();
    }

    static string Of(OptionInfo option)
    {
        var names = string.Concat(option.Names.Select(
            name => name.StartsWith("--", StringComparison.Ordinal) ? $" -l {name[2..]}" : $" -s {name[1..]}"));
        var value = option.Value is null ? "" : CompletionScript.JoinChoices(option.Choices) is { } words
            ? $" -x -a {Quoted(option.IsList ? $"(__ingest_list {words})" : words)}" : option.IsPath ? " -r -F" : " -x";
        return $"{names}{value} -d {Quoted(CompletionScript.Brief(option.Description))}";
    }

    static string Quoted(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
