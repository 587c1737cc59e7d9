using System.Globalization;
using System.Text;
using System.Text.Json;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Postgres.Tests.Loading.Drift;

/// <summary>Random files against a model of a few lines: wherever a value goes, it goes there once and as it was written, and
/// PostgreSQL says so.</summary>
public sealed class DriftModelTests
{
    static readonly string[] Names = ["a", "B b", "select", "Größe", "x\"y", "é\u200B", "id_2", "Order ID", "#2", "rescued",
        "\\n", "tab\tin"];
    static readonly string[] Values = ["", "1", "-7", "1.50", "007", "true", "ein Wort", " x ", "\"", "\\", "a\nb", "{}", "[1]",
        "2026-01-02", "é\u0001", "NULL", "9999999999"];

    static int Cases => int.TryParse(Environment.GetEnvironmentVariable("INGEST_FUZZ_CASES"), out var cases) ? cases : 60;

    [Theory]
    [InlineData("csv")]
    [InlineData("ndjson")]
    public async Task Rescue_RandomHeaders_KeepsEachFieldOfEachRecord(string kind)
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int PRIMARY KEY, a text, rescued jsonb)", p =>
            (p.ExtraColumns, p.RescueColumn, p.BatchRecords, p.MaxAttempts) = (ExtraColumnPolicy.Rescue, "rescued", 3, 1));
        var random = new Random(20261126);
        var (files, expected) = Make(bench, random, kind);

        (await bench.LoadAsync(files)).ShouldAllBe(file => file.Status == "loaded");

        var rows = await bench.RowsAsync(
            "SELECT id, (SELECT json_object_agg(k, v) FROM (SELECT 'a' AS k, a AS v WHERE a IS NOT NULL UNION ALL SELECT "
            + "j.key, j.value FROM jsonb_each_text(coalesce(rescued, '{}')) j) m) FROM t ORDER BY id");
        rows.Length.ShouldBe(expected.Count);
        for (var i = 0; i < rows.Length; i++) Members(rows[i]).ShouldBe(expected[i], ignoreOrder: true, $"record {i}: {rows[i]}");
    }

    [Theory]
    [InlineData("csv", TypeChangePolicy.Reject)]
    [InlineData("ndjson", TypeChangePolicy.Reject)]
    [InlineData("csv", TypeChangePolicy.Widen)]
    public async Task Add_RandomHeadersOnThreeNodes_EachValueIsInItsColumnOrItsRecordIsRejected(
        string kind, TypeChangePolicy types)
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int PRIMARY KEY, a text)", p =>
            (p.ExtraColumns, p.TypeChanges, p.BatchRecords, p.MaxAttempts) = (ExtraColumnPolicy.Add, types, 3, 1));
        var random = new Random(20261127);
        var (files, expected) = Make(bench, random, kind);
        var nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => bench.StartNodeAsync()));

        var states = await Task.WhenAll(
            nodes.Select((node, i) => bench.LoadOnAsync(node, [.. files.Where((_, place) => place % 3 == i)])));

        states.SelectMany(s => s).ShouldAllBe(file => file.Status == "loaded");
        // A name has one column, however many files brought it at once; which one, the kept headers say.
        var columns = await bench.RowsAsync(
            "SELECT DISTINCT n.name, c.name FROM ingest.header_mapping m, jsonb_array_elements_text(header) WITH ORDINALITY n "
            + "(name, o) JOIN LATERAL (SELECT value AS name, ordinality AS o FROM jsonb_array_elements_text(m.columns) WITH "
            + "ORDINALITY) c USING (o) WHERE n.name <> 'id' AND n.name <> 'a'");
        var columnOf = columns.Select(
            row => (Name: row[..row.LastIndexOf('|')].Trim('\u200B'), Column: row[(row.LastIndexOf('|') + 1)..]))
            .ToDictionary(c => c.Name, c => c.Column);
        columnOf.Add("a", "a");
        var rows = (await bench.RowsAsync("SELECT id, to_json(t) FROM t ORDER BY id")).ToDictionary(
            row => int.Parse(row[..row.IndexOf('|')], CultureInfo.InvariantCulture), row => row[(row.IndexOf('|') + 1)..]);
        var rejected = (await bench.RowsAsync("SELECT count(*) FROM corrupt_records WHERE reason = 'bad_value'")).Single();
        (rows.Count + int.Parse(rejected, CultureInfo.InvariantCulture)).ShouldBe(expected.Count);
        rows.Count.ShouldBeGreaterThan(expected.Count / 4);
        foreach (var (id, row) in rows)
        {
            using var stored = JsonDocument.Parse(row);
            foreach (var (name, value) in expected[id])
            {
                var column = stored.RootElement.GetProperty(columnOf[name.Trim('\u200B')]);
                Same(column, value).ShouldBeTrue($"record {id}, {name}: {column} is not {value}");
            }

            stored.RootElement.EnumerateObject().Count(member => member.Value.ValueKind != JsonValueKind.Null)
                .ShouldBe(expected[id].Length + 1);
        }
    }

    /// <summary>Files with random fields, and for each record its values by name; NULLs left out.</summary>
    static (string[] Files, List<(string Name, string Value)[]> Expected) Make(LoadBench bench, Random random, string kind)
    {
        var files = new List<string>();
        var expected = new List<(string, string)[]>();
        for (var file = 0; file < Cases; file++)
        {
            var names = Names.Where(_ => random.Next(3) == 0).OrderBy(_ => random.Next()).ToArray();
            var text = new StringBuilder(kind == "csv" ? $"id{string.Concat(names.Select(n => "," + Csv(n)))}\n" : "");
            for (var record = random.Next(1, 12); record > 0; record--)
            {
                var values = names.Select(name => (Name: name, Value: Values[random.Next(Values.Length)])).ToArray();
                var id = expected.Count;
                text.Append(kind == "csv"
                    ? $"{id}{string.Concat(values.Select(v => "," + (v.Value.Length == 0 ? "" : Csv(v.Value))))}\n"
                    : $"{{\"id\":{id}{string.Concat(values.Select(v =>
                        $",{Json(v.Name)}:{(v.Value.Length == 0 ? "null" : Json(v.Value))}"))}}}\n");
                // Blanks and what nobody sees around a name of CSV are not part of it.
                expected.Add([.. values.Where(v => v.Value.Length > 0)
                    .Select(v => (kind == "csv" ? v.Name.Trim('\u200B') : v.Name, v.Value))]);
            }

            files.Add(bench.Write($"f{file}.{kind}", text.ToString()));
        }

        return ([.. files], expected);
    }

    static string Csv(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    static string Json(string text) => JsonSerializer.Serialize(text);

    static (string Name, string Value)[] Members(string row)
    {
        var json = row[(row.IndexOf('|') + 1)..];
        if (json == "NULL") return [];
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateObject().Select(member => (member.Name, member.Value.GetString()!))];
    }

    static bool Same(JsonElement stored, string text) => stored.ValueKind switch
    {
        JsonValueKind.String => stored.GetString() == text,
        JsonValueKind.Number => decimal.Parse(stored.GetRawText(), CultureInfo.InvariantCulture)
            == decimal.Parse(text, CultureInfo.InvariantCulture),
        JsonValueKind.True => text is "true" or "1",
        JsonValueKind.Object or JsonValueKind.Array => stored.GetRawText() == text,
        _ => false,
    };
}
