using System.Globalization;
using System.Text;

namespace OrleansIngest.Crash.Tests;

/// <summary>Files that make their tables and go to them by their names, under SIGKILL at any moment: each table is made once, and
/// each row is in the table of its file, once. Kills: 60 with INGEST_LONG_TESTS=1, else 8.</summary>
public sealed class RoutedKillTests
{
    static readonly string[] Points = ["claimed", "creating", "created", "enqueued", "copying", "copied", "committing",
        "committed"];

    static readonly int Kills = Environment.GetEnvironmentVariable("INGEST_LONG_TESTS") == "1" ? 60 : 8;

    [Theory]
    [InlineData("")]
    [InlineData("\"wholeFile\": true,")]
    public async Task Tables_of_first_files_killed_at_random_moments_have_each_row_once(string options)
    {
        await using var files = await KnownFiles.CreateAsync(files: 0, records: 0, batchRecords: 300,
            options: "\"createTable\": true," + options);
        await File.WriteAllTextAsync(
            files.Config,
            (await File.ReadAllTextAsync(files.Config, TestContext.Current.CancellationToken)).Replace("\"table\": \"t\"",
                "\"table\": \"{name:([a-z]+)-}\"", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        var model = new SortedDictionary<string, (int Files, int Rows)>(StringComparer.Ordinal);
        var random = new Random(20261130);
        var written = 0;
        var runs = new RandomKills(files, Points, random) { MostOccurrences = 3, AnyMoment = 1 };

        // Every run has a new table, so that each may die while one is made, and sometimes another file for an old one.
        (await runs.RunAsync(Kills, mostRuns: 6 * Kills, tries =>
        {
            Add(NameOf(tries));
            Add(NameOf(tries));
            if (tries > 0 && tries % 3 == 0) Add(NameOf(random.Next(tries)));
        })).ShouldBeGreaterThanOrEqualTo(Kills);
        var (exitCode, said) = await runs.LoadAsync();
        exitCode.ShouldBe(0, said);

        foreach (var (table, (count, rows)) in model)
        {
            (await files.LinesAsync(
                $"SELECT count(*) || ' ' || count(DISTINCT (file, id)) || ' ' || count(DISTINCT file) FROM {table}"))
                .ShouldBe([$"{rows} {rows} {count}"], table);
            (await files.LinesAsync(
                $"SELECT count(*) || ' ' || sum(rows_loaded) FROM ingest.file WHERE target = 'public.{table}' AND status = "
                    + $"'loaded' AND path LIKE '%/{table}-%'"))
                .ShouldBe([$"{count} {rows}"], table);
        }

        (await files.LinesAsync("SELECT count(*)::text FROM ingest.history WHERE kind = 'table.created'")).ShouldBe(
            [$"{model.Count}"]);
        (await files.LinesAsync("SELECT status || ' ' || count(*) FROM ingest.file GROUP BY status")).ShouldBe(
            [$"loaded {written}"]);
        (await files.LinesAsync("SELECT relation FROM ingest.stage")).ShouldBeEmpty();

        void Add(string table)
        {
            var rows = random.Next(400, 1500);
            var text = new StringBuilder("file,id,note\n");
            for (var id = 0; id < rows; id++) text.Append(CultureInfo.InvariantCulture, $"{written},{id},n\n");
            var path = Path.Combine(files.Watched, $"{table}-{written++:000}.csv");
            File.WriteAllText(path + ".tmp", text.ToString());
            File.Move(path + ".tmp", path);
            var (count, before) = model.GetValueOrDefault(table);
            model[table] = (count + 1, before + rows);
        }
    }

    static string NameOf(int number) => "table" + string.Concat($"{number:000}".Select(digit => (char)('a' + digit - '0')));
}
