using System.Globalization;
using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace OrleansIngest.Engine.Pipelines.Disposal;

/// <summary>The destination of a file: a path with variables in braces.</summary>
public static partial class ArchiveTemplate
{
    /// <summary>The variables, for messages.</summary>
    public const string Variables = "{name} {stem} {ext} {folder} {yyyy} {MM} {dd} {HH} {pipeline} {fileId}";

    /// <summary>Expands a template.</summary>
    /// <param name="template">A template that is valid according to <see cref="Problem"/>.</param>
    /// <param name="path">Absolute path of the file.</param>
    /// <param name="pipeline">Name of its pipeline.</param>
    /// <param name="fileId">Its id in the ledger.</param>
    /// <param name="at">When it was loaded or quarantined; provides the date and hour, in UTC.</param>
    public static string Expand(string template, string path, string pipeline, long fileId, DateTimeOffset at)
    {
        var name = Path.GetFileName(path);
        return Variable().Replace(template, variable => variable.Groups[1].Value switch
        {
            "name" => name,
            "stem" => Path.GetFileNameWithoutExtension(name),
            "ext" => Path.GetExtension(name).TrimStart('.'),
            "folder" => Path.GetFileName(Path.GetDirectoryName(path)) ?? "",
            "pipeline" => pipeline,
            "fileId" => fileId.ToString(CultureInfo.InvariantCulture),
            var part => at.UtcDateTime.ToString(part, CultureInfo.InvariantCulture),
        });
    }

    /// <summary>What is wrong with a template; null if it is valid.</summary>
    public static string? Problem(string template)
    {
        if (string.IsNullOrWhiteSpace(template) || template.Contains('\0'))
            return "must be a path such as done/{yyyy}/{MM}/{name}";
        foreach (Match braced in Braced().Matches(template))
        {
            if (!Variable().IsMatch(braced.Value))
                return $"has {braced.Value}, which is not a variable; the variables are {Variables}";
        }

        var last = template[(template.LastIndexOf('/') + 1)..];
        return last.Contains("{name}", StringComparison.Ordinal) || last.Contains("{stem}", StringComparison.Ordinal)
            || last.Contains("{fileId}", StringComparison.Ordinal)
            ? null
            : $"must end with a file's name, such as {{name}}, {{stem}}.old or {{fileId}}.csv, not '{last}'";
    }

    /// <summary>The watched directory in which discovery would find files moved to a template; null for none. All paths are
    /// absolute, or relative to the same directory.</summary>
    public static string? FindsItsOwn(string template, IReadOnlyList<string> watch, bool recursive)
    {
        var target = Parts(Variable().Replace(Path.GetDirectoryName(Path.GetFullPath(template, "/")) ?? "/", "*"));
        return watch.FirstOrDefault(watched =>
        {
            var parts = Parts(Path.GetFullPath(watched, "/"));
            return (parts.Length == target.Length || (recursive && parts.Length < target.Length))
                && parts.Zip(target).All(pair => MayBeTheSame(pair.First, pair.Second));
        });
    }

    static string[] Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    static bool MayBeTheSame(string left, string right) =>
        FileSystemName.MatchesSimpleExpression(left, right, ignoreCase: false)
            || FileSystemName.MatchesSimpleExpression(right, left, ignoreCase: false)
        || left.AsSpan().ContainsAny('[', '{') || (left.Contains('*') && right.Contains('*'));

    [GeneratedRegex(@"\{(name|stem|ext|folder|yyyy|MM|dd|HH|pipeline|fileId)\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\{[^}]*\}?")]
    private static partial Regex Braced();
}
