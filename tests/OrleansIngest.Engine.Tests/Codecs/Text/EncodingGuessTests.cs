using System.Text;
using OrleansIngest.Engine.Codecs.Text;

namespace OrleansIngest.Engine.Tests.Codecs.Text;

public sealed class EncodingGuessTests
{
    /// <summary>A flipped bit makes a letter of windows-1252 of any ASCII letter; the record is to be rejected.</summary>
    [Theory]
    [InlineData("name,city\nJos\u00E9,M\u00FCnchen\n", "utf-8")]
    [InlineData("name,city\nJos\u00E9,M\u00FCnchen\nZo\u00EB,Ulm\n", "windows-1252")]
    public void Of_FewLettersOfWindows1252_AreDamage(string text, string encoding) =>
        EncodingGuess.Of(Encoding.Latin1.GetBytes(text)).Encoding!.Name.ShouldBe(encoding);

    [Fact]
    public void Of_ShiftJis_ShowsItsReadingsOnOneLine()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

        var found = EncodingGuess.Of(Encoding.GetEncoding("shift_jis").GetBytes("id,name\n1,日本東京\n"));

        found.Encoding.ShouldBeNull();
        found.Note.ShouldNotBeNull().ShouldContain("shift_jis: 1,日本東京");
        found.Note.ShouldContain("Specify its encoding, such as --encoding ");
        found.Note.ShouldNotContain("\n");
    }

    [Theory]
    [InlineData("FFD8FFE000104A464946")] // a JPEG
    [InlineData("41FFFFFFFF0541")]
    [InlineData("41FFFFFFFF0141")] // no control character that text never has, and no reading
    public void Of_BinaryFile_SaysThatItLooksBinary(string hex)
    {
        var found = EncodingGuess.Of(Convert.FromHexString(hex));

        found.Encoding.ShouldBeNull();
        found.Note.ShouldNotBeNull().ShouldStartWith("the file looks binary: ");
        found.Note.ShouldContain("--encoding utf-16le or utf-16be");
        found.Note.ShouldNotContain("readings");
        found.Note.ShouldNotContain("\n");
    }
}
