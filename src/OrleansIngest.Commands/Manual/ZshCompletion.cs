using System.Text;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Commands.Manual;

/// <summary>Completion for zsh, with descriptions.</summary>
static class ZshCompletion
{
    /// <summary>The script.</summary>
    public static string Script(CommandInfo program)
    {
        var script = new StringBuilder();
        script.Append(
            """
            #compdef ingest
            # Completion of ingest for zsh. Load it behind compinit: source <(ingest completion zsh)
            # Or save it as _ingest in a directory of $fpath.
            _ingest() {
              local at="" prev=${words[CURRENT-1]} i
              local -a items
              for ((i = 2; i < CURRENT; i++)); do
                case "$at ${words[i]}" in

            """);
        foreach (var command in program.All.Skip(1)) script.Append($"      \" {command.Path}\") at=\" {command.Path}\" ;;\n");
        script.Append($"      *\" \"({string.Join('|', CompletionScript.WithValue(program))})) (( i++ )) ;;\n");
        script.Append(
            """
                esac
              done
              if [[ $PREFIX == --*=* ]]; then
                prev=${PREFIX%%=*}
                compset -P '*='
              fi
              case "$at:$prev" in

            """);
        foreach (var command in program.All)
        {
            foreach (var option in CompletionScript.OptionsOf(command).Where(o => o.Value is not null))
            {
                var patterns = string.Join('|', option.Names.Select(name => $"\"{Place(command)}:{name}\""));
                var action = CompletionScript.JoinChoices(option.Choices) is { } words
                    ? $"{(option.IsList ? "compset -P '*,'; " : "")}compadd -- {words}"
                    : option.IsPath ? "_files" : $"_message {ShellWord.Quoted(option.Value!)}";
                script.Append($"    {patterns}) {action}; return ;;\n");
            }
        }

        script.Append("  esac\n  case \"$at\" in\n");
        foreach (var command in program.All)
        {
            script.Append($"    \"{Place(command)}\")\n      if [[ $PREFIX == -* ]]; then\n        items=(\n");
            foreach (var option in CompletionScript.OptionsOf(command))
            {
                foreach (var name in option.Names) script.Append($"          {Item(name, option.Description)}\n");
            }

            script.Append("        )\n        _describe -o option items\n      else\n");
            if (command.Commands.Count > 0)
            {
                script.Append("        items=(\n");
                foreach (var below in command.Commands) script.Append($"          {Item(below.Name, below.Summary)}\n");
                script.Append("        )\n        _describe command items\n");
                if (command.Arguments.Any(a => a.IsPath)) script.Append("        _files\n");
            }
            else if (command.Arguments.SelectMany(a => a.Choices).ToArray() is { Length: > 0 } choices)
            {
                script.Append($"        compadd -- {string.Join(' ', choices)}\n");
            }
            else
            {
                var wanted = command.Arguments.Count > 0 ? command.Arguments[0].Name : "no argument";
                script.Append(command.Arguments.Any(a => a.IsPath) ? "        _files\n"
                    : $"        _message {ShellWord.Quoted(wanted)}\n");
            }

            script.Append("      fi ;;\n");
        }

        return script.Append(
            "  esac\n}\nif [ \"$funcstack[1]\" = \"_ingest\" ]; then _ingest \"$@\"; else compdef _ingest ingest; fi\n")
            .ToString();
    }

    static string Place(CommandInfo command) => command.Path.Length == 0 ? "" : $" {command.Path}";

    static string Item(string name, string description) =>
        ShellWord.Quoted($"{name}:{CompletionScript.Brief(description).Replace(":", "\\:", StringComparison.Ordinal)}");
}
