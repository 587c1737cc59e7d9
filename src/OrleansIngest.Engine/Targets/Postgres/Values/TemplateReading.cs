using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Encoders;

namespace OrleansIngest.Engine.Targets.Postgres.Values;

/// <summary>Dates and times in the form of one of several templates.</summary>
sealed class TemplateReading(IReadOnlyList<DateTemplate> templates) : ValueReading
{
    readonly DateTemplate[] _templates = [.. templates];

    public override int Write(ReadOnlySpan<byte> text, Span<byte> destination) => Read(ServerText.Trim(text), destination, out _);

    public override string Explain(ReadOnlySpan<byte> text)
    {
        var trimmed = ServerText.Trim(text);
        Read(trimmed, stackalloc byte[Slack], out var other);
        if (other is null)
            return $"{ServerText.Quote(text)} does not match "
                + $"{string.Join(" or ", _templates.Select(template => template.Text))}";
        var first = Array.Find(_templates, Matches(trimmed.ToArray()))!;
        return $"{ServerText.Quote(text)} may be {first.Text} or {other.Text}, which are different times: remove one of them "
            + "from dateFormats";
    }

    static Predicate<DateTemplate> Matches(byte[] text) => template => template.Read(text, new byte[Slack]) >= 0;

    /// <summary>Reads with the first matching template; if another one reads a different value, the text is ambiguous.</summary>
    int Read(ReadOnlySpan<byte> text, Span<byte> destination, out DateTemplate? other)
    {
        Span<byte> scratch = stackalloc byte[Slack];
        other = null;
        var length = Refused;
        foreach (var template in _templates)
        {
            if (length < 0)
            {
                length = template.Read(text, destination);
                continue;
            }

            var again = template.Read(text, scratch);
            if (again < 0 || scratch[..again].SequenceEqual(destination[..length])) continue;
            other = template;
            return Refused;
        }

        return length;
    }
}
