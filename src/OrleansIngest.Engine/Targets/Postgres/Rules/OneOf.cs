using System.Text;

namespace OrleansIngest.Engine.Targets.Postgres.Rules;

/// <summary>The text is one of a list, byte by byte.</summary>
sealed class OneOf : RowRule
{
    readonly byte[]?[][] _byLength;
    readonly string _values;

    public OneOf(IReadOnlyList<string> values)
    {
        _values = string.Join(", ", values);
        var texts = values.Select(Encoding.UTF8.GetBytes).ToArray();
        _byLength = new byte[texts.Max(t => t.Length) + 1][][];
        foreach (var group in texts.GroupBy(t => t.Length)) _byLength[group.Key] = [.. group];
    }

    public override bool Accepts(ReadOnlySpan<byte> text, ReadOnlySpan<byte> encoded)
    {
        if (text.Length >= _byLength.Length || _byLength[text.Length] is not { } candidates) return false;
        foreach (var candidate in candidates)
        {
            if (text.SequenceEqual(candidate)) return true;
        }

        return false;
    }

    public override string Explain(ReadOnlySpan<byte> text) => $"\"{Encoding.UTF8.GetString(text)}\" is not one of {_values}";
}
