using System.Text.RegularExpressions;
using OrleansIngest.Commands.Tables;

namespace OrleansIngest.Commands.Tests.Tables;

public sealed class TextTableTests
{
    [Theory]
    [InlineData(200, "NAME HOST STARTED WHY")]
    [InlineData(60, "NAME HOST WHY")]
    [InlineData(40, "NAME WHY")]
    public void WriteTerminal_NarrowTerminal_LeavesOutTheLeastImportantColumnsAndBreaksNoShortValue(int width, string heads)
    {
        var table = new TextTable("NAME", new("HOST", Rank: 1), new("STARTED", Rank: 2), new("WHY", Wraps: true));
        table.Add("loader-1-a1b2c3", "machine-7", "2026-01-03 09:00:00",
            "a long sentence that may be broken into as many lines as it takes");

        var shown = Render(table, width);

        shown.Split('\n', StringSplitOptions.RemoveEmptyEntries).First(l => l.Trim().Length > 0).Split(' ',
            StringSplitOptions.RemoveEmptyEntries).ShouldBe(heads.Split(' '));
        shown.ShouldContain("loader-1-a1b2c3");
        shown.Split('\n').ShouldAllBe(l => l.TrimEnd().Length <= width);
    }

    [Fact]
    public void WritePlain_Rows_AreColumnsBetweenTabsWhateverTheyHold()
    {
        var table = new TextTable("A", "B");
        table.Add("tab\there", "line\nbreak");
        var output = new StringWriter();

        table.WritePlain(output);

        output.ToString().Split(Environment.NewLine)[..2].ShouldBe(["A\tB", "tab\\there\tline\\nbreak"]);
    }

