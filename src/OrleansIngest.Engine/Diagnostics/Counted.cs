using System.Globalization;

namespace OrleansIngest.Engine.Diagnostics;

/// <summary>Numbers with their nouns: <c>1 file</c>, <c>2 files</c>, <c>1,234 rows</c>. Every message that contains a count
/// uses it; a test finds those that do not.</summary>
public static class Counted
{
    /// <summary>A number and its noun.</summary>
    /// <param name="number">How many.</param>
    /// <param name="one">The noun for one.</param>
    /// <param name="many">The noun for every other number. Default: <paramref name="one"/> with an <c>s</c>.</param>
    public static string Of(long number, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {Noun(number, one, many)}");

    /// <summary>The noun alone, where the number stands elsewhere.</summary>
    /// <inheritdoc cref="Of"/>
    public static string Noun(long number, string one, string? many = null) => number == 1 ? one : many ?? one + "s";
}
