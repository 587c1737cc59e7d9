using System.Globalization;
using System.Text;
using OrleansIngest.Generator;

namespace OrleansIngest.Cli.Tests.Generation;

/// <summary>Reads generated files the plainest way: strict RFC 4180, and after anything malformed on from the next line. Knows
/// nothing of how the files were made.</summary>
sealed class ReferenceReader
{
    static readonly Encoding Strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
    static readonly DateTimeOffset Oldest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    static readonly DateTimeOffset Newest = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public long Good { get; private set; }

    public long Bad { get; private set; }

    public long Blank { get; private set; }

    public long SumUserId { get; private set; }

    public long SumProductId { get; private set; }

    public decimal SumPrice { get; private set; }

    public SortedDictionary<string, long> ByAction { get; } = [];

    public static ReferenceReader Read(byte[] bytes)
    {
        var reader = new ReferenceReader();
        var text = Encoding.Latin1.GetString(bytes); // a character per byte, so that nothing is lost
        var at = text.IndexOf('\n') + 1;
        text[..at].ShouldBe("user_id,action,product_id,product_name,price,event_time,session_id\n");
        while (at < text.Length)
        {
            if (text[at] == '\n')
            {
                reader.Blank++;
                at++;
            }
            else if (Record(text, at) is var (fields, end))
            {
                reader.Count(fields);
                at = end;
            }
            else
            {
                reader.Bad++;
                at = text.IndexOf('\n', at) + 1;
            }
        }

        return reader;
    }

    static (List<string> Fields, int End)? Record(string text, int at)
    {
        var fields = new List<string>();
        while (true)
        {
            if (text[at] == '"')
            {
                var value = new StringBuilder();
                for (at++; ; at++)
                {
                    if (at >= text.Length)
                        return null;
                    if (text[at] != '"')
                        value.Append(text[at]);
                    else if (at + 1 < text.Length && text[at + 1] == '"')
                        value.Append(text[at++]);
                    else
                        break;
                }

                at++;
                fields.Add(value.ToString());
            }
            else
            {
                var end = text.AsSpan(at).IndexOfAny(',', '\n', '"') + at;
                fields.Add(text[at..end]);
                at = end;
            }

            if (text[at] == '\n')
                return (fields, at + 1);
            if (text[at] != ',')
                return null;
            at++;
        }
    }

    void Count(List<string> fields)
    {
        if (!IsGood(fields, out var userId, out var productId, out var price))
        {
            Bad++;
            return;
        }

        Good++;
        SumUserId += userId;
        SumProductId += productId;
        SumPrice += price;
        ByAction[fields[1]] = ByAction.GetValueOrDefault(fields[1]) + 1;
    }

    static bool IsGood(List<string> fields, out long userId, out long productId, out decimal price)
    {
        (userId, productId, price) = (0, 0, 0);
        return fields.Count == 7
            && !fields[3].Contains('\0')
            && IsUtf8(fields[3])
            && long.TryParse(fields[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out userId)
            && ShopActions.Names.Contains(fields[1])
            && long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out productId)
            && decimal.TryParse(fields[4], NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture, out price)
            && price is >= 0 and < 100_000_000
            && DateTimeOffset.TryParse(fields[5], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            && time > Oldest && time < Newest;
    }

    static bool IsUtf8(string latin1)
    {
        try
        {
            Strict.GetString(Encoding.Latin1.GetBytes(latin1));
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
