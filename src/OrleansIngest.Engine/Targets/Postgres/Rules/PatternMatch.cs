using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Targets.Postgres.Rules;

/// <summary>The text matches a regular expression, in time proportional to its length.</summary>
sealed class PatternMatch(string pattern) : RowRule
{
    const int OnStack = 256;

    readonly Regex _regex = new(pattern, MatchesRule.Kind);

    public override bool Accepts(ReadOnlySpan<byte> text, ReadOnlySpan<byte> encoded)
    {
        if (text.Length <= OnStack)
        {
            Span<char> characters = stackalloc char[OnStack];
            return _regex.IsMatch(characters[..Encoding.UTF8.GetChars(text, characters)]);
        }

        var rented = ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            return _regex.IsMatch(rented.AsSpan(0, Encoding.UTF8.GetChars(text, rented)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    public override string Explain(ReadOnlySpan<byte> text) => $"\"{Encoding.UTF8.GetString(text)}\" does not match {pattern}";
}
