using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Tests.Formats.Excel;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>The examples of <c>docs/files.md</c>, chapter Formats: a file, a table, options, and what is in the table
/// afterwards.</summary>
public sealed class FilesPageTests
{
    public static TheoryData<string, string, string, string, string, string> Examples()
    {
        var examples = new TheoryData<string, string, string, string, string, string>();
        var (chapter, section, kind, columns, file, json) = ("", "", "", "", "", "");
        var page = File.ReadAllLines(Repository.Path("docs/files.md"));
        for (var i = 0; i < page.Length; i++)
        {
            if (page[i].StartsWith("## ", StringComparison.Ordinal)) chapter = page[i][3..];
            if (page[i].StartsWith("### ", StringComparison.Ordinal)) section = page[i][4..];
            if (!page[i].StartsWith("```", StringComparison.Ordinal)) continue;
            var (head, block) = (page[i][3..].Split(' ', 2), new StringBuilder());
            for (i++; page[i] != "```"; i++) block.Append(page[i]).Append('\n');
            if (chapter != "Formats") continue;
            if (head.Length == 2) (kind, columns, file) = (head[0], head[1], block.ToString());
            if (head[0] == "json") json = block.ToString();
            if (head[0] == "text") examples.Add(section, kind, columns, file, json, block.ToString());
        }

        return examples;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Example_OfFormats_LoadsWhatThePageSays(
        string section, string kind, string columns, string file, string json, string expected)
    {
        await using var bench = await LoadBench.CreateAsync($"CREATE TABLE t ({columns})", pipeline =>
        {
            var options = JsonNode.Parse(json)!.AsObject();
            options["name"] = "test";
            var given = PipelineJson.Read(options.ToJsonString());
            (pipeline.Format, pipeline.Json, pipeline.Fixed, pipeline.Excel) = (given.Format, given.Json, given.Fixed,
                given.Excel);
            pipeline.Validate("pipeline").ShouldBeEmpty();
        });

        var states = await bench.LoadAsync(bench.Write("example",
            kind == "xlsx" ? Workbook(file) : Encoding.UTF8.GetBytes(file)));

        states.Single().Status.ShouldBe("loaded", $"{section}: {states.Single().Reason}");
        var texts = await bench.ScalarAsync<string>(
            "SELECT string_agg(format('coalesce(%I::text, ''∅'')', attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE "
                + "attrelid = 't'::regclass AND attnum > 0");
        (await bench.RowsAsync($"SELECT concat_ws(' ', {texts}) FROM t")).ShouldBe(expected.TrimEnd('\n').Split('\n'), section);
    }

    /// <summary>Lines such as <c>B3 id; name</c>: cells from there on.</summary>
    static byte[] Workbook(string text) => XlsxFile.Of(
        string.Concat(text.TrimEnd('\n').Split('\n').Select(line => line.Split(' ', 2)).Select(parts =>
            $"""<row r="{parts[0][1..]}">{string.Concat(parts[1].Split("; ").Select((cell, i) =>
                Cell($"{(char)(parts[0][0] + i)}{parts[0][1..]}", cell)))}</row>""")),
        formats: ["yyyy-mm-dd"]);

    static string Cell(string at, string value)
    {
        if (value[0] == '#') return $"""<c r="{at}" t="e"><v>{value}</v></c>""";
        if (DateTime.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return string.Create(CultureInfo.InvariantCulture, $"""<c r="{at}" s="1"><v>{day.ToOADate()}</v></c>""");
        return double.TryParse(value, CultureInfo.InvariantCulture, out _)
            ? $"""<c r="{at}"><v>{value}</v></c>"""
            : $"""<c r="{at}" t="inlineStr"><is><t>{value}</t></is></c>""";
    }
}
