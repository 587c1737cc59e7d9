using System.Text;
using CsCheck;
using OrleansIngest.Engine.Codecs;
using OrleansIngest.Engine.Codecs.Text;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Engine.Tests.Codecs.Text;

/// <summary>What .NET encodes, the codec decodes: the whole, and any tail of it; and what is no character is marked and never
/// replaced.</summary>
public sealed class TranscodingTests
{
    static readonly (string Name, string Letters)[] Samples =
    [
        ("utf-16le", "aé€漢😀\n"), ("utf-16be", "aé€漢😀\n"), ("utf-32le", "aé€漢😀\n"), ("utf-32be", "aé€漢😀\n"),
        ("windows-1252", "aé€ÿ“\n"), ("windows-1251", "aЖяЇ\n"), ("iso-8859-1", "aé\u0081ÿ\n"), ("iso-8859-15", "aé€Ž\n"),
        ("shift_jis", "a漢かﾅ表ソ\n"), ("gb18030", "a汉€😀ä\n"), ("euc-kr", "a한글힣\n"), ("euc-jp", "a漢かﾅ\n"), ("big5", "a漢功\n"),
        ("koi8-r", "aЖя\n"),
        ("ibm437", "aé█ß\n"), ("windows-874", "aก\n"),
    ];

    public static TheoryData<string> Names => [.. Samples.Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_OfAnyText_IsThatTextInUtf8AndTheSameFromEveryRestartPoint(string name)
    {
        var encoding = TextEncoding.Find(name).ShouldNotBeNull();
        var letters = Samples.Single(s => s.Name == name).Letters.EnumerateRunes().Select(r => r.ToString()).ToArray();
        Gen.Select(Gen.Int[0, 400_000], Gen.Int[1, 1000]).Sample(
            (length, seed) =>
            {
                var random = new Random(seed);
                var text = string.Concat(Enumerable.Range(0, length).Select(_ => letters[random.Next(letters.Length)]));
                var expected = Encoding.UTF8.GetBytes(text);
                using var content = Open(encoding, Dotnet(encoding).GetBytes(text));
                Compressed.ReadAll(content).AsSpan().SequenceEqual(expected).ShouldBeTrue();
                content.Length.ShouldBe(expected.Length);
                foreach (var point in Points(content, expected.Length))
                {
                    using var again = Open(encoding, Dotnet(encoding).GetBytes(text), point);
                    Compressed.ReadAll(again, point.Position).AsSpan().SequenceEqual(expected.AsSpan((int)point.Position))
                        .ShouldBeTrue();
                    ((DecodedContent)again).Starts.ShouldBe(1);
                }
            },
            iter: 6, threads: 1);
    }

    [Theory]
    [InlineData("utf-16le", "FFFE41004200", "4142")]
    [InlineData("utf-16le", "410000D84200", "41FF42")]         // half a pair
    [InlineData("utf-16le", "4100FFFF4200", "41FF42")]         // no character
    [InlineData("utf-16be", "FEFF0041", "41")]
    [InlineData("utf-32le", "4100000000D8000042000000", "41FF42")]
    [InlineData("windows-1252", "4181E9", "41FFC3A9")]
    [InlineData("iso-8859-1", "4181", "41C281")]
    [InlineData("shift_jis", "8142FF41", "E38082FF41")]
    [InlineData("euc-kr", "41FFFF42", "41FFFF42")]
    [InlineData("euc-kr", "41C8", "41FF")]                     // half a character at the end
    [InlineData("gb18030", "41FF42", "41FF42")]
    public void Read_OfBytesThatAreNoCharacter_MarksThem(string name, string stored, string expected)
    {
        using var content = Open(TextEncoding.Find(name)!, Convert.FromHexString(stored));

        Convert.ToHexString(Compressed.ReadAll(content)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("UTF8", "utf-8")]
    [InlineData("Windows-1252", "windows-1252")]
    [InlineData("cp1252", "windows-1252")]
    [InlineData("ISO_8859_15", "iso-8859-15")]
    [InlineData("Latin1", "iso-8859-1")]
    [InlineData("SHIFT-JIS", "shift_jis")]
    [InlineData("GBK", "gb18030")]
    [InlineData("utf16", "utf-16le")]
    public void Find_Names_AreReadAsPeopleWriteThem(string name, string expected) =>
        TextEncoding.Find(name).ShouldNotBeNull().Name.ShouldBe(expected);

    [Fact]
    public void Find_OfWhatIsLeftOut_FindsNothing() =>
        new[] { "utf-7", "iso-2022-jp", "ibm037", "" }.ShouldAllBe(name => TextEncoding.Find(name) == null);

    static Encoding Dotnet(TextEncoding encoding) =>
        CodePagesEncodingProvider.Instance.GetEncoding(encoding.CodePage) ?? Encoding.GetEncoding(encoding.CodePage);

    static OrleansIngest.Engine.Sources.ByteContent Open(TextEncoding encoding, byte[] stored, params RestartPoint[] points)
    {
        var content = new TranscodingCodec(encoding, Compressed.SmallWindow).Open(new MemoryContent(stored, 10_001));
        foreach (var point in points) content.Learn(point);
        return content;
    }

    static RestartPoint[] Points(OrleansIngest.Engine.Sources.ByteContent content, int length) =>
        [.. Enumerable.Range(0, length / 100_000 + 1).Select(i => content.RestartBefore(i * 100_000L)).OfType<RestartPoint>()
            .Distinct()];
}
