using OrleansIngest.Commands.Tables;
using Spectre.Console;

namespace OrleansIngest.Commands.Tests.Tables;

public sealed class TextTableTests
{
    [Theory]
    [InlineData(200, "NAME HOST STARTED WHY")]
    [InlineData(60, "NAME HOST WHY")]
    [InlineData(40, "NAME WHY")]
    public void ToRenderable_NarrowTerminal_LeavesOutTheLeastImportantColumnsAndBreaksNoShortValue(int width, string heads)
    {
        var table = new TextTable("NAME", new("HOST", Rank: 1), new("STARTED", Rank: 2), "WHY");
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

    static string Render(TextTable table, int width)
    {
        var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No });
        console.Profile.Width = width;
        console.Write(table.ToRenderable(width));
        return output.ToString();
    }
}
