using System.Text;

namespace OrleansIngest.Commands.Manual;

/// <summary>Completion for bash 3.2 or later. Without a suggestion, bash completes file names.</summary>
static class BashCompletion
{
    /// <summary>The script.</summary>
    public static string Script(CommandInfo program)
    {
        var script = new StringBuilder();
        script.Append(
            """
            # Completion of ingest for bash. Load it: source <(ingest completion bash)
            _ingest() {
              local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} at="" i
              COMPREPLY=()
              # bash takes --option=value apart.
              if [ "$cur" = "=" ]; then cur=""
              elif [ "$prev" = "=" ]; then prev=${COMP_WORDS[COMP_CWORD-2]}
              fi
              for ((i = 1; i < COMP_CWORD; i++)); do
                case "$at ${COMP_WORDS[i]}" in

            """);
        foreach (var command in program.All.Skip(1)) script.Append($"      \" {command.Path}\") at=\" {command.Path}\" ;;\n");
        script.Append($"      *\" \"{string.Join("|*\" \"", CompletionScript.WithValue(program))}) i=$((i + 1)) ;;\n");
        script.Append("    esac\n  done\n  case \"$at:$prev\" in\n");
        foreach (var command in program.All)
        {
            foreach (var option in CompletionScript.OptionsOf(command).Where(o => o.Value is not null))
            {
                var patterns = string.Join('|', option.Names.Select(name => $"\"{Place(command)}:{name}\""));
                script.Append(CompletionScript.JoinChoices(option.Choices) is { } words
                    ? $"    {patterns}) COMPREPLY=($(compgen {Words(option, words)})); return ;;\n"
                    : $"    {patterns}) return ;;\n");
            }
        }

        script.Append("  esac\n  case \"$at\" in\n");
        foreach (var command in program.All)
        {
            var options = string.Join(' ',
                CompletionScript.OptionsOf(command).SelectMany(o => o.Names)
                    .Where(n => n.StartsWith("--", StringComparison.Ordinal)));
            var words = string.Join(' ',
                command.Commands.Select(c => c.Name).Concat(command.Arguments.SelectMany(a => a.Choices)));
            script.Append(
                $"    \"{Place(command)}\") if [ \"${{cur:0:1}}\" = \"-\" ]; then COMPREPLY=($(compgen -W \"{options}\" -- "
                    + $"\"$cur\"))");
            script.Append(words.Length > 0 ? $"; else COMPREPLY=($(compgen -W \"{words}\" -- \"$cur\")); fi ;;\n" : "; fi ;;\n");
        }

        return script.Append("  esac\n}\ncomplete -o bashdefault -o default -F _ingest ingest\n").ToString();
    }

    /// <summary>The last word of a list is completed, and the words before it stay.</summary>
    static string Words(OptionInfo option, string words) => option.IsList
        ? $"-P \"${{cur%\"${{cur##*,}}\"}}\" -W \"{words}\" -- \"${{cur##*,}}\"" : $"-W \"{words}\" -- \"$cur\"";

    static string Place(CommandInfo command) => command.Path.Length == 0 ? "" : $" {command.Path}";
}
