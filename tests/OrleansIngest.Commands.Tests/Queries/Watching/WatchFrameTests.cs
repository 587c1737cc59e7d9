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
            foreach (var key in keys) state.Press(Keys[key], 3, 10);
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
        foreach (var key in "/row-1\r".Select(
            c => new ConsoleKeyInfo(c, c == '\r' ? ConsoleKey.Enter : default, false, false, false))) state.Press(key, 3, 10);
        state.Press(Keys[0], 3, 10); // s: by the first column
        state.Press(Keys[1], 3, 10); // r: the greatest first

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

    static QueryResult ResultOf(int rows, int others, int notes)
    {
        var (main, other) = (new TextTable(new("N", true), "NAME", new("PATH", IsPath: true)) { WhenEmpty = "none" },
            new TextTable("ALERT", "MESSAGE"));
        for (var i = 0; i < rows; i++) main.Add($"{i}", $"row-{i}", $"/some/where/far/away/file-{i}.csv");
        for (var i = 0; i < others; i++) other.Add($"alert-{i}", "something that takes its time to tell");
        return new QueryResult(() => "", [main, other], [.. Enumerable.Range(0, notes).Select(i => $"note {i}")]);
    }
}
