using System.Globalization;
using System.Text.RegularExpressions;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Recipes;

/// <summary>Does what each recipe of <c>docs/recipes.md</c> says, and finds what it shows: files are written,
/// commands run, tables asked.</summary>
public sealed partial class RecipeTests : IAsyncLifetime
{
    static readonly IReadOnlyList<Recipe> All = Recipe.ReadAll(Path.Combine(Root(), "docs", "recipes.md"));

    readonly TempDirectory _temp = new();
    TestDatabase _database = null!;
    TestDatabase? _second;

    public static TheoryData<string> Titles => [.. All.Select(r => r.Title)];

    public async ValueTask InitializeAsync() => _database = await TestPostgres.CreateDatabaseAsync();

    /// <summary>The main database, or that which a recipe calls second.</summary>
    async Task<TestDatabase> OfAsync(string name)
    {
        if (name.Length == 0) return _database;
        name.ShouldBe("second");
        return _second ??= await TestPostgres.CreateDatabaseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_second is not null) await _second.DisposeAsync();
        await _database.DisposeAsync();
        _temp.Dispose();
    }

    [Fact]
    public void Recipes_TwelveAtLeast_HaveACommandAndAResult()
    {
        All.Count.ShouldBeGreaterThanOrEqualTo(12);
        All.ShouldAllBe(r => r.Blocks.Any(b => b.Language == "console")
            && r.Blocks.Any(b => b.Language == "text" || b.Text.Contains("$ ls ")));
    }

    [Theory]
    [MemberData(nameof(Titles))]
    public async Task Recipe_DoneAsWritten_ShowsWhatItSays(string title)
    {
        var blocks = All.Single(r => r.Title == title).Blocks;
        for (var i = 0; i < blocks.Count; i++)
        {
            var (language, file, text) = blocks[i];
            if (file.Length > 0 && language != "sql")
            {
                Write(file, text);
                continue;
            }

            switch (language)
            {
                case "sql" when i + 1 < blocks.Count && blocks[i + 1].Language == "text":
                    (await TableAsync(await OfAsync(file), text)).ShouldBe(Cells(blocks[i + 1].Text), text);
                    i++;
                    break;
                case "sql":
                    await ExecuteAsync(await OfAsync(file), text);
                    break;
                case "console":
                    await CommandsAsync(text);
                    break;
                default:
                    throw new InvalidOperationException($"what is to be done with a block of {language}?");
            }
        }
    }

    async Task CommandsAsync(string text)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i].ShouldStartWith("$ ");
            var command = lines[i][2..];
            var expected = lines.Skip(i + 1).TakeWhile(l => !l.StartsWith("$ ", StringComparison.Ordinal)).ToArray();
            i += expected.Length;
            var said = await RunAsync(command);
            if (expected.Length == 0) continue;
            var pattern = string.Join("\\s+",
                expected.Select(l => Regex.Escape(Spaces().Replace(l.Trim(), " ")).Replace("…", ".*?").Replace("\\ ", "\\s+")));
            Spaces().Replace(said.Trim(), " ").ShouldMatch($"(?s)^{pattern}.*$", command);
        }
    }

    /// <summary>What it prints.</summary>
    async Task<string> RunAsync(string command)
    {
        var fails = command.Contains("# exits with 1", StringComparison.Ordinal);
        string[] words = [.. Words().Matches(command.Split('#')[0])
            .Select(m => m.Value[0] is '\'' or '"' ? m.Value[1..^1] : m.Value)];
        switch (words)
        {
            case ["ls", var folder]:
                return string.Join('\n',
                    Directory.GetFileSystemEntries(Path.Combine(_temp.Path, folder)).Select(Path.GetFileName).Order());
            case ["mv", var from, var to]:
                File.Move(Path.Combine(_temp.Path, from), Path.Combine(_temp.Path, to));
                return "";
            case ["ingest", "psql", "-c", var sql]:
                await ExecuteAsync(_database, sql);
                return "";
            default:
                words[0].ShouldBe("ingest");
                (string, string)[] second = _second is null ? [] : [("SECOND_URL", TestUrl.Of(_second))];
                var run = await CliRun.WithAsync(CliRun.Surroundings(_temp.Path,
                    [("DATABASE_URL", TestUrl.Of(_database)), .. second]), [.. words.Skip(1)]);
                run.ExitCode.ShouldBe(fails ? ExitCode.Failed : ExitCode.Done, $"{command}\n{run.Output}\n{run.Error}");
                return run.Output;
        }
    }

    void Write(string file, string text)
    {
        var path = Path.Combine(_temp.Path, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // A second delivery is no older than the first, however quick the test is.
        var before = File.Exists(path) ? File.GetLastWriteTimeUtc(path) : DateTime.MinValue;
        File.WriteAllText(path, text);
        if (File.GetLastWriteTimeUtc(path) <= before) File.SetLastWriteTimeUtc(path, before.AddSeconds(1));
    }

    static async Task ExecuteAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    static async Task<string[]> TableAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string> { string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)) };
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(c => TextOf(reader.GetValue(c)))));
        return [.. rows];
    }

    static string TextOf(object value) => value switch
    {
        DBNull => "",
        DateTime { TimeOfDay.Ticks: 0 } day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    static string[] Cells(string table) =>
        [.. table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => !l.StartsWith('-'))
            .Select(l => string.Join('|', l.Split('|', StringSplitOptions.TrimEntries)))];

    static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "OrleansIngest.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("'[^']*'|\"[^\"]*\"|\\S+")]
    private static partial Regex Words();
}
