using System.Buffers.Text;
using System.Text;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>The position after a page of a list: the sort value and the key of its last row, so that rows that appear or
/// disappear in the meantime do not shift the next page.</summary>
/// <param name="Value">The sort value as text, in the server's format; null if the row has none.</param>
/// <param name="Id">The key.</param>
public readonly record struct PageCursor(string? Value, long Id)
{
    /// <summary>Opaque for the caller, safe in a URL.</summary>
    public override string ToString() =>
        Base64Url.EncodeToString(
            Encoding.UTF8.GetBytes(FormattableString.Invariant($"{Id}:{(Value is null ? "" : "=" + Value)}")));

    /// <summary>Parses the result of <see cref="ToString"/>.</summary>
    public static bool TryParse(string text, out PageCursor cursor)
    {
        cursor = default;
        if (text.Length > 16_384 || !Base64Url.IsValid(text)) return false;
        var decoded = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text));
        var colon = decoded.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !long.TryParse(decoded.AsSpan(0, colon), System.Globalization.CultureInfo.InvariantCulture, out var id))
            return false;
        if (decoded.Contains('\0', StringComparison.Ordinal)) return false;
        var rest = decoded[(colon + 1)..];
        if (rest.Length > 0 && rest[0] != '=') return false;
        cursor = new PageCursor(rest.Length == 0 ? null : rest[1..], id);
        return true;
    }
}
