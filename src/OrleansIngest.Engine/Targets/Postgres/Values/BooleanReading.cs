using System.Text;
using OrleansIngest.Engine.Targets.Postgres.Encoders;

namespace OrleansIngest.Engine.Targets.Postgres.Values;

/// <summary>Truth values with configured names, in addition to PostgreSQL's.</summary>
sealed class BooleanReading(IReadOnlyList<string> trues, IReadOnlyList<string> falses) : ValueReading
{
    readonly byte[][] _trues = [.. trues.Select(Encoding.UTF8.GetBytes)];
    readonly byte[][] _falses = [.. falses.Select(Encoding.UTF8.GetBytes)];

    public override int Write(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var trimmed = ServerText.Trim(text);
        var canonical = Has(_trues, trimmed) ? "true"u8 : Has(_falses, trimmed) ? "false"u8 : text;
        canonical.CopyTo(destination);
        return canonical.Length;
    }

    public override string Explain(ReadOnlySpan<byte> text) => ServerText.InvalidSyntax("boolean", text);

    static bool Has(byte[][] names, ReadOnlySpan<byte> text)
    {
        foreach (var name in names)
        {
            if (name.Length == text.Length && EqualsIgnoreCase(name, text)) return true;
        }

        return false;
    }

    /// <summary>Ignores the case of A to Z; other bytes must be equal.</summary>
    static bool EqualsIgnoreCase(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] != text[i] && (!char.IsAsciiLetter((char)name[i]) || (name[i] ^ text[i]) != 0x20)) return false;
        }

        return true;
    }
}