    /// <summary>Whatever the width: no line is longer than the terminal, heads and words are whole, and what is cut ends in
    /// … (a path begins with it).</summary>
    [Fact]
    public void WriteTerminal_AnyWidth_BreaksNoHeadAndNoValueInsideAWord()
    {
        var table = Files();
        for (var width = 40; width <= 160; width++)
        {
            var lines = Render(table, width).Split(Environment.NewLine);
            lines.ShouldAllBe(line => TextCells.Width(line) <= width, $"{width}");
            var text = string.Join('\n', lines);
            lines[1].Split("   ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .ShouldBeSubsetOf(table.Columns.Select(column => column.Name), $"{width}");
            text.ShouldContain(".csv", customMessage: $"{width}");
            lines.Count(line => line.Trim().Length > 0).ShouldBe(5, $"{width}"); // head, rule, and a line a file
            Regex.IsMatch(text, "quarantined|qua[a-z]*…").ShouldBeTrue($"{width}");
        }
    }

    [Fact]
    public void WriteTerminal_WideLetters_KeepTheColumnsBehindThemInPlace()
    {
        var lines = Render(Files(), 120).Split(Environment.NewLine);
        var place = TextCells.Width(lines[1].AsSpan(0, lines[1].IndexOf("WHY", StringComparison.Ordinal)));

        foreach (var line in lines.Where(l => l.Contains("None of", StringComparison.Ordinal)))
            TextCells.Width(line.AsSpan(0, line.IndexOf("None of", StringComparison.Ordinal))).ShouldBe(place);
    }

    [Fact]
    public void WriteTerminal_Sentences_ContinueOnFurtherLinesBetweenWords()
    {
        var table = new TextTable("FACT", new("VALUE", Wraps: true));
        table.Add("why", "None of the header's names is a column of the table");

        Render(table, 30).Split(Environment.NewLine).ShouldBe([
            "", "  FACT   VALUE", " " + new string('─', 29), "  why    None of the header's",
            "         names is a column of", "         the table", "", ""]);
    }

    [Fact]
    public void WriteTerminal_SentencesThatDoNotFit_StandBelowTheirRowsAfterTheHiddenValues()
    {
        Render(Alerts(), 50).Split(Environment.NewLine).ShouldBe([
            "", "  RULE          SINCE", " " + new string('─', 36), "  quarantined   2026-11-28 00:29:11Z",
            "      pipeline drop-public-orders-of-a-long-name ·", "      5 files of public.orders are quarantined,",
            "      most of them because of their header", "  silent        2026-11-28 00:30:12Z",
            "      pipeline orders", "", ""]);
    }

    [Fact]
    public void WriteTerminal_SentencesThatFit_StandBesideTheirRows()
    {
        var lines = Render(Alerts(), 180).Split(Environment.NewLine);

        lines.Length.ShouldBe(7); // head, rule, two rows, and empty lines around them
        lines[3].ShouldContain("2026-11-28 00:29:11Z");
        lines[3].ShouldEndWith("because of their header");
    }

    [Theory]
    [InlineData(20, "2026-11-28 00:29:11Z")]
    [InlineData(19, "11-28 00:29:11Z")]
    [InlineData(14, "11-28 00:29Z")]
    [InlineData(12, "11-28 00:29Z")]
    public void ShortInstant_NarrowColumn_KeepsTheMinute(int width, string shown) =>
        Readable.ShortInstant("2026-11-28 00:29:11Z", width).ShouldBe(shown);

    static TextTable Alerts()
    {
        var table = new TextTable("RULE", new("PIPELINE", Rank: 1, Label: "pipeline"), new("SINCE", IsInstant: true),
            new("MESSAGE", IsBelow: true));
        table.Add("quarantined", "drop-public-orders-of-a-long-name", "2026-11-28 00:29:11Z",
            "5 files of public.orders are quarantined, most of them because of their header");
        table.Add("silent", "orders", "2026-11-28 00:30:12Z", "");
        return table;
    }

    [Theory]
    [InlineData("/data/in/events-000001.csv", 12, true, "…-000001.csv")]
    [InlineData("a long sentence", 6, false, "a lon…")]
    [InlineData("日本語ファイル", 7, false, "日本語…")]
    [InlineData("日本語ファイル", 8, true, "…ァイル")]
    [InlineData("👍🏽👍🏽👍🏽", 5, false, "👍🏽…")]
    [InlineData("日本", 4, false, "日本")]
    public void Cut_Text_FitsItsCells(string text, int width, bool isPath, string cut)
    {
        TextCells.Cut(text, width, isPath).ShouldBe(cut);
        TextCells.Width(cut).ShouldBeLessThanOrEqualTo(width);
    }

    [Fact]
    public void WriteTerminal_VeryNarrow_DropsCountsBeforeThePath()
    {
        var table = new TextTable(new("FILE", true), "PIPELINE", "STATUS", new("ROWS", true), new("PATH", IsPath: true));
        table.Add("1", "orders", "quarantined", "1,027,920", "/tmp/in/orders.csv");

        var head = Render(table, 40).Split(Environment.NewLine)[1];

        head.ShouldContain("PATH");
        head.ShouldNotContain("ROWS");
    }

    [Fact]
    public void WriteTerminal_NothingToSay_WritesNothing() => Render(new TextTable("A"), 80).ShouldBe("");

    static TextTable Files()
    {
        var table = new TextTable(
            new("FILE", true), new("PIPELINE", Rank: 2), "STATUS", new("DONE", true, 1), new("ROWS", true),
            new("OPEN REJECTS", true, 1), new("PATH", IsPath: true), new("WHY", Rank: 1));
        table.Add("1", "orders", "quarantined", "0%", "0", "12", "/tmp/in/日本語ファイル名です.csv", "None of the header's names is known");
        table.Add("2", "orders", "quarantined", "100%", "1,027,920", "0", "/tmp/in/a/very/long/way/to/orders-2026-01-03.csv",
            "None of the header's names is a column of the table; the delimiter looks like ';'");
        table.Add("3", "orders", "loaded", "100%", "3", "0", "/tmp/in/3.csv", "");
        return table;
    }

    static string Render(TextTable table, int width)
    {
        var output = new StringWriter();
        table.WriteTerminal(output, width, new TableStyle(HasCodes: false, HasColors: false));
        return output.ToString();
    }
}
