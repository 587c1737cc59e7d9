using System.Text.RegularExpressions;
using CsCheck;
using OrleansIngest.Commands.Queries;
using OrleansIngest.Commands.Queries.Watching;
using OrleansIngest.Commands.Tables;

namespace OrleansIngest.Commands.Tests.Queries.Watching;

public sealed partial class WatchFrameTests
{
    [GeneratedRegex(@"\e\[[0-9;]*m")]
    static partial Regex Codes { get; }

    static readonly ConsoleKeyInfo[] Keys =
    [
        .. "sr/agjkG q\x7f".Select(c => new ConsoleKeyInfo(c,
            c == '\x7f' ? ConsoleKey.Backspace : c is >= 'a' and <= 'z' ? (ConsoleKey)char.ToUpperInvariant(c) : default, false,
            false, false)),
        new('\r', ConsoleKey.Enter, false, false, false), new('\e', ConsoleKey.Escape, false, false, false),
        new('\0', ConsoleKey.DownArrow, false, false, false), new('\0', ConsoleKey.PageDown, false, false, false),
    ];

    /// <summary>Whatever is shown and whatever was pressed: the picture has the terminal's size, and the
    /// chosen row is to be seen.</summary>
    [Fact]
    public void Lines_AnyLookAndKeys_FillTheTerminalAndShowTheChosenRow() =>
        Gen.Select(Gen.Int[0, 60], Gen.Int[0, 20], Gen.Int[0, 5], Gen.Int[20, 120], Gen.Int[4, 50],
            Gen.Int[0, Keys.Length - 1].Array[0, 12]).Sample((rows, others, notes, width, height, keys) =>
        {
            var result = ResultOf(rows, others, notes);
            var state = new WatchState();
            foreach (var key in keys) state.Press(Keys[key], [0, 1, 2], 10);
            var frame = new WatchFrame("title", result, state, width, height, colors: false);
            var lines = frame.Lines();
            lines.Count.ShouldBe(height);
            lines.ShouldAllBe(line => Codes.Replace(line, "").Length <= width);
            lines.Count(line => line.Contains("\e[7m", StringComparison.Ordinal))
                .ShouldBe(rows > 0 && frame.Rows.Count > 0 || others > 0 && frame.Rows.Count > 0 ? 1 : 0);
        });

    [Fact]
    public void Rows_SearchedAndSorted_AreThoseThatFitInTheirOrder()
    {
        var state = new WatchState();
        foreach (var key in "/row-1\r")
        {
            var pressed = new ConsoleKeyInfo(key, key == '\r' ? ConsoleKey.Enter : default, false, false, false);
            state.Press(pressed, [0, 1, 2], 10);
        }

        state.Press(Keys[0], [0, 1, 2], 10); // s: by the first column
        state.Press(Keys[1], [0, 1, 2], 10); // r: the greatest first

        new WatchFrame("title", ResultOf(12, 0, 0), state, 80, 20,
            colors: false).Rows.Select(row => row[1]).ShouldBe(["row-11", "row-10", "row-1"]);
    }

    [Fact]
    public void Lines_Record_ShowTheWholeValue()
    {
        var record = new TextTable("COLUMN", "VALUE");
        record.Add("WHY", string.Join(' ', Enumerable.Range(0, 60).Select(i => $"word{i}")));
        var result = new QueryResult(() => "", [record]) { IsRecord = true };

        var shown = string.Join(' ', new WatchFrame("title", result, new WatchState(), 40, 40, colors: false).Lines());

        shown.ShouldContain("word0 ");
        shown.ShouldContain("word59");
    }

