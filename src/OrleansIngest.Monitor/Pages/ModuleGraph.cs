using System.Text.RegularExpressions;

namespace OrleansIngest.Monitor.Pages;

/// <summary>Which modules a browser needs before it can run some: itself it finds that out one level of imports after the
/// other.</summary>
static partial class ModuleGraph
{
    /// <summary>Modules and all that they import statically, each once and before what it imports.</summary>
    /// <param name="entries">Paths below the root, such as <c>assets/js/app.js</c>.</param>
    /// <param name="read">The text of a path; null when there is none.</param>
    public static IReadOnlyList<string> Of(IEnumerable<string> entries, Func<string, string?> read)
    {
        var found = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(entries);
        while (open.TryDequeue(out var path))
        {
            if (!known.Add(path) || read(path) is not { } text) continue;
            found.Add(path);
            foreach (Match import in StaticImport().Matches(text))
                open.Enqueue(new Uri(new Uri($"file:///{path}"), import.Groups[1].Value).AbsolutePath[1..]);
        }

        return found;
    }

    /// <summary><c>import … from "./x.js";</c> and <c>export … from</c>, over several lines too; not
    /// <c>import("./x.js")</c>.</summary>
    [GeneratedRegex("""^(?:import|export)\s[^"';()]*?from\s+"(\.[^"]+)";""", RegexOptions.Multiline)]
    private static partial Regex StaticImport();
}
