using CsCheck;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Targets.Postgres.Rules;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

/// <summary>Whatever a file's header is, <c>load --create</c> brings every value into the table, in the file's order of columns,
/// and a later file with the same header does so without <c>--create</c>.</summary>
public sealed class CreateLawTests : IDisposable
{
    static readonly string[] Words =
    [
        "", " ", "\u200B", "id", "Id", "ID ", "id_2", "order", "Order ID", "order_id", "select", "user", "#1", "#2", "column_1",
        "column_2", "xmin", "größe", "हिन्दी", "\U00020000",
        "a\"b", "a,b", "a\nb", "\uFEFFid", "\u00ADid", "1", "_1", "2nd", "🦊", new string('x', 63), new string('x', 64),
        new string('ä', 40), new string('ä', 40) + "b",
    ];

    static readonly Gen<string[]> Headers =
        Gen.OneOf(Gen.Int[0, Words.Length - 1].Select(i => Words[i]), Gen.String[Gen.Char['\u0001', '\u2100'], 0, 6],
            Gen.String.AlphaNumeric).Array[2, 12];

    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task RunAsync_HeaderOfAnyKind_BringsEachValueIntoItsColumn()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        var number = 0;
        await Gen.Select(Headers, Gen.Bool).SampleAsync(
            async (headers, keepNames) =>
            {
                var table = $"t{++number}";
                string[] options = keepNames ? ["--create", "--keep-names"] : ["--create"];
                await LoadAsync(database, table, headers, "first", options);
                await LoadAsync(database, table, headers, "second", []);

                await using var read = database.DataSource.CreateCommand($"SELECT * FROM {table}");
                await using var reader = await read.ExecuteReaderAsync();
                var rows = new List<string>();
                while (await reader.ReadAsync())
                    rows.Add(string.Join(',', Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)));
                rows.ShouldBe([Values("first", headers.Length), Values("second", headers.Length)], ignoreOrder: true);
            },
            iter: 15, threads: 1);
    }

    async Task LoadAsync(TestDatabase database, string table, string[] headers, string value, string[] options)
    {
        var header = string.Join(',', headers.Select(h => $"\"{h.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
        var file = $"{table}-{value}.csv";
        _temp.Write(file, $"{header}\n{Values(value, headers.Length)}\n");
        var run = await CliRun.InAsync(_temp.Path, ["load", file, "--table", table, "--db", TestUrl.Of(database), .. options]);
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Output.ShouldContain("1 row, 0 rejected");
        run.Output.ShouldNotContain("note");
    }

    static string Values(string value, int count) => string.Join(',', Enumerable.Range(1, count).Select(i => $"{value}-{i}"));
}
