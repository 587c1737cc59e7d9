namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>One file name pattern. <c>*</c> any characters but <c>/</c>, <c>**</c> any at all, <c>?</c>
/// one, <c>[a-z]</c> and <c>[!a-z]</c> one of (not of) a set, <c>{a,b}</c> either, <c>\</c> makes
/// the next character literal.</summary>
sealed class Glob
{
    const int MaxAlternatives = 256;
    readonly string[] _alternatives;
    readonly bool _matchCase;

    /// <summary>Reads a pattern.</summary>
    /// <param name="pattern">As written.</param>
    /// <param name="matchCase">Whether upper and lower case differ. Default: they do.</param>
    /// <exception cref="ArgumentException">A bracket is not closed, or the braces expand to more than 256 patterns.</exception>
    public Glob(string pattern, bool matchCase = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        Pattern = pattern;
        _matchCase = matchCase;
        var alternatives = new List<string>();
        Expand(pattern, pattern, alternatives);
        _alternatives = [.. alternatives];
        foreach (var alternative in _alternatives)
            CheckSets(alternative, pattern);
    }

    /// <summary>The pattern as written.</summary>
    public string Pattern { get; }

    /// <summary>Whether it matches paths, not names alone.</summary>
    public bool HasSlash => Pattern.Contains('/', StringComparison.Ordinal);

    /// <summary>Whether a text has a special meaning as a pattern.</summary>
    public static bool IsPattern(ReadOnlySpan<char> text) => text.IndexOfAny("*?[{\\") >= 0;

    /// <summary>Whether the whole of <paramref name="text"/> matches.</summary>
    public bool IsMatch(ReadOnlySpan<char> text)
    {
        foreach (var alternative in _alternatives)
        {
            if (Matches(alternative, text, _matchCase))
                return true;
        }

        return false;
    }

    static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, bool matchCase)
    {
        // The last star matches one more character each time the rest does not match; ** takes precedence because * stops at a
        // slash.
        int p = 0, t = 0, star = -1, starText = 0, deep = -1, deepText = 0;
        while (true)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                if (p + 1 < pattern.Length && pattern[p + 1] == '*')
                {
                    // "**/" also matches no directory.
                    deep = p + 2 < pattern.Length && pattern[p + 2] == '/' && (p == 0 || pattern[p - 1] == '/') ? p + 3 : p + 2;
                    p = deep;
                    deepText = t;
                    star = -1;
                }
                else
                {
                    star = ++p;
                    starText = t;
                }

                continue;
            }

            if (t < text.Length && p < pattern.Length && MatchesOne(pattern, ref p, text, ref t, matchCase))
                continue;
            if (t == text.Length && p == pattern.Length)
                return true;
            if (star >= 0 && starText < text.Length && text[starText] != '/')
            {
                p = star;
                t = ++starText;
            }
            else if (deep >= 0 && deepText < text.Length)
            {
                star = -1;
                p = deep;
                deepText = NextDeep(pattern, deep, text, deepText);
                t = deepText;
            }
            else
            {
                return false;
            }
        }
    }

    static int NextDeep(ReadOnlySpan<char> pattern, int deep, ReadOnlySpan<char> text, int from)
    {
        if (pattern[deep - 1] != '/')
            return from + 1;
        // After "**/" only whole directories may be skipped.
        var slash = text[from..].IndexOf('/');
        return slash < 0 ? text.Length : from + slash + 1;
    }

    /// <summary>Matches one character; advances in both texts only if it matches.</summary>
    static bool MatchesOne(ReadOnlySpan<char> pattern, ref int p, ReadOnlySpan<char> text, ref int t, bool matchCase)
    {
        var c = text[t];
        switch (pattern[p])
        {
            case '?' when c != '/':
                t += char.IsHighSurrogate(c) && t + 1 < text.Length && char.IsLowSurrogate(text[t + 1]) ? 2 : 1;
                p++;
                return true;
            case '?':
                return false;
            case '[':
                var end = SetEnd(pattern, p);
                if (c == '/' || !IsInSet(pattern[(p + 1)..end], c, matchCase))
                    return false;
                p = end + 1;
                t++;
                return true;
            case '\\' when p + 1 < pattern.Length:
                if (!AreEqual(pattern[p + 1], c, matchCase))
                    return false;
                p += 2;
                t++;
                return true;
            default:
                if (!AreEqual(pattern[p], c, matchCase))
                    return false;
                p++;
                t++;
                return true;
        }
    }

    static bool AreEqual(char x, char y, bool matchCase) => x == y
        || (!matchCase && char.ToUpperInvariant(x) == char.ToUpperInvariant(y));

    static bool IsInSet(ReadOnlySpan<char> set, char c, bool matchCase)
    {
        var negated = set.Length > 1 && set[0] is '!' or '^';
        if (negated)
            set = set[1..];
        var found = Holds(set, c)
            || (!matchCase && (Holds(set, char.ToUpperInvariant(c)) || Holds(set, char.ToLowerInvariant(c))));
        return found != negated;
    }

    static bool Holds(ReadOnlySpan<char> set, char c)
    {
        for (var i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                if (c >= set[i] && c <= set[i + 2])
                    return true;
                i += 2;
            }
            else if (c == set[i])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Index of the bracket that closes the set opened at <paramref name="start"/>, or -1. A bracket in the first
    /// position is a member.</summary>
    static int SetEnd(ReadOnlySpan<char> pattern, int start)
    {
        var from = start + 1;
        if (from < pattern.Length && pattern[from] is '!' or '^')
            from++;
        if (from < pattern.Length && pattern[from] == ']')
            from++;
        var end = from < pattern.Length ? pattern[from..].IndexOf(']') : -1;
        return end < 0 ? -1 : from + end;
    }

    static void CheckSets(ReadOnlySpan<char> alternative, string pattern)
    {
        for (var i = 0; i < alternative.Length; i++)
        {
            if (alternative[i] == '\\')
                i++;
            else if (alternative[i] == '[' && (i = SetEnd(alternative, i)) < 0)
                throw new ArgumentException($"The pattern \"{pattern}\" has a [ without its ].", nameof(pattern));
        }
    }

    static void Expand(string rest, string pattern, List<string> into)
    {
        var open = IndexOutsideSets(rest, 0, '{');
        if (open < 0)
        {
            if (into.Count == MaxAlternatives)
                throw new ArgumentException($"The pattern \"{pattern}\" expands to more than {MaxAlternatives} patterns.",
                    nameof(pattern));
            into.Add(rest);
            return;
        }

        var depth = 0;
        var partStart = open + 1;
        var parts = new List<string>();
        for (var i = open + 1; i < rest.Length; i++)
        {
            switch (rest[i])
            {
                case '\\':
                    i++;
                    break;
                case '{':
                    depth++;
                    break;
                case ',' when depth == 0:
                    parts.Add(rest[partStart..i]);
                    partStart = i + 1;
                    break;
                case '}' when depth-- == 0:
                    parts.Add(rest[partStart..i]);
                    foreach (var part in parts)
                        Expand(string.Concat(rest.AsSpan(0, open), part, rest.AsSpan(i + 1)), pattern, into);
                    return;
            }
        }

        throw new ArgumentException($"The pattern \"{pattern}\" has a {{ without its }}.", nameof(pattern));
    }

    static int IndexOutsideSets(string text, int from, char wanted)
    {
        for (var i = from; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == wanted)
                return i;
            else if (text[i] == '[' && SetEnd(text, i) is var end && end > 0)
                i = end;
        }

        return -1;
    }
}
