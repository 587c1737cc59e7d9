using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Formats;

namespace OrleansIngest.Engine.Mapping;

/// <summary>Finds the column that a header name without a column probably means.</summary>
static class NearColumn
{
    /// <summary>With more columns than this, only letters are compared, so that a wide table does not slow down each
    /// file.</summary>
    const int MostCompared = 200;

    const int LongestCompared = 64;

    /// <summary>The nearest column name, or null. In this order: the same letters and digits, words that begin alike, few
    /// different letters, the only name that the header name abbreviates.</summary>
    public static string? Find(string header, IReadOnlyList<string> columns)
    {
        var letters = Letters(header);
        if (letters.Length == 0) return null;
        if (columns.FirstOrDefault(c => Letters(c) == letters) is { } same) return same;
        if (columns.Count > MostCompared || letters.Length > LongestCompared) return null;
        if (columns.FirstOrDefault(c => WordsBeginAlike(header, c)) is { } alike) return alike;
        var near = columns.Select(c => (Name: c, Letters: Letters(c)))
            .Where(c => c.Letters.Length is > 0 and <= LongestCompared)
            .Select(c => (c.Name, Distance: EditDistance.Between(letters, c.Letters),
                Longer: Math.Max(letters.Length, c.Letters.Length)))
            .Where(c => c.Distance <= c.Longer / 3).OrderBy(c => c.Distance).FirstOrDefault();
        if (near.Name is not null) return near.Name;
        var abbreviated = columns.Where(c => Abbreviates(letters, Letters(c))).Take(2).ToArray();
        return abbreviated.Length == 1 ? abbreviated[0] : null;
    }

    static string Letters(string name) => string.Concat(HeaderName.Key(name).Where(char.IsLetterOrDigit));

    static bool WordsBeginAlike(string a, string b)
    {
        var (left, right) = (Words(a), Words(b));
        return left.Length == right.Length && left.Length > 0 && left.Zip(right).All(pair =>
            Math.Min(pair.First.Length, pair.Second.Length) > 1
            && (pair.First.StartsWith(pair.Second, StringComparison.Ordinal)
                || pair.Second.StartsWith(pair.First, StringComparison.Ordinal)));
    }

    static string[] Words(string name) =>
        string.Concat(HeaderName.Key(name).Select(c => char.IsLetterOrDigit(c) ? c : ' '))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary><c>QTY</c> abbreviates <c>QUANTITY</c>: its letters occur in that order, starting with the first.</summary>
    static bool Abbreviates(string brief, string full)
    {
        if (brief.Length < 3 || brief.Length >= full.Length || brief[0] != full[0]) return false;
        var at = 0;
        foreach (var letter in full)
        {
            if (at < brief.Length && brief[at] == letter) at++;
        }

        return at == brief.Length;
    }
}
