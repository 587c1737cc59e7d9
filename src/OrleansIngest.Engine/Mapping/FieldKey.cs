using System.Globalization;

namespace OrleansIngest.Engine.Mapping;

/// <summary>A key of a pipeline's <c>columns</c> that selects a field by its position: <c>#1</c> is the first, whatever its
/// name.</summary>
static class FieldKey
{
    const int MostDigits = 6;

    /// <summary>The key of a field.</summary>
    /// <param name="field">From 0.</param>
    public static string Of(int field) => string.Create(CultureInfo.InvariantCulture, $"#{field + 1}");

    /// <summary>The field, from 0; null for a key that is a name.</summary>
    public static int? Read(string key)
    {
        var text = key.AsSpan().Trim();
        return text.Length is > 1 and <= MostDigits + 1 && text[0] == '#' && text[1] != '0'
            && !text[1..].ContainsAnyExceptInRange('0', '9')
            ? int.Parse(text[1..], NumberStyles.None, CultureInfo.InvariantCulture) - 1
            : null;
    }
}
