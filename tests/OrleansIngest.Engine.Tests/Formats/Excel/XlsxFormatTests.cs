using System.Globalization;
using CsCheck;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Excel;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;
using SpreadCheetah;
using SpreadCheetah.Styling;

namespace OrleansIngest.Engine.Tests.Formats.Excel;

public sealed class XlsxFormatTests
{
    static string[] Fields(byte[] file, ExcelOptions? options = null) =>
        [.. Seen(file, options).Select(r => r.Reason ?? r.Fields)];

    static List<SeenRecord> Seen(byte[] file, ExcelOptions? options = null) =>
        FormatProbe.Read(new XlsxFormat(options ?? new ExcelOptions()), new PieceContent(file));

    static string Row(params string[] cells) => $"<row>{string.Concat(cells)}</row>";

    static string Text(string text) => $"""<c t="inlineStr"><is><t>{text}</t></is></c>""";

    static string Number(string value, int style = 0) => $"""<c s="{style}"><v>{value}</v></c>""";

    [Theory]
    [InlineData("0.1", "0.1")]
    [InlineData("1.1000000000000001", "1.1")]
    [InlineData("0.30000000000000004", "0.30000000000000004")]
    [InlineData("12345678901234500000", "12345678901234500000")]
    [InlineData("1E+20", "100000000000000000000")]
    [InlineData("-1.5E+16", "-15000000000000000")]
    [InlineData("1E-7", "1e-07")]
    [InlineData("1E+300", "1e+300")]
    [InlineData("42", "42")]
    public void Number_AnyValue_IsTheShortestThatIsTheSame(string stored, string expected) =>
        Fields(XlsxFile.Of(Row(Text("a")) + Row(Number(stored)))).ShouldBe([expected]);

    [Theory]
    [InlineData("yyyy-mm-dd", "1", "1900-01-01")]
    [InlineData("yyyy-mm-dd", "59", "1900-02-28")]
    [InlineData("yyyy-mm-dd", "60", "bad_value")]
    [InlineData("yyyy-mm-dd", "61", "1900-03-01")]
    [InlineData("yyyy-mm-dd", "0", "bad_value")]
    [InlineData("yyyy-mm-dd", "-1", "bad_value")]
    [InlineData("dd/mm/yyyy hh:mm", "44197.5", "2021-01-01 12:00:00")]
    [InlineData("d.m.yy", "44197.25", "2021-01-01 06:00:00")]
    [InlineData("hh:mm:ss", "0.5", "12:00:00")]
    [InlineData("h:mm AM/PM", "0.999988425925926", "23:59:59")]
    [InlineData("[h]:mm", "1.5", "36:00:00")]
    [InlineData("mmm", "44197", "2021-01-01")]
    [InlineData("yyyy-mm-dd hh:mm:ss.000", "43831.000011574077", "2020-01-01 00:00:01")]
    [InlineData("0.00", "44197", "44197")]
    [InlineData("0.00E+00", "44197", "44197")]
    [InlineData("#,##0 &quot;days&quot;", "5", "5")]
    [InlineData("General", "44197", "44197")]
    [InlineData("[Red]0;[Blue]-0", "5", "5")]
    [InlineData("[$-409]d-mmm-yy;@", "44197", "2021-01-01")]
    public void Number_WithAFormat_IsWhatTheFormatShows(string format, string serial, string expected) =>
        Fields(XlsxFile.Of(Row(Text("a")) + Row(Number(serial, 1)), formats: [format])).ShouldBe([expected]);

    [Theory]
    [InlineData("0", "1904-01-01")]
    [InlineData("60", "1904-03-01")]
    [InlineData("42735", "2021-01-01")]
    public void Date_Of1904_IsCountedFromThere(string serial, string expected) =>
        Fields(XlsxFile.Of(Row(Text("a")) + Row(Number(serial, 1)), formats: ["yyyy-mm-dd"], is1904: true)).ShouldBe([expected]);

