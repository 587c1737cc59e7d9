using System.Text.Json;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Tests.Ledger;

public sealed class InputNotesTests
{
    [Fact]
    public void Of_InputWithoutFindings_IsPlain()
    {
        using var content = new MemoryContent("a,b\n"u8.ToArray());

        InputNotes.Of(InputOf(content), 4).IsPlain.ShouldBeTrue();
    }

    [Fact]
    public void LayoutOf_Findings_AreKeptAsTheyAre()
    {
        using var content = new MemoryContent("a,b\n"u8.ToArray());

        var note = InputNotes.Of(InputOf(content, "delimiter ';'", "encoding • \"x\"\0"), 4);

        note.Unit.ShouldBe(PositionUnit.Byte);
        note.IsPlain.ShouldBeFalse();
        note.Layout.ShouldNotBeNull().ShouldContain('•',
            customMessage: "an escape could not be read in a database of another encoding");
        using var json = JsonDocument.Parse(note.Layout);
        json.RootElement.GetProperty("format").GetString().ShouldBe("csv");
        json.RootElement.GetProperty("findings").EnumerateArray().Select(f => f.GetString())
            .ShouldBe(["delimiter ';'", "encoding • \"x\"\uFFFD"]);
    }

    static RecordInput InputOf(ByteContent content, params string[] findings)
    {
        var format = new CsvFormat(new CsvOptions());
        return new RecordInput(format, content, format.LayoutOf(["a", "b"], 2, ",") with { Findings = findings });
    }
}
