namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>Selects files by name. Patterns: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[!a-z]</c>, <c>{a,b}</c>, and <c>\</c>
/// before a literal character. A pattern without a slash is matched against the name; one with a slash against the path
/// relative to the root, where <c>*</c> does not match a slash and <c>**</c> does. Case is ignored unless
/// <see cref="DiscoveryOptions.MatchCase"/> is set.</summary>
public sealed class FileNameFilter
{
    readonly Glob[] _include;
    readonly Glob[] _exclude;
    readonly Glob[] _neverData;
    readonly Glob[] _excludedTrees;

    /// <summary>Compiles the three pattern lists of <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">A pattern is invalid.</exception>
    public FileNameFilter(DiscoveryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _include = Read(options.Include, options.MatchCase);
        _exclude = Read(options.Exclude, options.MatchCase);
        _neverData = Read(options.NeverData, options.MatchCase);
        _excludedTrees = Read(
            options.Exclude.Where(p => p.EndsWith("/**", StringComparison.Ordinal)).Select(p => p[..^3]).Where(p => p.Length > 0),
            options.MatchCase);
    }

    /// <summary>Why a file is excluded; <see cref="ExclusionReason.None"/> when it is data.</summary>
    /// <param name="name">The name alone.</param>
    /// <param name="relativePath">The path relative to the root, with <c>/</c> between its parts.</param>
    /// <param name="pattern">The pattern that decided against the file, if one did.</param>
    public ExclusionReason Classify(ReadOnlySpan<char> name, ReadOnlySpan<char> relativePath, out string? pattern)
    {
        if ((pattern = FirstMatch(_neverData, name, relativePath)) is not null)
            return ExclusionReason.NeverData;
        if ((pattern = FirstMatch(_exclude, name, relativePath)) is not null)
            return ExclusionReason.Excluded;
        return FirstMatch(_include, name, relativePath) is null ? ExclusionReason.NotIncluded : ExclusionReason.None;
    }

    /// <summary>Whether a directory is searched: not if its name is one of those that are never data, nor if an exclude pattern
    /// matches it or everything in it (<c>old/**</c>).</summary>
    /// <param name="name">The directory's name alone.</param>
    /// <param name="relativePath">Its path relative to the root.</param>
    public bool IsSearched(ReadOnlySpan<char> name, ReadOnlySpan<char> relativePath) =>
        FirstMatch(_neverData, name, relativePath) is null
        && FirstMatch(_exclude.AsSpan(), name, relativePath, pathsOnly: true) is null
        && FirstMatch(_excludedTrees, relativePath, relativePath) is null;

    static Glob[] Read(IEnumerable<string> patterns, bool matchCase) => [.. patterns.Select(p => new Glob(p, matchCase))];

    static string? FirstMatch(ReadOnlySpan<Glob> globs, ReadOnlySpan<char> name, ReadOnlySpan<char> relativePath,
        bool pathsOnly = false)
    {
        foreach (var glob in globs)
        {
            if (glob.HasSlash ? glob.IsMatch(relativePath) : !pathsOnly && glob.IsMatch(name))
                return glob.Pattern;
        }

        return null;
    }
}
