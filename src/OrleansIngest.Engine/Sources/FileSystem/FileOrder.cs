namespace OrleansIngest.Engine.Sources.FileSystem;

/// <summary>Oldest first; files with the same mtime in the natural order of paths, in which part-9 precedes part-10.</summary>
sealed class FileOrder : IComparer<SeenFile>
{
    public static readonly FileOrder Instance = new();

    public int Compare(SeenFile x, SeenFile y)
    {
        var byTime = x.ModifiedNanoseconds.CompareTo(y.ModifiedNanoseconds);
        return byTime != 0 ? byTime : CompareNaturally(x.Path, y.Path);
    }

    /// <summary>Compares runs of digits by their value, everything else by character; a total order.</summary>
    public static int CompareNaturally(ReadOnlySpan<char> x, ReadOnlySpan<char> y)
    {
        int i = 0, j = 0;
        while (i < x.Length && j < y.Length)
        {
            if (char.IsAsciiDigit(x[i]) && char.IsAsciiDigit(y[j]))
            {
                var a = Digits(x, ref i);
                var b = Digits(y, ref j);
                var byValue = a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.SequenceCompareTo(b);
                if (byValue != 0)
                    return byValue;
            }
            else if (x[i] != y[j])
            {
                return x[i].CompareTo(y[j]);
            }
            else
            {
                i++;
                j++;
            }
        }

        var byRest = (x.Length - i).CompareTo(y.Length - j);
        return byRest != 0 ? byRest : x.SequenceCompareTo(y);
    }

    static ReadOnlySpan<char> Digits(ReadOnlySpan<char> text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return text[start..at].TrimStart('0');
    }
}
