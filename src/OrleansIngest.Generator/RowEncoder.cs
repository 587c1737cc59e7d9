using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace OrleansIngest.Generator;

/// <summary>Encodes rows as CSV lines. Hot: creates no string per row.</summary>
sealed class RowEncoder(Product[] products)
{
    /// <summary>Maximum length of a line.</summary>
    public const int MaxLineBytes = 512;

    const long DayMilliseconds = 86_400_000;
    readonly byte[] _date = new byte[10];
    long _day = -1;

    /// <summary>The columns, with a line break.</summary>
    public static ReadOnlySpan<byte> Header => "user_id,action,product_id,product_name,price,event_time,session_id\n"u8;

    /// <summary>Writes one line, with its line break.</summary>
    /// <param name="happening">The row.</param>
    /// <param name="destination">At least <see cref="MaxLineBytes"/>.</param>
    /// <returns>The number of bytes written.</returns>
    public int Write(in ShopEvent happening, Span<byte> destination)
    {
        Utf8Formatter.TryFormat(happening.UserId, destination, out var at);
        at += Copy(ShopActions.Fields[(int)happening.Action], destination[at..]);
        at += Copy(products[happening.Product].Fields, destination[at..]);
        at += WriteTime(happening.TimeMilliseconds, destination[at..]);
        destination[at++] = (byte)',';
        destination[at++] = (byte)'s';
        Utf8Formatter.TryFormat(happening.Session, destination[at..], out var written, new('x', 16));
        at += written;
        destination[at++] = (byte)'\n';
        return at;
    }

    /// <summary>The row's fields as texts, for the few rows that become corrupt.</summary>
    public string[] Fields(in ShopEvent happening)
    {
        Span<byte> time = stackalloc byte[32];
        var length = WriteTime(happening.TimeMilliseconds, time);
        var product = products[happening.Product];
        return
        [
            happening.UserId.ToString(CultureInfo.InvariantCulture),
            ShopActions.Names[(int)happening.Action],
            product.Id.ToString(CultureInfo.InvariantCulture),
            product.Name,
            (product.PriceCents / 100m).ToString("F2", CultureInfo.InvariantCulture),
            Encoding.ASCII.GetString(time[..length]),
            $"s{happening.Session:x16}",
        ];
    }

    static int Copy(byte[] source, Span<byte> destination)
    {
        source.CopyTo(destination);
        return source.Length;
    }

    /// <summary><c>2025-01-01T00:00:00.000Z</c>; the date is computed only when it changes.</summary>
    int WriteTime(long milliseconds, Span<byte> destination)
    {
        var (day, rest) = Math.DivRem(milliseconds, DayMilliseconds);
        if (day != _day)
        {
            new DateTime(day * TimeSpan.TicksPerDay, DateTimeKind.Utc).TryFormat(_date, out _, "yyyy-MM-dd",
                CultureInfo.InvariantCulture);
            _day = day;
        }

        _date.CopyTo(destination);
        var time = (int)rest;
        destination[10] = (byte)'T';
        Digits(time / 3_600_000, destination[11..]);
        destination[13] = (byte)':';
        Digits(time / 60_000 % 60, destination[14..]);
        destination[16] = (byte)':';
        Digits(time / 1000 % 60, destination[17..]);
        destination[19] = (byte)'.';
        destination[20] = (byte)('0' + time % 1000 / 100);
        Digits(time % 100, destination[21..]);
        destination[23] = (byte)'Z';
        return 24;
    }

    static void Digits(int twoDigits, Span<byte> destination)
    {
        destination[0] = (byte)('0' + twoDigits / 10);
        destination[1] = (byte)('0' + twoDigits % 10);
    }
}
