using System.Diagnostics.CodeAnalysis;

namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>Decides whether a given path lies in certain directories, wherever links lead.</summary>
public static class ReadablePath
{
    const int MostLinks = 40;

    /// <summary>The real path, without links, of a path in one of the directories.</summary>
    /// <param name="path">Absolute; need not exist.</param>
    /// <param name="directories">Absolute, or patterns such as <c>/data/*/in</c>.</param>
    /// <param name="real">The real path.</param>
    /// <returns>False when it is in none of them.</returns>
    public static bool TryResolve(string path, IEnumerable<string> directories, [NotNullWhen(true)] out string? real)
    {
        real = null;
        if (!Path.IsPathFullyQualified(path) || path.Contains('\0', StringComparison.Ordinal) || Real(path) is not { } resolved)
            return false;
        foreach (var directory in directories.SelectMany(Directories))
        {
            if (Real(directory) is not { } root || !IsBelow(resolved, root)) continue;
            real = resolved;
            return true;
        }

        return false;
    }

    static List<string> Directories(string pattern)
    {
        var found = new List<string>();
        if (Path.IsPathFullyQualified(pattern)) new RootDirectories(pattern).Find(found, static (_, _) => { });
        return found;
    }

    static bool IsBelow(string path, string directory)
    {
        directory = Path.TrimEndingDirectorySeparator(directory);
        return path.Length > directory.Length && path.StartsWith(directory, StringComparison.Ordinal)
            && (path[directory.Length] == Path.DirectorySeparatorChar || Path.EndsInDirectorySeparator(directory));
    }

    /// <summary>Follows every link on the way, as the kernel does: <c>..</c> after a link leaves the directory that the link
    /// leads to. Null for a cycle of links.</summary>
    static string? Real(string path)
    {
        var root = Path.GetPathRoot(path)!;
        var current = root;
        var left = new Stack<string>(Enumerable.Reverse(Parts(path[root.Length..])));
        for (var links = 0; left.TryPop(out var part);)
        {
            if (part == ".") continue;
            if (part == "..")
            {
                current = Path.GetDirectoryName(current) ?? root;
                continue;
            }

            var next = Path.Join(current, part);
            if (TargetOf(next) is not { } target)
            {
                current = next;
                continue;
            }

            if (++links > MostLinks) return null;
            if (Path.IsPathFullyQualified(target))
                (current, target) = (Path.GetPathRoot(target)!, target[Path.GetPathRoot(target)!.Length..]);
            foreach (var one in Enumerable.Reverse(Parts(target))) left.Push(one);
        }

        return current;
    }

    static string? TargetOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null; // nothing that could be read
        }
    }

    static string[] Parts(string path) => path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar],
        StringSplitOptions.RemoveEmptyEntries);
}