    [Fact]
    public void Cells_OfEveryKind_AreTheirValues() => Fields(XlsxFile.Of(
        """
        <row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><r><t>c</t></r><r><t>!</t></r></is></c></row>
        <row r="2"><c r="A2" t="b"><v>1</v></c><c r="B2" t="str"><f>A1&amp;"x"</f><v>x &amp; y</v></c><c r="C2" t="d"><v>2021-02-03T04:05:06</v></c></row>
        <row r="3"><c r="A3"><f>1+1</f><v>2</v></c><c r="C3" t="str"><v></v></c></row>
        <row r="4"/>
        <row r="7"><c r="A7" t="b"><v>0</v></c><c r="B7" t="s"><v>2</v></c></row>
        """,
        ["<r><rPr><b/></rPr><t xml:space=\"preserve\">a </t></r><r><t>1</t></r><rPh sb=\"0\" eb=\"1\"><t>reading</t></rPh>",
            "<t>b</t>", "<t>line_x000D_&#10;_x005F_x0041_ 日本</t>"]))
        .ShouldBe(["true|x & y|2021-02-03 04:05:06", "2|.|.", "", "false|line\r\n_x0041_ 日本|."]);

    [Fact]
    public void Row_WithAnErrorOrAFormulaWithoutValue_IsRejectedUnlessItIsNull()
    {
        var file = XlsxFile.Of("""
            <row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>
            <row r="2"><c r="A2" t="e"><v>#N/A</v></c><c r="B2"><v>1</v></c></row>
            <row r="3"><c r="A3"><f>NOW()</f></c><c r="B3"><v>2</v></c></row>
            <row r="4"><c r="A4" t="str"><v>n/a</v></c><c r="B4"><v>3</v></c></row>
            """);

        Fields(file).ShouldBe([RejectReason.BadValue, RejectReason.BadValue, "n/a|3"]);
        Fields(file, new ExcelOptions { NullValues = ["#N/A", "n/a"] }).ShouldBe([".|1", RejectReason.BadValue, ".|3"]);
    }

    [Fact]
    public void Range_OfCells_IsWhatIsLoaded()
    {
        var file = XlsxFile.Of("""
            <row r="1"><c r="A1" t="inlineStr"><is><t>Report</t></is></c></row>
            <row r="3"><c r="B3" t="inlineStr"><is><t>id</t></is></c><c r="C3" t="inlineStr"><is><t>v</t></is></c><c r="E3" t="inlineStr"><is><t>note</t></is></c></row>
            <row r="4"><c r="A4"><v>9</v></c><c r="B4"><v>1</v></c><c r="C4"><v>10</v></c><c r="F4"><v>7</v></c></row>
            <row r="5"><c r="B5"><v>2</v></c></row>
            <row r="6"><c r="B6" t="inlineStr"><is><t>Total</t></is></c></row>
            """);

        Fields(file, new ExcelOptions { Range = "B3:E5" }).ShouldBe(["1|10|.|.", "2|.|.|."]);
        Fields(file, new ExcelOptions { Range = "B3:C" }).ShouldBe(["1|10", "2|.", "Total|."]);
        Fields(file, new ExcelOptions { Range = "B4:C5", Header = false }).ShouldBe(["1|10", "2|."]);
        Fields(file, new ExcelOptions { Range = "B3" }).ShouldBe([RejectReason.FieldCount, "2|.|.|.", "Total|.|.|."]);
        Seen(file, new ExcelOptions { Range = "B3:E5" }).Select(r => (r.Position, r.Line)).ShouldBe([(3, 4), (4, 5)]);
    }

    [Fact]
    public void Sheet_ThatIsMeant_IsTheOnlyVisibleOneWithCells()
    {
        (string, string, string)[] sheets =
        [
            ("Notes", "visible", ""), ("Secret", "hidden", Row(Text("s")) + Row(Number("9"))),
            ("Orders", "visible", Row(Text("a")) + Row(Number("1"))),
        ];

        Fields(XlsxFile.Of(sheets)).ShouldBe(["1"]);
        Fields(XlsxFile.Of(sheets), new ExcelOptions { Sheet = "secret" }).ShouldBe(["9"]);
        Fields(XlsxFile.Of(sheets), new ExcelOptions { Sheet = "3" }).ShouldBe(["1"]);
        Should.Throw<LayoutException>(
            () => Fields(XlsxFile.Of(sheets), new ExcelOptions { Sheet = "Ordrs" })).Message.ShouldContain("\"Secret\" (hidden)");
        Should.Throw<LayoutException>(
            () => Fields(XlsxFile.Of([.. sheets, ("More", "visible", Row(Text("x")))]))).Message.ShouldContain("choose one");
    }

