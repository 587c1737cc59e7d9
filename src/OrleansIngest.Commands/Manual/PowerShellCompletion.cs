using System.Text;

namespace OrleansIngest.Commands.Manual;

/// <summary>Completion for PowerShell 5 or later, with descriptions.</summary>
static class PowerShellCompletion
{
    /// <summary>The script.</summary>
    public static string Script(CommandInfo program)
    {
        var script = new StringBuilder();
        script.Append(
            """
            # Completion of ingest for PowerShell. Load it: ingest completion powershell | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName ingest, ./ingest -ScriptBlock {
                param($word, $ast, $cursor)

            """);
        script.Append("    $takesValue = @(").AppendJoin(", ", CompletionScript.WithValue(program).Select(Quoted)).Append(")\n");
        Append(script, "commands", program,
            c => c.Commands.Select(b => (b.Name, b.Summary)).Concat(
                c.Arguments.SelectMany(a => a.Choices).Select(choice => (choice, choice))));
        Append(script, "options", program,
            c => CompletionScript.OptionsOf(c).SelectMany(o => o.Names.Select(name => (name, o.Description))));
        script.Append("    $values = @{\n");
        foreach (var command in program.All)
        {
            foreach (var option in CompletionScript.OptionsOf(command).Where(o => o.Choices.Count > 0))
            {
                foreach (var name in option.Names)
                    script.Append(
                        $"        {Quoted($"{command.Path}:{name}")} = @({string.Join(", ", option.Choices.Select(Quoted))})\n");
            }
        }

        return script.Append(
            """
                }
                $words = @($ast.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursor } |
                    ForEach-Object { $_.ToString() })
                $at = ''
                for ($i = 0; $i -lt $words.Count; $i++) {
                    $next = "$at $($words[$i])".Trim()
                    if ($commands.ContainsKey($next)) { $at = $next }
                    elseif ($takesValue -ccontains $words[$i]) { $i++ }
                }
                $previous = if ($words.Count -gt 0) { $words[-1] } else { '' }
                if ($values.ContainsKey("${at}:$previous")) {
                    $found = $values["${at}:$previous"] | ForEach-Object { , @($_, $_) }
                }
                elseif ($takesValue -ccontains $previous) { return }
                elseif ($word -like '-*') { $found = $options[$at] }
                else { $found = $commands[$at] }
                $found | Where-Object { $_ -and $_[0] -like "$word*" } | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new($_[0], $_[0], 'ParameterValue', $_[1])
                }
            }

            """).ToString();
    }

    static void Append(StringBuilder script, string name, CommandInfo program,
        Func<CommandInfo, IEnumerable<(string Word, string Description)>> words)
    {
        script.Append($"    ${name} = @{{\n");
        foreach (var command in program.All)
        {
            var items = words(command).Select(w => $", @({Quoted(w.Word)}, {Quoted(CompletionScript.Brief(w.Description))})");
            script.Append($"        {Quoted(command.Path)} = @({string.Join("; ", items)})\n");
        }

        script.Append("    }\n");
    }

    static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
