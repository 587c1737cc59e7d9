using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Tests.Formats.Csv.Detection;

public sealed class CsvDetectionTests
{
    const string Plain = "id,name,day\n1,Anna,2026-01-02\n2,Ben,2026-01-03\n3,Cleo,2026-01-04\n";

    [Theory]
    [InlineData("id,name\n1,Anna\n2,Ben\n", ",")]
    [InlineData("id;name\n1;Anna\n2;Ben\n", ";")]
    [InlineData("id\tname\n1\tAnna\n2\tBen\n", "\t")]
    [InlineData("id|name\n1|Anna\n2|Ben\n", "|")]
    [InlineData("id^name\n1^Anna\n2^Ben\n", "^")]
    [InlineData("id\u0001name\n1\u0001Anna\n2\u0001Ben\n", "\u0001")]
    [InlineData("id||name\n1||Anna\n2||Ben\n", "||")]
    [InlineData("id|~|name\n1|~|Anna\n2|~|Ben\n", "|~|")]
    [InlineData("id, name, town\n1, Anna, \"Ulm, north\"\n2, Ben, Rome\n", ", ")]
    [InlineData("id;price;rate\n1;1,5;2,25\n2;3,5;4,75\n", ";")]
    [InlineData("day;text\n2026-01-02;one, two\n2026-01-03;three\n", ";")]
    [InlineData("time,url\n10:00:01,http://a/b:1\n10:00:02,http://a/c:2\n", ",")]
    [InlineData("id;price\n681,34;685,20\n546,00;390,58\n", ";")]
    [InlineData("name;town\nAnna;Boston, MA\nBen;Reno, NV\n", ";")]
    [InlineData("name;town, state\nAnna;Boston, MA\nBen;Reno, NV\n", ";")]
    [InlineData("a;b\n1;\"x;y\"\n2;z\n", ";")]
    [InlineData("id name town\n1 Anna Ulm\n2 Ben Rome\n3 Cleo Paris\n", " ")]
    public void Of_OneDelimiter_FindsIt(string text, string delimiter)
    {
        var file = DetectedFile.Of(text);

        (file.Dialect.Delimiter, file.Dialect.HeaderLines, file.Dialect.SkipLines).ShouldBe((delimiter, 1, 0));
    }

    [Theory]
    [InlineData("\"\",name\nfirst,second\n", "|name")]
    [InlineData("\"\",\"name\"\nfirst,second\nthird,fourth\n", "|name")]
    [InlineData("name,\nfirst,second\n", "name|")]
    [InlineData("Report,\nname,town\nAnna,Ulm\n", "name|town")]
    public void Of_TextOnly_TakesNoRecordOfDataForTheHeader(string text, string names)
    {
        var file = DetectedFile.Of(text);

        file.Names.ShouldBe(names);
        file.Rows.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(500, 3)]
    [InlineData(30_000, 2)] // the record is longer than a record may be, and rejected
    public void Of_CellWithLinesThatLookLikeRecords_IsOneCell(int lines, int rows)
    {
        var inner = string.Concat(Enumerable.Range(1, lines)
            .Select(i => i % 100 == 0 ? $"{i},inner\n" : $"{i},line {i} of the letter, and so on\n"));

        var file = DetectedFile.Of($"id,body\n1,x\n2,\"dear all, the list:\n{inner}regards\"\n3,z\n");

        (file.Dialect.Delimiter, file.Dialect.SkipLines, file.Dialect.HeaderLines).ShouldBe((",", 0, 1));
        file.Names.ShouldBe("id|body");
        file.Rows.Count.ShouldBe(rows);
    }

    /// <summary>A record that is damaged is rejected; as a line of the header it would be lost.</summary>
    [Theory]
    [InlineData("id,name\n\"1,Ann\n2,Bob\n3,Cy\n4,Dan\n5,Eve\n6,\"Fay \"\"x\"\"\"\n7,Gus\n", 1, "id|name", 6)]
    [InlineData("a,b\n\"1,x\n2,y\n", 1, "a|b", 1)]
    [InlineData("a,b\n\"x1,x\n2,y\n3,z\n", 1, "a|b", 2)] // even if it does not fit the kinds of the columns
    [InlineData("a,b\n1,\"x\n2,y\n3,z\n", 1, "a|b", 2)]
    [InlineData("a,b\n\"1\"2\",x\n2,y\n3,z\n", 1, "a|b", 3)] // misplaced, and closed: lenient quotes read it
    [InlineData("a,b,c\n\"1,x\n2,y,z\n3,z,z\n", 1, "a|b|c", 2)]
    [InlineData("a,b\n\"1,x,z\n2,y\n3,z\n", 1, "a|b", 2)]
    [InlineData("\"1,Ann\n2,Bob\n3,Cy\n", 0, "", 2)]
    [InlineData("\"1,Ann,x\n2,Bob\n3,Cy\n", 0, "", 2)]
    [InlineData("\"Ann,Ulm\nBob,Rome\nCy,Paris\n", 0, "", 2)]
    [InlineData("name,town\n\"Ann,Ulm\nBob,Rome\nCy,Paris\n", 1, "name|town", 2)]
    public void Of_RecordWhoseQuoteIsNotClosed_IsNoLineOfTheHeader(string text, int headerLines, string names, int rows)
    {
        var file = DetectedFile.Of(text);

        (file.Dialect.SkipLines, file.Dialect.HeaderLines, file.Names, file.Rows.Count).ShouldBe((0, headerLines, names, rows));
    }

