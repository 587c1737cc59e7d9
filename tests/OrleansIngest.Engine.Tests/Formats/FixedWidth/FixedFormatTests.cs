using System.Text;
using CsCheck;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.FixedWidth;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Tests.Formats.FixedWidth;

public sealed class FixedFormatTests
{
    static FixedOptions Options(Action<FixedOptions>? change = null)
    {
        var options = new FixedOptions
        {
            Columns = [new() { Name = "id", Start = 1, Width = 4 }, new() { Name = "name", Start = 5, End = 10 },
                new() { Name = "raw", Start = 9, Width = 3, Trim = FixedTrim.None }],
        };
        change?.Invoke(options);
        return options;
    }

    static string[] Fields(string text, Action<FixedOptions>? change = null) =>
        [.. Seen(text, change).Select(r => r.Reason ?? r.Fields)];

    static List<SeenRecord> Seen(string text, Action<FixedOptions>? change = null) =>
        FormatProbe.Read(new FixedFormat(Options(change)), new PieceContent(Encoding.UTF8.GetBytes(text)));

    static readonly string[] Lines = ["0001Ulm   x", "   2日本語京都 y", "", "   ", "0003short", "0004\tab     ",
        "0005long enough and more", "000\u0000nul     ", "0006Zürich X"];

    [Fact]
    public void Records_ReopenedAtAnyBoundary_AreTheSame() => Gen.Select(Gen.Int[0, Lines.Length - 1].Array[0, 20],
        Gen.Int[1, 99], Gen.Int[0, 3], Gen.Bool).Sample(
        (lines, most, header, knowsLength) =>
        {
            var format = new FixedFormat(Options(o => (o.HeaderLines, o.Tabs) = (header, header)));
            FormatProbe.HoldToLaw(format, new PieceContent(Encoding.UTF8.GetBytes(string.Join('\n', lines.Select(i => Lines[i]))),
                most, knowsLength));
        },
        iter: FuzzCases.Count(2_000), threads: 1);

    [Fact]
    public void Fields_AreTheCharactersAtTheirPlaces() =>
        Fields("0001Ulm   x\r\n  2 日本語京都 y\n").ShouldBe(["0001|Ulm|  x", "2|日本語京都|都 y"]);

    [Fact]
    public void Fields_CountedInBytes_AreTheBytesThere() =>
        Fields("0001Zürich ", o => o.Unit = FixedUnit.Bytes).ShouldBe(["0001|Züric|ich"]);

    [Fact]
    public void Field_Blank_IsNull() => Fields("            \n0001      x").ShouldBe(["", "0001|.|  x"]);

    [Fact]
    public void Line_TooShort_IsRejectedOrFilledUp()
    {
        Fields("0001Ulm").ShouldBe([RejectReason.FieldCount]);
        Fields("0001Ulm\n1", o => o.ShortLines = ShortLinePolicy.Fit).ShouldBe(["0001|Ulm|.", "1|.|."]);
    }

    [Fact]
    public void Line_WithMoreBehindItsFields_IsRejectedOrCut()
    {
        Fields("0001Ulm   x   \n0001Ulm   xyz").ShouldBe(["0001|Ulm|  x", RejectReason.FieldCount]);
        Fields("0001Ulm   xyz", o => o.LongLines = LongLinePolicy.Ignore).ShouldBe(["0001|Ulm|  x"]);
    }

    [Fact]
    public void Line_WithATab_IsRejectedUnlessItsWidthIsSaid()
    {
        Fields("1\tUlm   x").ShouldBe([RejectReason.FieldCount]);
        Fields("1\tUlm   x", o => o.Tabs = 4).ShouldBe(["1|Ulm|  x"]);
        Fields("001\tUlm   x", o => o.Tabs = 1).ShouldBe(["001\t|Ulm|  x"]);
    }

    [Fact]
    public void HeaderLines_AreSkippedAndCounted() =>
        Seen("report\n----\n0001Ulm   x", o => o.HeaderLines = 2).Select(r => (r.Kind, r.Line))
            .ShouldBe([(RecordKind.Blank, 1), (RecordKind.Blank, 2), (RecordKind.Data, 3)]);

    [Fact]
    public void OpenRaw_OfARecord_GivesItAgain()
    {
        var format = new FixedFormat(Options(o => o.HeaderLines = 3));
        var again = new FormatProbe.Taker();

        format.OpenRaw("0001Ulm   x"u8.ToArray(), FormatProbe.Layout(format, new PieceContent([])), again);

        again.Records.Single().Fields.ShouldBe("0001|Ulm|  x");
    }
}
