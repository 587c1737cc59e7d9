using System.Globalization;
using System.Text.Json;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>Sizes in bytes in readable form: <c>4096</c>, <c>64KiB</c>, <c>8MiB</c>, <c>2GiB</c>; also the decimal units
/// <c>kB</c>, <c>MB</c>, <c>GB</c>.</summary>
public static class SizeText
{
    static readonly (string Suffix, long Bytes)[] Units =
    [
        ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("B", 1),
    ];

    /// <summary>The expected form, for messages.</summary>
    public const string Expected = "a size in bytes such as 4096, 64KiB or 8MiB";

    /// <summary>Reads a size of zero or more bytes.</summary>
    public static bool TryParse(string? text, out long bytes)
    {
        var trimmed = (text ?? "").Trim();
        var scale = 1L;
        foreach (var unit in Units)
        {
            if (!trimmed.EndsWith(unit.Suffix, StringComparison.OrdinalIgnoreCase))
                continue;
            scale = unit.Bytes;
            trimmed = trimmed[..^unit.Suffix.Length].TrimEnd();
            break;
        }

        bytes = 0;
        if (!decimal.TryParse(trimmed, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        if (number > (decimal)long.MaxValue / scale)
            return false;
        bytes = (long)(number * scale);
        return true;
    }

    /// <summary>Reads a size in JSON: a number of bytes, or what <see cref="TryParse"/> reads.</summary>
    /// <exception cref="JsonException">It is not a size.</exception>
    internal static long Read(ref Utf8JsonReader reader)
    {
        long bytes = 0;
        var known = reader.TokenType switch
        {
            JsonTokenType.Number => reader.TryGetInt64(out bytes),
            JsonTokenType.String => TryParse(reader.GetString(), out bytes),
            _ => false,
        };
        return known ? bytes : throw new JsonException($"must be {Expected}");
    }

    /// <summary>Writes the shortest exact form that <see cref="TryParse"/> reads.</summary>
    public static string Format(long bytes)
    {
        foreach (var unit in Units)
        {
            if (unit.Suffix[1..] == "iB" && bytes >= unit.Bytes && bytes % unit.Bytes == 0)
                return (bytes / unit.Bytes).ToString(CultureInfo.InvariantCulture) + unit.Suffix;
        }

        return bytes.ToString(CultureInfo.InvariantCulture);
    }
}
