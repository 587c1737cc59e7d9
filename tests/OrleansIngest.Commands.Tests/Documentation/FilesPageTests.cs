using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Documentation;

/// <summary>The page about files says what happens.</summary>
public sealed class FilesPageTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    public static TheoryData<int, string> Examples() => [.. CsvExample.All.Select((example, i) => (i, example.Section))];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Csv_Example_LoadsAsThePageSays(int number, string section)
    {
        var example = CsvExample.All[number];
        example.Section.ShouldBe(section);
        (await LoadAsync(example, example.Arguments, null)).ShouldBe(example.Expected, "with the command line's options");
        (await LoadAsync(example, [], example.Json)).ShouldBe(example.Expected, "with the configuration's options");
    }

    [Fact]
    public void Csv_EveryOption_HasAnExample()
    {
        var options = typeof(CsvOptions).GetProperties().Select(
            property => $"{char.ToLowerInvariant(property.Name[0])}{property.Name[1..]}");
        options.Except(CsvExample.All.Select(example => example.Section)).ShouldBe(["maxRecordBytes"]);
    }

    async Task<string> LoadAsync(CsvExample example, IReadOnlyList<string> arguments, string? json)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using (var create = database.DataSource.CreateCommand(
            $"CREATE TABLE t ({example.Columns}); SET DateStyle = 'ISO, MDY'")) await create.ExecuteNonQueryAsync();
        _temp.Write("t.csv", example.File);
        _temp.Write("ingest.json",
            $$"""{ "pipelines": [ { "name": "t", "watch": ["."], "table": "t", "csv": {{json ?? "{}"}} } ] }""");

        var run = await CliRun.InAsync(_temp.Path, ["load", "t.csv", "--table", "t", .. arguments, "--db", TestUrl.Of(database)]);

        run.ExitCode.ShouldBe(ExitCode.Done, run.Output + run.Error);
        const string Rows =
            """
            SELECT (SELECT string_agg(coalesce(value, '∅'), ' ' ORDER BY place)
                FROM json_each_text(row_to_json(t)) WITH ORDINALITY e (name, value, place)) FROM t
            """;
        const string Rejects =
            "SELECT 'rejected line ' || line || ': ' || reason || coalesce(' ' || column_name, '') FROM corrupt_records "
                + "ORDER BY line";
        return string.Concat((await ReadAsync(database, Rows)).Concat(await ReadAsync(database, Rejects))
            .Select(line => line + "\n"));
    }

    static async Task<List<string>> ReadAsync(TestDatabase database, string query)
    {
        await using var command = database.DataSource.CreateCommand(query);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync()) lines.Add(reader.GetString(0));
        return lines;
    }
}
