using System.Text;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Tests.Formats.Csv;

public sealed class CsvHeadTests
{
    static CsvLayout Read(string text, CsvOptions? options = null) =>
        (CsvLayout)new CsvFormat(options ?? new CsvOptions()).ReadLayout(new MemoryContent(Encoding.UTF8.GetBytes(text)),
            columns: null);

    static string Records(string text, CsvOptions? options = null)
    {
        var content = new MemoryContent(Encoding.UTF8.GetBytes(text));
        var layout = new CsvFormat(options ?? new CsvOptions()).ReadLayout(content, columns: null);
        return string.Join(' ', AllRecords.Of(content, (CsvLayout)layout).Select(r => r.Kind switch
        {
            RecordKind.Data => $"{r.Line}:{r.Text}",
            RecordKind.Blank => $"{r.Line}:-",
            _ => $"{r.Line}:!{r.Text[..r.Text.IndexOf(':', StringComparison.Ordinal)]}",
        }));
    }

    [Theory]
    [InlineData("sep=;\nid;name\n1;a\n")]
    [InlineData("\uFEFFsep=;\r\nid;name\r\n1;a\r\n")]
    [InlineData("\"sep=;\"\nid;name\n1;a\n")]
    [InlineData("SEP=;\nid;name\n1;a\n")]
    public void Read_LineThatNamesTheDelimiter_IsUnderstood(string text)
    {
        foreach (var delimiter in new[] { ",", null, ";" })
        {
            var layout = Read(text, new CsvOptions { Delimiter = delimiter });
            (layout.Dialect.Delimiter, layout.BodyLine).ShouldBe((";", 3));
            layout.Names.ShouldBe(["id", "name"]);
        }
    }

    [Fact]
    public void Read_LineThatNamesATab_IsUnderstood() => Read("sep=\t\nid\tname\n1\ta\n").Names.ShouldBe(["id", "name"]);

    [Theory]
    [InlineData("sep=x\n1\n", "sep=x")]
    [InlineData("separator\n1\n", "separator")]
    public void Read_NameThatOnlyLooksLikeIt_IsAHeader(string text, string name) => Read(text).Names.ShouldBe([name]);

    [Fact]
    public void Read_LinesToSkip_AreLinesWhateverIsInThem()
    {
        var layout = Read("Report \"2026\r\n\r\nid,name\r\n1,a\r\n", new CsvOptions { SkipLines = 2 });
        (layout.BodyStart, layout.BodyLine).ShouldBe((25, 4));
        layout.Names.ShouldBe(["id", "name"]);
    }

    [Fact]
    public void Read_SeveralHeaderLines_AreJoined() =>
        Read("Sales,,Costs,\n2025,2026,,2026\n1,2,3,4\n",
            new CsvOptions { HeaderLines = 2 }).Names.ShouldBe(["Sales 2025", "2026", "Costs", "2026"]);

    [Fact]
    public void Read_BlankLinesAndCommentsBeforeTheHeader_ArePassed() =>
        Records("\n# made by x\nid,name\n# y\n1,a\n", new CsvOptions { Comment = "#" }).ShouldBe("4:- 5:<1>|<a>");

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void Read_ColumnsAreNamed_HeaderDoesNotCount(int headerLines)
    {
        var layout = Read(headerLines == 0 ? "1,a\n" : "\"broken,x\n1,a\n",
            new CsvOptions { HeaderLines = headerLines, Columns = ["id", "name"] });
        (layout.IsByName, layout.FieldCount).ShouldBe((true, 2));
        layout.Names.ShouldBe(["id", "name"]);
    }

    [Fact]
    public void Read_HeaderWithABrokenQuote_IsReadByTheLenientRules() =>
        Read("id,5\" pipe\n1,2\n").Names.ShouldBe(["id", "5\" pipe"]);

    [Fact]
    public void Read_HeaderWithAnOpenQuote_IsRefused() =>
        Should.Throw<LayoutException>(() => Read("id,\"name\n1,2\n3,4\n5,6\n7,8\n")).Message.ShouldContain(
            "line 1: a quote in the header");

