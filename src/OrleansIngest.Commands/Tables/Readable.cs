using System.Globalization;

namespace OrleansIngest.Commands.Tables;

/// <summary>Numbers as people read them.</summary>
static class Readable
{
    static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>1,234,567.</summary>
    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A rate: a whole number, or one digit behind the point below ten.</summary>
    public static string Rate(double perSecond) => perSecond.ToString(perSecond is > 0 and < 10 ? "0.0" : "N0",
        CultureInfo.InvariantCulture);

    /// <summary>17.5 MiB.</summary>
    public static string Bytes(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        for (; value >= 1024 && unit < Units.Length - 1; unit++) value /= 1024;
        return unit == 0 ? $"{bytes} B" : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {Units[unit]}");
    }

    /// <summary>850 ms, 4.2 s, 3 min, 2 h, 5 d.</summary>
    public static string? Seconds(double? seconds) => seconds switch
    {
        null => null,
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0} ms"),
        < 10 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 7200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        < 172_800 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400:0} d"),
    };

    /// <summary>As <see cref="Seconds"/>.</summary>
    public static string? Milliseconds(double? milliseconds) => Seconds(milliseconds / 1000);

    /// <summary>2026-01-03 09:00:00Z: in UTC, and marked so, because <c>--since</c> takes a time without a mark for a local
    /// one.</summary>
    public static string? Instant(DateTimeOffset? at) =>
        at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Cells of the shortest form of <see cref="ShortInstant"/>.</summary>
    public const int ShortestInstant = 12;

    /// <summary>An <see cref="Instant"/> without its year where it does not fit, and then without its seconds: never without its
    /// end, which distinguishes instants.</summary>
    public static string ShortInstant(string instant, int width) =>
        instant.Length != "2026-01-03 09:00:00Z".Length || width >= instant.Length ? TextCells.Cut(instant, width, isPath: false)
        : width >= "01-03 09:00:00Z".Length ? instant[5..]
        : TextCells.Cut($"{instant[5..16]}Z", width, isPath: false);
}
