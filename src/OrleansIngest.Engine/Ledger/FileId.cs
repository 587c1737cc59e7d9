using System.Globalization;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Identity of one version of one file: the key of <c>ingest.file</c>.</summary>
/// <param name="Value">Positive; given by PostgreSQL.</param>
public readonly record struct FileId(long Value) : IComparable<FileId>
{
    /// <inheritdoc/>
    public int CompareTo(FileId other) => Value.CompareTo(other.Value);

    /// <summary>The decimal digits, as used for grain keys and in log lines.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Parses the result of <see cref="ToString"/>.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is not a whole number.</exception>
    public static FileId Parse(string text) => new(long.Parse(text, CultureInfo.InvariantCulture));

    public static bool operator <(FileId left, FileId right) => left.Value < right.Value;

    public static bool operator >(FileId left, FileId right) => left.Value > right.Value;

    public static bool operator <=(FileId left, FileId right) => left.Value <= right.Value;

    public static bool operator >=(FileId left, FileId right) => left.Value >= right.Value;
}