    /// <summary>No other line can be the header, and its names have another kind than the data.</summary>
    [Fact]
    public void Of_HeaderWhoseQuoteIsNotClosed_StaysTheHeaderAndIsReported()
    {
        var file = DetectedFile.Of("\"id,name,day\n1,Anna,2026-01-02\n2,Ben,2026-01-03\n");

        (file.Dialect.HeaderLines, file.Rows.Count).ShouldBe((1, 2));
        file.Layout.Findings.ShouldHaveSingleItem().ShouldContain("misplaced quote");
    }

    [Fact]
    public void Of_LastCellWithLines_LosesNoLineAsFooter()
    {
        var file = DetectedFile.Of("a,b,c\n1,2,x\n3,4,\"first, of, three\nmiddle, with, commas\nlast\"\n");

        file.Rows[^1][2].ShouldEndWith("last");
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Of_AnyRecordEnd_ReadsTheSame(string end)
    {
        var file = DetectedFile.Of(Plain.Replace("\n", end, StringComparison.Ordinal));

        (file.Names, file.Rows.Count, file.Rows[^1][2]).ShouldBe(("id|name|day", 3, "2026-01-04"));
    }

    [Fact]
    public void Of_UsualFile_HasNothingToSay() => DetectedFile.Of(Plain).Layout.Findings.ShouldBeEmpty();

    [Theory]
    [InlineData("a,b\n1,'x, y'\n2,'z'\n", "'x, y'", "x, y")]
    [InlineData("'a','b'\n'1','it''s'\n'2','z'\n", "", "it's")]
    public void Of_ApostrophesAroundValuesThatNeedThem_AreQuotes(string text, string notRead, string read)
    {
        var values = DetectedFile.Of(text).Rows.SelectMany(row => row).ToList();

        values.ShouldContain(read);
        values.ShouldNotContain(notRead);
    }

    [Fact]
    public void Of_ApostrophesInsideValues_AreNoQuotes()
    {
        var file = DetectedFile.Of("id,name\n1,'Tis\n2,O'Brien\n3,'t Hooft\n4,rock 'n' roll\n");

        (file.Dialect.Quote, file.Rows[0][1], file.Rows[2][1]).ShouldBe(('"', "'Tis", "'t Hooft"));
    }

    [Fact]
    public void Of_QuotesBehindBackslashes_AreEscaped()
    {
        var file = DetectedFile.Of("id,text\n1,\"5\\\" pipe, long\"\n2,\"x\"\n3,\"say \\\"yes\\\", or no\"\n");

        (file.Dialect.Escape, file.Rows.Count, file.Rows[0][1]).ShouldBe(('\\', 3, "5\" pipe, long"));
    }

    [Theory]
    [InlineData("Report of sales\n", 1)]
    [InlineData("Report of sales\n\nmade, as ever, by hand\n", 3)]
    [InlineData("Report,,\n,,\n", 2)]
    [InlineData("# a\n# b\n# c\n# d\n", 4)]
    public void Of_LinesBeforeTheHeader_AreSkipped(string preamble, int lines)
    {
        var file = DetectedFile.Of(preamble + Plain);

        (file.Dialect.SkipLines, file.Names, file.Rows.Count).ShouldBe((lines, "id|name|day", 3));
        file.Layout.Findings.ShouldHaveSingleItem().ShouldContain("before the header");
    }

    [Fact]
    public void Of_FirstRecordLikeTheOthers_IsNoHeader()
    {
        var file = DetectedFile.Of("1,Anna,2026-01-02\n2,Ben,2026-01-03\n");

        (file.Dialect.HeaderLines, file.Rows.Count).ShouldBe((0, 2));
        file.Layout.Findings.ShouldHaveSingleItem().ShouldContain("no header");
    }

    [Theory]
    [InlineData("name,town\nAnna,Ulm\nBen,Rome\n")]
    [InlineData("country,2021,2022,2023\nFrance,1,2,3\nSpain,4,5,6\n")]
    [InlineData("id,name\n")]
    [InlineData("id,name\n1,Anna\n")]
    public void Of_FirstRecordThatNames_IsTheHeader(string text) => DetectedFile.Of(text).Dialect.HeaderLines.ShouldBe(1);

    [Fact]
    public void Of_TwoHeaderLines_JoinsThemAndSpreadsGroups()
    {
        var file = DetectedFile.Of("Day,Travel,,Other\n,Air,Rail,\n2026-01-02,1.5,2.5,3\n2026-01-03,4.5,5,6\n");

        (file.Names, file.Rows.Count).ShouldBe(("Day|Travel Air|Travel Rail|Other", 2));
    }

    [Theory]
    [InlineData("Source: the office\n", 1)]
    [InlineData(",,\n,,\n,,\n", 3)]
    public void Of_LinesAtTheEnd_AreNoRecords(string footer, int lines)
    {
        var file = DetectedFile.Of(Plain + footer);

        (file.Dialect.SkipFooterLines, file.Rows.Count).ShouldBe((lines, 3));
    }

    [Fact]
    public void Of_TotalAtTheEndWithAllFields_StaysARecord() =>
        DetectedFile.Of(Plain + "6,,\n").Dialect.SkipFooterLines.ShouldBe(0);

    [Fact]
    public void Of_HeaderWithAFieldWithoutNameTooMany_TakesTheNamesInTheirOrder() =>
        DetectedFile.Of("id,,name,day\n1,Anna,2026-01-02\n2,Ben,2026-01-03\n").Names.ShouldBe("id|name|day");

    [Fact]
    public void Of_HeaderWithoutTheRowsName_IsShiftedAsRWritesIt() =>
        DetectedFile.Of("mpg,cyl\nMazda,21,6\nDatsun,22.8,4\nHornet,21.4,6\n").Names.ShouldBe("|mpg|cyl");

    [Theory]
    [InlineData("id,name,day,more\n1,Anna,2026-01-02\n2,Ben,2026-01-03\n", "names 4 fields")]
    [InlineData("name,day\nAnna,2026-01-02,7\nAnna,2026-01-03,8\n", "the first or the last")]
    [InlineData("a;b,c\nx;y,z\nu;v,w\n", "may be")]
    public void Of_TwoReadingsAsGood_IsRefusedAndShowsThem(string text, string says) =>
        Should.Throw<LayoutException>(() => DetectedFile.Of(text)).Message.ShouldContain(says);

    [Fact]
    public void Of_NamesOfTheTable_DecideBetweenReadingsAsGood()
    {
        DetectedFile.Of("a;b,c\nx;y,z\nu;v,w\n", "a", "b,c").Dialect.Delimiter.ShouldBe(";");
        DetectedFile.Of("a;b,c\nx;y,z\nu;v,w\n", "a;b", "c").Dialect.Delimiter.ShouldBe(",");
    }

    [Fact]
    public void Of_NamesOfTheTable_FindTheHeaderAmongText()
    {
        var file = DetectedFile.Of("List,of,people\nName,Town,Street\nAnna,Ulm,Elm\nBen,Rome,Oak\n", "name", "town", "street");

        (file.Dialect.SkipLines, file.Names, file.Rows.Count).ShouldBe((1, "Name|Town|Street", 2));
    }

    [Fact]
    public void Of_OptionThatIsTold_IsNotDoubted()
    {
        var told = new CsvOptions { Delimiter = null, HeaderLines = 0, SkipLines = 0, Quote = '\'' };

        var file = DetectedFile.Of("id;name\n1;Anna\n"u8.ToArray(), told);

        (file.Dialect.Delimiter, file.Dialect.HeaderLines, file.Dialect.Quote, file.Rows.Count).ShouldBe((";", 0, '\'', 2));
    }

    [Fact]
    public void Of_OneColumn_KeepsItsCommas()
    {
        var file = DetectedFile.Of("motto\nto be, or not to be\nall, for one, and one, for all\nveni, vidi\nhello\n");

        (file.Layout.FieldCount, file.Rows.Count, file.Rows[0][0]).ShouldBe((1, 4, "to be, or not to be"));
    }

    [Fact]
    public void Of_EmptyFile_FindsTheUsual() => DetectedFile.Of("").Dialect.Delimiter.ShouldBe(",");

    [Fact]
    public void Of_EscapedQuoteBehindTheFirstRecords_IsSeen()
    {
        var text = "id,text\n" + string.Concat(Enumerable.Range(1, 30_000).Select(i => $"{i},\"x\"\n"))
            + "30001,\"5\\\" pipe, long\"\n";

        DetectedFile.Of(text).Dialect.Escape.ShouldBe('\\');
    }
}
