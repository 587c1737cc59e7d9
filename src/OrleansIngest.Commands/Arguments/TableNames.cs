using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Inference;
using OrleansIngest.Engine.Pipelines.Tables;

namespace OrleansIngest.Commands.Arguments;

/// <summary>Table names on the command line, by SQL's rules: folded to lower case unless quoted, and without a schema resolved by
/// the session's search_path.</summary>
static class TableNames
{
    /// <summary>Whether a table of the command line is that of a configured pipeline, which is then loaded under the pipeline's
    /// own name for it: they are written alike, or one has no schema and the other has any (on the command line) or <c>public</c>
    /// (in the configuration).</summary>
    public static bool Means(string asked, string configured)
    {
        var (askedSchema, askedName) = Parts(asked);
        var (schema, name) = Parts(configured);
        return askedName == name && (askedSchema is null || askedSchema == schema || (schema is null && askedSchema == "public"));
    }

    /// <summary>Whether it is, or may be, the table of the built-in pipeline.</summary>
    public static bool IsEvents(string table) => Parts(table) is (null or "public", "events");

    /// <summary>The name of a pipeline that exists only on the command line; the same for the same table, so that the ledger
    /// recognizes its files.</summary>
    public static string PipelineFor(string verb, string table) => SuggestedNames.PipelineFor(verb, table);

    /// <summary>Refuses a value of <c>--table</c> that SQL reads only in quotes and that has none.</summary>
    /// <exception cref="CliException">It is such a name; the message has the form to use.</exception>
    public static void Expect(string? table)
    {
        if (table is null || TableTemplate.IsOne(table) || table.Contains('"', StringComparison.Ordinal)) return;
        string[] parts = [.. table.Split('.').Select(part => part.Trim())];
        if (parts.Any(part => part.Length == 0)) throw CliException.Usage($"--table '{table}' is not a name of a table");
        if (parts.All(IsPlain)) return;
        var quoted = string.Join('.', parts.Select(part => IsPlain(part) ? part : $"\"{part}\""));
        throw CliException.Usage(
            $"--table {table}: a name that begins with a digit, or has other characters than letters, digits and _, needs double "
                + $"quotes: --table '{quoted}'");
    }

    static bool IsPlain(string part) => (char.IsAsciiLetter(part[0]) || part[0] is '_' or > '\x7f')
        && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' or > '\x7f');

    static (string? Schema, string Name) Parts(string table)
    {
        var parts = new List<string>();
        var start = 0;
        var quoted = false;
        for (var i = 0; i <= table.Length; i++)
        {
            if (i < table.Length && table[i] == '"') quoted = !quoted;
            if (i < table.Length && (quoted || table[i] != '.')) continue;
            parts.Add(Folded(table[start..i].Trim()));
            start = i + 1;
        }

        return parts.Count == 1 ? (null, parts[0]) : (string.Join('.', parts[..^1]), parts[^1]);
    }

    static string Folded(string part) =>
        part.Length > 1 && part[0] == '"' && part[^1] == '"' ? part[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal)
            : part.ToLowerInvariant();
}
