using System.Text;
using System.Text.Json;
using CsCheck;
using OrleansIngest.Engine.Formats;
using OrleansIngest.Engine.Formats.Csv;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources;

namespace OrleansIngest.Engine.Tests.Formats.Csv;

public sealed class CsvLayoutJsonTests
{
    /// <summary>A rejected record that is read once more by the layout that was kept is the record that it was in its
    /// file.</summary>
    [Fact]
    public void Read_WhatWasWritten_ReadsEachRecordAsInItsFile() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var options = Dialects.Of(random);
            using var content = new MemoryContent(Dialects.Text(random, options));
            var format = new CsvFormat(options);
            CsvLayout layout;
            try
            {
                layout = (CsvLayout)format.ReadLayout(content, columns: null);
            }
            catch (LayoutException)
            {
                return;
            }

            var json = CsvLayoutJson.Write(layout);
            var kept = CsvLayoutJson.Read(json);
            json.ShouldNotContain("\\u0000", customMessage: "jsonb holds no NUL");

            CsvLayoutJson.Write(CsvLayoutJson.Read(json)).ShouldBe(CsvLayoutJson.Write(kept));
            (kept.FieldCount, kept.FieldsInRecord,
                kept.IsByName).ShouldBe((layout.FieldCount, layout.FieldsInRecord, layout.IsByName));
            kept.Names.ShouldBe(layout.Names);
            foreach (var record in AllRecords.Of(content, layout).Where(r => r.Kind == RecordKind.Data))
            {
                var again = format.OpenRaw(Encoding.UTF8.GetBytes(record.Raw), kept, new AllRecords());
                again.ShouldHaveSingleItem($"seed {seed}").Text.ShouldBe(record.Text, $"seed {seed}");
            }
        },
        iter: 1_000, threads: 1);

    [Fact]
    public void Write_CharactersOfAnyKind_AreAsTheyAre() =>
        CsvLayoutJson.Write(new CsvFormat(new CsvOptions()).LayoutOf(["größe \"x\""], 1, "§")).ShouldContain("größe \\\"x\\\"");

    [Fact]
    public void Read_PropertyOfANewerProgram_IsPassedOver() =>
        CsvLayoutJson.Read(
            """{"dialect":{"delimiter":";","shape":"round"},"names":["a"],"fields":1,"fieldsInRecord":2,"more":1}""")
            .Dialect.Delimiter.ShouldBe(";");

    [Fact]
    public void Read_NoObject_IsRefused() => Should.Throw<JsonException>(() => CsvLayoutJson.Read("[]"));
}