    [Fact]
    public async Task Cells_WrittenByAnotherLibrary_AreWhatWasWritten()
    {
        using var stream = new MemoryStream();
        await using (var sheet = await Spreadsheet.CreateNewAsync(stream,
            cancellationToken: TestContext.Current.CancellationToken))
        {
            await sheet.StartWorksheetAsync("Data", token: TestContext.Current.CancellationToken);
            await sheet.AddRowAsync([new Cell("n"), new Cell("d"), new Cell("t"), new Cell("b")],
                TestContext.Current.CancellationToken);
            for (var i = 0; i < 200; i++)
            {
                var when = new DateTime(1901, 1, 1, 0, 0, 0, DateTimeKind.Unspecified).AddSeconds(i * 17_000_003L);
                await sheet.AddRowAsync([new Cell(i / 7.0), new Cell(when), new Cell($"<é&{i}> "), new Cell(i % 2 == 0)],
                    TestContext.Current.CancellationToken);
            }

            await sheet.FinishAsync(TestContext.Current.CancellationToken);
        }

        var first = new DateTime(1901, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
        Fields(stream.ToArray()).ShouldBe(Enumerable.Range(0, 200).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $"{i / 7.0:R}|{first.AddSeconds(i * 17_000_003L):yyyy-MM-dd HH:mm:ss}|<é&{i}> |{(i % 2 == 0 ? "true" : "false")}")));
    }

    static readonly string[] Rows =
    [
        Row(Number("1"), Text("x")), Row(), "<row/>", Row(Number("2")), Row("""<c t="e"><v>#REF!</v></c>"""),
        Row(Text("_x0000_")), Row(Number("x")), Row("<c/>", "<c/>", Number("3")),
    ];

    [Fact]
    public void Rows_ReopenedAtAnyBoundary_AreTheSame() => Gen.Int[0, Rows.Length - 1].Array[0, 25].Sample(
        rows => FormatProbe.HoldToLaw(
            new XlsxFormat(new ExcelOptions()),
            new PieceContent(XlsxFile.Of(Row(Text("a"), Text("b")) + string.Concat(rows.Select(i => Rows[i]))))),
        iter: FuzzCases.Count(100), threads: 1);

    [Fact]
    public void File_SpoiledAnywhere_IsReadOrRefused()
    {
        var sound = XlsxFile.Of(Row(Text("a"), Text("b")) + string.Concat(Enumerable.Repeat(Rows[0] + Rows[3], 20)),
            ["<t>x</t>"], ["yyyy"]);
        var random = new Random(20261128);
        for (var i = 0; i < FuzzCases.Count(500); i++)
        {
            byte[] spoiled = [.. sound];
            for (var changes = random.Next(1, 5); changes > 0; changes--)
                spoiled[random.Next(spoiled.Length)] = (byte)random.Next(256);
            if (random.Next(10) == 0) spoiled = spoiled[..random.Next(spoiled.Length)];
            try
            {
                Seen(spoiled);
            }
            catch (Exception failure) when (failure is LayoutException or BrokenContentException)
            {
                failure.Message.ShouldNotBeEmpty();
            }
        }
    }

    [Fact]
    public void OpenRaw_OfARow_GivesItsFieldsAgain()
    {
        var format = new XlsxFormat(new ExcelOptions());
        var content = new PieceContent(XlsxFile.Of(Row(Text("a"), Text("a"), Text("c")) + Row(Text("x&quot;\\"), Number("2"))));
        var layout = FormatProbe.Layout(format, content);
        foreach (var row in FormatProbe.Read(format, content, layout))
        {
            var again = new FormatProbe.Taker();
            format.OpenRaw(System.Text.Encoding.UTF8.GetBytes(row.Raw), layout, again);
            again.Faults.ShouldBeEmpty(row.Raw);
            again.Records.Single().Fields.ShouldBe(row.Fields);
        }
    }

    [Fact]
    public void Detect_AWorkbook_IsNoOtherArchive()
    {
        using var other = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(other, System.IO.Compression.ZipArchiveMode.Create,
            leaveOpen: true)) zip.CreateEntry("a.csv");

        InputFormats.For(new PipelineOptions(), new PieceContent(XlsxFile.Of(Row(Text("a"))))).Name.ShouldBe("xlsx");
        InputFormats.For(new PipelineOptions(), new PieceContent(other.ToArray())).Name.ShouldBe("csv");
        for (var length = 0; length < 60; length++)
            InputFormats.For(new PipelineOptions(), new PieceContent(other.ToArray()[..length])).Name.ShouldBe("csv");
        Should.Throw<LayoutException>(() => Seen([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0])).Message.ShouldContain(
            "password");
    }
}
