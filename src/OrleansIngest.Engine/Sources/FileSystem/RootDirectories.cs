namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>One configured root, which may contain patterns, and the directories that it currently matches.</summary>
sealed class RootDirectories
{
    readonly string[] _parts;
    readonly int _firstPattern;

    public RootDirectories(string root)
    {
        // A pattern is not a path yet, but its text can be made absolute and cleared of "." and "..".
        Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        _parts = Root.Split('/', StringSplitOptions.RemoveEmptyEntries);
        _firstPattern = Array.FindIndex(_parts, part => Glob.IsPattern(part));
        LiteralPart = _firstPattern < 0 ? Root : "/" + string.Join('/', _parts[.._firstPattern]);
    }

    /// <summary>The root as configured, absolute.</summary>
    public string Root { get; }

    /// <summary>The part before the first pattern: all directories that the root can match are there or below.</summary>
    public string LiteralPart { get; }

    /// <summary>Finds the directories.</summary>
    /// <param name="found">Receives them, in the order of their names.</param>
    /// <param name="unreadable">Called for each directory that must be searched but cannot be listed, with the reason.</param>
    public void Find(List<string> found, Action<string, string> unreadable)
    {
        if (_firstPattern < 0 || Directory.Exists(Root))
            found.Add(Root);
        else
            Find(LiteralPart, _firstPattern, found, unreadable);
    }

    void Find(string directory, int part, List<string> found, Action<string, string> unreadable)
    {
        if (part == _parts.Length)
        {
            found.Add(directory);
            return;
        }

        if (!Glob.IsPattern(_parts[part]))
        {
            var next = DirectoryPath.WithSlash(directory) + _parts[part];
            if (Directory.Exists(next))
                Find(next, part + 1, found, unreadable);
            return;
        }

        var glob = new Glob(_parts[part]);
        string[] candidates;
        try
        {
            candidates = Directory.GetDirectories(directory);
        }
        catch (DirectoryNotFoundException)
        {
            return;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            unreadable(directory, problem.Message);
            return;
        }

        Array.Sort(candidates, static (x, y) => FileOrder.CompareNaturally(x, y));
        foreach (var candidate in candidates)
        {
            var name = Path.GetFileName(candidate.AsSpan());
            // As in a shell, a star does not match hidden directories.
            if ((name[0] != '.' || _parts[part][0] == '.') && glob.IsMatch(name))
                Find(candidate, part + 1, found, unreadable);
        }
    }
}