    /// <summary>A press of s always changes what is to be seen: hidden columns are left out.</summary>
    [Fact]
    public void Press_S_SortsByShownColumnsOnly()
    {
        var table = new TextTable(new("FILE", true), new("PIPELINE", Rank: 1), "STATUS", new("PATH", IsPath: true));
        table.Add("1", "a-pipeline-with-a-name", "loaded", "/some/where/far/away/file.csv");
        var (state, titles) = (new WatchState(), new List<string>());
        for (var i = 0; i < 4; i++)
        {
            var frame = new WatchFrame("title", new QueryResult(() => "", [table]), state, 50, 10, colors: false);
            titles.Add(Codes.Replace(frame.Lines()[0], ""));
            state.Press(Keys[0], frame.Sortable, 10);
        }

        titles.ShouldBe(
            ["title · 1 of 1", "title · 1 of 1 · by FILE ↑", "title · 1 of 1 · by STATUS ↑", "title · 1 of 1 · by PATH ↑"]);
    }

    /// <summary>Enter opens the chosen row, which an arriving one must not take over.</summary>
    [Fact]
    public void Chosen_RowsArrive_IsTheRowThatWasChosen()
    {
        var state = new WatchState();
        new WatchFrame("title", ResultOf(3, 0, 0), state, 80, 20, colors: false).Lines();
        state.Press(Keys[5], [0, 1, 2], 10); // j: row 1
        state.Press(Keys[1], [0, 1, 2], 10); // r: 2, 1, 0
        new WatchFrame("title", ResultOf(3, 0, 0), state, 80, 20, colors: false).Lines();

        var frame = new WatchFrame("title", ResultOf(6, 0, 0), state, 80, 20, colors: false);

        frame.Chosen![1].ShouldBe("row-1");
        Codes.Replace(frame.Lines()[0], "").ShouldBe("title · 5 of 6");
        frame.Lines().Single(line => line.Contains("\e[7m", StringComparison.Ordinal)).ShouldContain("row-1");
    }

    /// <summary>The rows stay dense; only the chosen one has its sentence below it, whole.</summary>
    [Fact]
    public void Lines_RowsWithSentences_ShowThatOfTheChosenRow()
    {
        var table = new TextTable("NAME", new("WHY", IsBelow: true));
        foreach (var i in Enumerable.Range(0, 12))
            table.Add($"row-{i}", $"reason {i} {string.Join(' ', Enumerable.Repeat("and so on", 12))} end{i}");
        var state = new WatchState();
        state.Press(Keys[5], [0], 10);

        var lines = new WatchFrame("title", new QueryResult(() => "", [table]), state, 60, 12, colors: false).Lines();

        lines.Count.ShouldBe(12);
        var shown = string.Join('\n', lines);
        shown.ShouldContain("    reason 1 and");
        shown.ShouldContain("end1\n");
        shown.ShouldNotContain("reason 0");
    }

    [Fact]
    public void Lines_PartOfTheRowsRead_SayHowManyThereAre()
    {
        var result = ResultOf(12, 0, 0) with { Total = "69" };

        Codes.Replace(new WatchFrame("title", result, new WatchState(), 80, 20, colors: false).Lines()[0], "")
            .ShouldBe("title · 1 of 12 · 12 of 69 read");
    }

    [Fact]
    public void Lines_WideLetters_FillTheTerminal()
    {
        var table = new TextTable(new("N", true), new("PATH", IsPath: true), "WHY");
        table.Add("1", "/tmp/in/日本語ファイル名です.csv", "列が見つかりません。列が見つかりません。");
        for (var width = 20; width <= 120; width++)
        {
            new WatchFrame("題名", new QueryResult(() => "", [table]), new WatchState(), width, 6, colors: false).Lines()
                .ShouldAllBe(line => TextCells.Width(Codes.Replace(line, "")) <= width, $"{width}");
        }
    }

    static QueryResult ResultOf(int rows, int others, int notes)
    {
        var (main, other) = (new TextTable(new("N", true), "NAME", new("PATH", IsPath: true)) { WhenEmpty = "none" },
            new TextTable("ALERT", "MESSAGE"));
        for (var i = 0; i < rows; i++) main.Add($"{i}", $"row-{i}", $"/some/where/far/away/file-{i}.csv");
        for (var i = 0; i < others; i++) other.Add($"alert-{i}", "something that takes its time to tell");
        return new QueryResult(() => "", [main, other], [.. Enumerable.Range(0, notes).Select(i => $"note {i}")]);
    }
}
