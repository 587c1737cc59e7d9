using System.Globalization;
using System.Text;

namespace OrleansIngest.Crash.Tests;

/// <summary>A file that grows between runs which die at any moment (<c>onChange: append</c>): at the end each of its records is
/// there once, with its line and number. Kills of each kind: 60 with INGEST_LONG_TESTS=1, else 8.</summary>
public sealed class AppendKillTests
{
    static readonly string[] Points = ["claimed", "read-on", "enqueued", "copying", "copied", "committing", "committed"];

    static readonly int Kills = Environment.GetEnvironmentVariable("INGEST_LONG_TESTS") == "1" ? 60 : 8;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_growing_file_killed_at_random_moments_has_each_record_once(bool isRewritten)
    {
        await using var files = await KnownFiles.CreateAsync(
            files: 0, records: 0, batchRecords: 300,
            options: """
                "onChange": "append", "onRewrite": "replace",
                "metadata": { "src": "{fileId}", "line": "{line}", "rec": "{record}" },
                """);
        await files.LinesAsync("ALTER TABLE t ADD src bigint, ADD line bigint, ADD rec bigint");
        var random = new Random(isRewritten ? 20261131 : 20261130);
        var growing = new GrowingFile(Path.Combine(files.Watched, "g.csv"));
        var runs = new RandomKills(files, Points, random) { MostOccurrences = 3, AnyMoment = 1 };

        (await runs.RunAsync(Kills, mostRuns: 6 * Kills, run =>
        {
            if (isRewritten && run % 5 == 4) growing.Rewrite();
            growing.Add(random.Next(1, 2000));
        })).ShouldBeGreaterThanOrEqualTo(Kills);

        // The first may finish an older version only; the last has nothing left to do.
        for (var i = 0; i < 3; i++) await runs.LoadAsync();
        var (exitCode, said) = await runs.LoadAsync();
        exitCode.ShouldBe(0, said);
        (await files.LinesAsync("SELECT status || ' ' || size FROM ingest.file ORDER BY version DESC LIMIT 1")).ShouldBe(
            [$"loaded {growing.Size}"]);
        (await files.LinesAsync("SELECT id || '|' || note || '|' || line || '|' || rec FROM t")).ShouldBe(
            growing.Good.Order(StringComparer.Ordinal));
        (await files.LinesAsync(
            "SELECT raw_record || '|' || line || '|' || record_number FROM corrupt_records WHERE status = 'open'"))
            .ShouldBe(growing.Bad.Order(StringComparer.Ordinal));
        (await files.LinesAsync("SELECT coalesce(sum(rows_loaded), 0)::text FROM ingest.file WHERE status = 'loaded'")).ShouldBe(
            [$"{growing.Good.Count}"]);
        (await files.LinesAsync(
            """
            SELECT 'throughput says ' || coalesce(t.loaded, 0) || ', the batches say ' || coalesce(b.loaded, 0)
            FROM (SELECT sum(rows_loaded) AS loaded, sum(rows_rejected) AS rejected, sum(rows_skipped) AS skipped,
                sum(batches) AS batches FROM ingest.throughput) t,
                (SELECT sum(rows_loaded) AS loaded, sum(rows_rejected) AS rejected, sum(rows_skipped) AS skipped,
                    count(*) AS batches FROM ingest.batch) b
            WHERE NOT EXISTS (SELECT FROM ingest.file WHERE status = 'ignored')
                AND (t.loaded, t.rejected, t.skipped, t.batches) IS DISTINCT FROM (b.loaded, b.rejected, b.skipped, b.batches)
            """)).ShouldBeEmpty();
    }

    /// <summary>A file, and what must come of it.</summary>
    sealed class GrowingFile
    {
        readonly string _path;
        int _next;
        int _line;
        int _record;

        public GrowingFile(string path)
        {
            _path = path;
            Rewrite();
        }

        public List<string> Good { get; } = [];

        public List<string> Bad { get; } = [];

        public long Size => new FileInfo(_path).Length;

        public void Rewrite()
        {
            Good.Clear();
            Bad.Clear();
            (_line, _record) = (2, 1);
            File.WriteAllText(_path + ".tmp", "file,id,note\n");
            File.Move(_path + ".tmp", _path, overwrite: true);
        }

        public void Add(int records)
        {
            var text = new StringBuilder();
            for (var i = 0; i < records; i++, _record++, _line++)
            {
                var id = ++_next;
                if (id % 101 == 0) id = ++_next;
                if (id % 97 == 0)
                {
                    text.Append(CultureInfo.InvariantCulture, $"7,bad{id},x\n");
                    Bad.Add($"7,bad{id},x|{_line}|{_record}");
                    continue;
                }

                var isLong = id % 3 == 0;
                text.Append(CultureInfo.InvariantCulture, $"7,{id},{(isLong ? "\"two\nlines\"" : "n")}\n");
                Good.Add($"{id}|{(isLong ? "two\nlines" : "n")}|{_line}|{_record}");
                if (isLong) _line++;
            }

            File.AppendAllText(_path, text.ToString());
        }
    }
}