    [Theory]
    // In the header only.
    [InlineData("id,name,\n1,a\n2,b\n", 2, 2, "2:<1>|<a> 3:<2>|<b>")]
    // In the records only.
    [InlineData("id,name\n1,a,\n2,b,\n", 2, 3, "2:<1>|<a> 3:<2>|<b>")]
    [InlineData("id,name\n1,a,\n2,,\n", 2, 3, "2:<1>|<a> 3:<2>|NULL")]
    // In both, or nowhere.
    [InlineData("id,name,\n1,a,\n", 3, 3, "2:<1>|<a>|NULL")]
    [InlineData("id,name\n1,a\n", 2, 2, "2:<1>|<a>")]
    // Another record of such a file must be like the others: which field would the missing one be?
    [InlineData("id,name\n1,a,\n2,b,\n3,c\n", 2, 3, "2:<1>|<a> 3:<2>|<b> 4:!field_count")]
    // No majority, or values without a name: the header counts.
    [InlineData("id,name\n1,a,\n2,b\n", 2, 2, "2:<1>|<a>|NULL 3:<2>|<b>")]
    [InlineData("id,name\n1,a,\n2,b,\n3,c,d\n", 2, 2, "2:<1>|<a>|NULL 3:<2>|<b>|NULL 4:<3>|<c>|<d>")]
    [InlineData("id,name\n1,a,x\n2,b,y\n", 2, 2, "2:<1>|<a>|<x> 3:<2>|<b>|<y>")]
    [InlineData("id,name,mood\n1,a\n2,b\n", 3, 3, "2:<1>|<a> 3:<2>|<b>")]
    public void Read_TrailingDelimiters_AreDecidedByTheRecords(string text, int fields, int inRecord, string records)
    {
        var layout = Read(text);
        (layout.FieldCount, layout.FieldsInRecord).ShouldBe((fields, inRecord));
        Records(text).ShouldBe(records);
    }

    /// <summary>Behind the records that decided, a value that has no name is not lost silently.</summary>
    [Fact]
    public void Read_ValueWithoutAName_IsRejected()
    {
        var text = "id,name\n" + string.Concat(Enumerable.Repeat("1,a,\n", 40)) + "2,b,lost\n";
        Records(text).ShouldEndWith("41:<1>|<a> 42:!field_count");
    }

    [Theory]
    [InlineData("1,a,x\n2,b\n3,c\n", 2)]
    [InlineData("1,a\n2,b,x\n", 2)]
    [InlineData("", 0)]
    public void Read_NoHeader_TheMostFrequentNumberOfFieldsCounts(string text, int fields) =>
        Read(text, new CsvOptions { Header = false }).FieldCount.ShouldBe(fields);

    [Fact]
    public void Read_ByteOrderMarkWithoutHeader_IsNoPartOfTheFirstField() =>
        Records("\uFEFF1,a\n2,b\n", new CsvOptions { Header = false }).ShouldBe("1:<1>|<a> 2:<2>|<b>");

    [Theory]
    [InlineData(RepeatedHeaderPolicy.Row, "2:<1>|<a> 3:<id>|<name> 4:<2>|<b>")]
    [InlineData(RepeatedHeaderPolicy.Skip, "2:<1>|<a> 3:- 4:<2>|<b>")]
    [InlineData(RepeatedHeaderPolicy.Stop, "2:<1>|<a> 3:- 4:-")]
    public void Read_HeaderOnceMore_IsWhatTheOptionSays(RepeatedHeaderPolicy policy, string expected) =>
        Records("id,name\n1,a\nid,name\n2,b\n", new CsvOptions { RepeatedHeader = policy }).ShouldBe(expected);

    [Fact]
    public void Read_HeaderOnceMoreInQuotes_IsTheSame() =>
        Records("id,name\n1,a\n\uFEFF\"id\",name\n2,b\n\"id\",name\n",
            new CsvOptions { RepeatedHeader = RepeatedHeaderPolicy.Skip })
            .ShouldBe("2:<1>|<a> 3:<\uFEFF\"id\">|<name> 4:<2>|<b> 5:-");

    [Theory]
    [InlineData("id,name\n1,a\nTotal,1\n", "2:<1>|<a> 3:-")]
    [InlineData("id,name\n1,a\n\nTotal \"1\n\n\n", "2:<1>|<a> 3:- 4:- 5:- 6:-")]
    [InlineData("id,name\n", "")]
    [InlineData("id,name\n1,a", "2:-")]
    public void Read_FooterLines_AreSkippedWithTheBlankOnesAroundThem(string text, string expected) =>
        Records(text, new CsvOptions { SkipFooterLines = 1 }).ShouldBe(expected);

    [Theory]
    [InlineData("id,name\n1\n2,b,c\n", "2:<1>|NULL 3:<2>|<b>")]
    public void Read_RaggedRowsThatFit_HaveAsManyFieldsAsTheHeader(string text, string expected) =>
        Records(text, new CsvOptions { RaggedRows = RaggedRowPolicy.Fit }).ShouldBe(expected);
}
