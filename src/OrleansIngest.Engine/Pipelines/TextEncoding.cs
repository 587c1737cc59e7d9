using System.Text;

namespace OrleansIngest.Engine.Pipelines;

/// <summary>How the characters of a text are stored.</summary>
enum EncodingKind
{
    /// <summary>UTF-8: no conversion.</summary>
    Utf8,

    /// <summary>A byte per character, the first 128 as in ASCII.</summary>
    SingleByte,

    /// <summary>One or more bytes per character, the first 128 as in ASCII.</summary>
    MultiByte,

    /// <summary>UTF-16 or UTF-32.</summary>
    Wide,
}

/// <summary>A supported encoding of inputs. Stateful encodings (ISO-2022, UTF-7) and EBCDIC are not supported.</summary>
sealed class TextEncoding
{
    /// <summary>What .NET's decoder writes for invalid bytes; it occurs in no text.</summary>
    public const char NoCharacter = '\uFFFF';

    static readonly Dictionary<string, TextEncoding> Known = All();

    char[]? _characters;

    TextEncoding(string name, EncodingKind kind, int codePage) => (Name, Kind, CodePage) = (name, kind, codePage);

    /// <summary>UTF-8.</summary>
    public static TextEncoding Utf8 => Known[Key("utf-8")];

    /// <summary>The name in messages and in the configuration.</summary>
    public string Name { get; }

    public EncodingKind Kind { get; }

    /// <summary>The number of the encoding in .NET.</summary>
    public int CodePage { get; }

    /// <summary>Whether units of UTF-16 or UTF-32 are big-endian.</summary>
    public bool IsBigEndian => CodePage is 1201 or 12001;

    /// <summary>Bytes of a unit of UTF-16 or UTF-32.</summary>
    public int UnitBytes => CodePage is 12000 or 12001 ? 4 : 2;

    /// <summary>The names that <see cref="Find"/> knows, for a message.</summary>
    public static string Names =>
        "utf-8, utf-16, utf-16le, utf-16be, utf-32, windows-1250 to windows-1258, iso-8859-1 to iso-8859-15, shift_jis, "
        + "euc-jp, gb18030, gbk, big5, euc-kr, "
        + "koi8-r, koi8-u, ibm437, ibm850, ibm852, ibm866, windows-874, macintosh";

    /// <summary>The names of all encodings, one each, for completion.</summary>
    public static IReadOnlyList<string> OneName => [.. Known.Values.Select(known => known.Name).Distinct(StringComparer.Ordinal)];

    /// <summary>The encoding of a name, ignoring case, <c>-</c> and <c>_</c>; null if unknown.</summary>
    public static TextEncoding? Find(string name) => Known.GetValueOrDefault(Key(name));

    /// <summary>The character of each byte of a single-byte encoding; <see cref="NoCharacter"/> where the encoding has
    /// none.</summary>
    public char[] Characters => _characters ??= ReadCharacters();

    /// <summary>A .NET decoder that replaces invalid bytes with <see cref="NoCharacter"/>.</summary>
    public Decoder NewDecoder() => Encoding().GetDecoder();

    Encoding Encoding()
    {
        var fallback = new DecoderReplacementFallback(NoCharacter.ToString());
        return CodePagesEncodingProvider.Instance.GetEncoding(CodePage, EncoderFallback.ReplacementFallback, fallback)
            ?? System.Text.Encoding.GetEncoding(CodePage, EncoderFallback.ReplacementFallback, fallback);
    }

    /// <summary>.NET maps bytes without a character to the control character of that number, or to one for private use. Like
    /// PostgreSQL, this refuses them; in ISO-8859 the control characters are valid.</summary>
    char[] ReadCharacters()
    {
        var encoding = Encoding();
        var characters = new char[256];
        Span<char> one = stackalloc char[2];
        for (var i = 0; i < characters.Length; i++)
        {
            var count = encoding.GetChars([(byte)i], one);
            var isNone = count != 1 || one[0] is >= '\uE000' and <= '\uF8FF'
                || (one[0] is >= '\u0080' and <= '\u009F' && !Name.StartsWith("iso", StringComparison.Ordinal));
            characters[i] = isNone ? NoCharacter : one[0];
        }

        return characters;
    }

    static Dictionary<string, TextEncoding> All()
    {
        var all = new Dictionary<string, TextEncoding>(StringComparer.Ordinal);
        Add("utf-8", EncodingKind.Utf8, 65001, "us-ascii", "ascii");
        Add("utf-16le", EncodingKind.Wide, 1200, "utf-16", "ucs-2", "ucs-2le", "unicode");
        Add("utf-16be", EncodingKind.Wide, 1201, "ucs-2be");
        Add("utf-32le", EncodingKind.Wide, 12000, "utf-32", "ucs-4");
        Add("utf-32be", EncodingKind.Wide, 12001);
        for (var page = 1250; page <= 1258; page++)
            Add($"windows-{page}", EncodingKind.SingleByte, page, $"cp{page}", $"win{page}");
        foreach (var part in (int[])[1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 15])
            Add($"iso-8859-{part}", EncodingKind.SingleByte, 28590 + part);
        all[Key("latin1")] = all[Key("iso-8859-1")];
        all[Key("latin9")] = all[Key("iso-8859-15")];
        Add("windows-874", EncodingKind.SingleByte, 874, "tis-620", "cp874");
        Add("koi8-r", EncodingKind.SingleByte, 20866);
        Add("koi8-u", EncodingKind.SingleByte, 21866);
        foreach (var page in (int[])[437, 850, 852, 855, 857, 858, 860, 861, 862, 863, 865, 866])
            Add($"ibm{page}", EncodingKind.SingleByte, page, $"cp{page}");
        Add("macintosh", EncodingKind.SingleByte, 10000, "macroman");
        Add("shift_jis", EncodingKind.MultiByte, 932, "sjis", "windows-31j", "cp932", "ms932");
        Add("euc-jp", EncodingKind.MultiByte, 51932);
        Add("gb18030", EncodingKind.MultiByte, 54936, "gbk", "gb2312", "cp936", "windows-936");
        Add("big5", EncodingKind.MultiByte, 950, "cp950");
        Add("euc-kr", EncodingKind.MultiByte, 949, "cp949", "windows-949", "uhc", "ks_c_5601-1987");
        return all;

        void Add(string name, EncodingKind kind, int codePage, params string[] others)
        {
            var encoding = new TextEncoding(name, kind, codePage);
            foreach (var known in others.Append(name)) all[Key(known)] = encoding;
        }
    }

    static string Key(string name) =>
        name.Trim().Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
