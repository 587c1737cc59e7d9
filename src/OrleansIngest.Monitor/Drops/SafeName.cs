using System.Globalization;
using System.Text;
using OrleansIngest.Engine.Inference;

namespace OrleansIngest.Monitor.Drops;

/// <summary>Names of files as browsers send them: whatever they say, the result is the name of one file,
/// visible and not too long.</summary>
static class SafeName
{
    const int LongestBytes = 200, LongestExtension = 20;
    const string Fallback = "upload";

    /// <summary>Characters that some system does not allow in names, besides its separators.</summary>
    static readonly HashSet<char> Invalid = [.. Path.GetInvalidFileNameChars()];

    /// <summary>The last part of the name without invisible characters; never hidden, never <c>..</c>.</summary>
    public static string Of(string? given)
    {
        var last = (given ?? "").Split('/', '\\')[^1];
        var name = new StringBuilder();
        foreach (var rune in last.EnumerateRunes())
            name.Append(IsPlain(rune) ? rune.ToString() : "_");
        var safe = name.ToString().Trim(' ', '.');
        if (safe.Length == 0) return Fallback;
        if (Encoding.UTF8.GetByteCount(safe) <= LongestBytes) return safe;
        var extension = Path.GetExtension(safe);
        if (extension.Length > LongestExtension) extension = "";
        return SqlName.Cut(safe[..^extension.Length], LongestBytes - Encoding.UTF8.GetByteCount(extension)) + extension;
    }

    static bool IsPlain(Rune rune)
    {
        if (rune.IsBmp && Invalid.Contains((char)rune.Value)) return false;
        return rune != Rune.ReplacementChar
            && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.Surrogate);
    }
}
