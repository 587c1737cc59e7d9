using System.Globalization;
using System.Text;

namespace OrleansIngest.Engine.Codecs.Archives;

/// <summary>The properties in pax and GNU headers of the file that follows: a long name, a large size.</summary>
sealed class TarNames
{
    /// <summary>Maximum length of such a header, in bytes.</summary>
    public const long MostBytes = 1 << 20;

    /// <summary>Why a sparse file is not read: its holes are not in the archive.</summary>
    public const string Sparse =
        "the file is stored without its holes (sparse), which is not supported: pack it without tar's option --sparse";

    /// <summary>The name; null for the one in the header itself.</summary>
    public string? Name { get; private set; }

    /// <summary>The size; null for the one in the header itself.</summary>
    public long? Size { get; private set; }

    /// <summary>Why the file cannot be read, or null.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Reads the data of a header.</summary>
    /// <param name="type">Its type; <c>K</c> (a link's target) and <c>g</c> (for all files) are ignored.</param>
    /// <param name="data">Its data.</param>
    public void Take(char type, ReadOnlySpan<byte> data)
    {
        if (type == 'L') Name = TarHeader.Text(data);
        if (type == 'x') TakePax(data);
    }

    /// <summary>Lines such as <c>20 path=long/name\n</c>, each with its own length in front.</summary>
    void TakePax(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var blank = data.IndexOf((byte)' ');
            if (blank <= 0 || !int.TryParse(data[..blank], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length <= blank + 1 || length > data.Length) return;
            var line = Encoding.UTF8.GetString(data[(blank + 1)..length]).TrimEnd('\n');
            data = data[length..];
            var split = line.IndexOf('=');
            if (split < 0) continue;
            var (key, value) = (line[..split], line[(split + 1)..]);
            if (key == "path") Name = value;
            if (key == "size" && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size)) Size = size;
            if (key.StartsWith("GNU.sparse.", StringComparison.Ordinal))
                Refusal = Sparse;
        }
    }
}
