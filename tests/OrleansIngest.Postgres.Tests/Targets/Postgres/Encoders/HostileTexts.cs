using System.Text;

namespace OrleansIngest.Postgres.Tests.Targets.Postgres.Encoders;

/// <summary>Texts that a column may meet: given samples, and thousands of seeded mutations of them.</summary>
static class HostileTexts
{
    static readonly string[] Anywhere =
    [
        "", " ", "\t", "\n", "\r\n", "\v", "\f", "\u00A0", "\u2003", "\uFEFF", "abc", "not-a-date", "N/A", "null", "NULL", "\\N",
        "-", "+", ".", ",", "é",
        "日本", "😀", "\"", "'", "--", "0", "1", "-0", "x", "#REF!", "foo/bar", "foo:bar", "a b", "1,5", "1.000,00", "$5", "５",
        "true", "1e", "e5", "?", "\\",
        "Infinity", "NaN", "now", "today", "epoch", "unknown", "\u0001", new('9', 400), new('a', 3000), new(' ', 500), "{",
        "}", "[]", "%",
    ];

    static readonly string[] Pieces =
    [
        " ", "  ", "\t", "\n", "\u00A0", "+", "-", ".", ":", "/", ",", "0", "1", "5", "9", "00", "T", "Z", "z", "UTC", "e", "E",
        "e5", "x", "_", "BC", "AM", "pm",
        "é", "\"", "\\", "'", "24", "60", "13", "31", "+05:30", "-08", " PST", "nan", "inf", "day", "[", "]", "{", "}", "%", "0x",
    ];

    /// <param name="samples">Of the type under test: valid ones, borders, near misses.</param>
    /// <param name="count">How many mutations to add.</param>
    /// <param name="seed">The same seed gives the same texts.</param>
    public static IReadOnlyList<string> From(IReadOnlyList<string> samples, int count, int seed)
    {
        var random = new Random(seed);
        var texts = new HashSet<string>(StringComparer.Ordinal);
        foreach (var sample in samples.Concat(Anywhere))
        {
            texts.Add(sample);
            texts.Add(" " + sample);
            texts.Add(sample + " ");
            texts.Add("\t" + sample + "\r\n");
            texts.Add("\u00A0" + sample);
            texts.Add(sample.ToUpperInvariant());
            texts.Add("-" + sample);
            texts.Add("+" + sample);
        }

        for (var i = 0; i < count; i++)
        {
            var text = new StringBuilder(samples[random.Next(samples.Count)]);
            for (var edits = random.Next(1, 4); edits > 0; edits--)
                Mutate(text, samples, random);
            texts.Add(text.ToString());
        }

        // A cut may have left half of a character.
        return [.. texts.Where(t => t.EnumerateRunes().All(r => r != Rune.ReplacementChar))];
    }

    static void Mutate(StringBuilder text, IReadOnlyList<string> samples, Random random)
    {
        var at = random.Next(text.Length + 1);
        switch (random.Next(6))
        {
            case 0:
                text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                break;
            case 1 when at < text.Length:
                text.Remove(at, 1);
                break;
            case 2 when at < text.Length && char.IsAsciiDigit(text[at]):
                text[at] = (char)('0' + random.Next(10));
                break;
            case 3 when at < text.Length:
                text.Insert(at, text[at]);
                break;
            case 4 when at < text.Length:
                text[at] = Pieces[random.Next(Pieces.Length)][0];
                break;
            case 5 when random.Next(4) == 0:
                text.Append(samples[random.Next(samples.Count)]);
                break;
            default:
                if (at < text.Length && char.IsAsciiDigit(text[at]))
                    text[at] = (char)('0' + random.Next(10));
                break;
        }
    }
}
