using System.Globalization;
using System.Text;

namespace OrleansIngest.Crash.Tests;

/// <summary>A log that is written, renamed and truncated while who follows it is killed at any moment (<c>tail: true</c>): each
/// line is there once, with its line and number. 60 kills with INGEST_LONG_TESTS=1, else 8.</summary>
public sealed class TailKillTests
{
    static readonly string[] Points = ["claimed", "enqueued", "copying", "copied", "committing", "committed", "followed",
        "tail-ended", "read-on"];

    static readonly int Kills = Environment.GetEnvironmentVariable("INGEST_LONG_TESTS") == "1" ? 60 : 8;

    [Fact]
    public async Task A_log_that_is_written_renamed_and_truncated_during_kills_has_each_line_once()
    {
        await using var files = await KnownFiles.CreateAsync(
            files: 0, records: 0, batchRecords: 40,
            options: """
                "tail": true, "tailIdle": "700ms", "metadata": { "line": "{line}", "rec": "{record}" }, "listingInterval": "50ms",
                """);
        await files.LinesAsync("ALTER TABLE t ADD line bigint, ADD rec bigint");
        var random = new Random(20261126);
        var log = new Log(Path.Combine(files.Watched, "app.log"), random);
        var (kills, truncated) = (0, 0);
        for (var run = 0; kills < Kills && run < 6 * Kills; run++)
        {
            using var silo = Up(files, run % 3 == 0 ? null : $"{Points[random.Next(Points.Length)]}:{random.Next(1, 6)}");
            // The writer does not wait for who follows it, and goes on when that is dead.
            for (var deed = 0; deed < 40 && !silo.HasExited; deed++)
            {
                if (deed == 20 && run % 2 == 0) log.Rename();
                log.Write();
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 60)), TimeProvider.System,
                    TestContext.Current.CancellationToken);
            }

            silo.Kill();
            await silo.WaitAsync();
            if (silo.ExitCode == 137) kills++;
            if (run % 4 != 3) continue;
            // What nobody has read is gone with a truncation: the writer of this test waits for that.
            await FollowedAsync(files, log);
            log.Truncate();
            truncated++;
        }

        kills.ShouldBeGreaterThanOrEqualTo(Kills);
        truncated.ShouldBeGreaterThan(0);
        await FollowedAsync(files, log);
        (await files.LinesAsync("SELECT id || '|' || note || '|' || line || '|' || rec FROM t")).ShouldBe(
            log.Good.Order(StringComparer.Ordinal));
        (await files.LinesAsync("SELECT raw_record || '|' || line || '|' || record_number FROM corrupt_records")).ShouldBe(
            log.Bad.Order(StringComparer.Ordinal));
        (await files.LinesAsync(
            "SELECT file_id || ' ' || status || ' ' || coalesce(reason, '') FROM ingest.file WHERE status NOT IN ('loaded', "
                + "'ignored')")).ShouldBeEmpty();
        (await files.LinesAsync(
            "SELECT coalesce(sum(rows_loaded), 0) || ' ' || coalesce(sum(rows_rejected), 0) FROM ingest.file WHERE status "
                + "= 'loaded'"))
            .ShouldBe([$"{log.Good.Count} {log.Bad.Count}"]);
        (await files.LinesAsync(
            """
            SELECT 'throughput says ' || coalesce(t.loaded, 0) || ', the batches say ' || coalesce(b.loaded, 0)
            FROM (SELECT sum(rows_loaded) AS loaded, sum(rows_rejected) AS rejected FROM ingest.throughput) t,
                (SELECT sum(rows_loaded) AS loaded, sum(rows_rejected) AS rejected FROM ingest.batch) b
            WHERE (t.loaded, t.rejected) IS DISTINCT FROM (b.loaded, b.rejected)
            """)).ShouldBeEmpty();
    }

    /// <summary>Follows it in peace until nothing comes.</summary>
    static async Task FollowedAsync(KnownFiles files, Log log)
    {
        log.Complete();
        using var silo = Up(files, null, "--exit-when-idle");
        var said = await silo.WaitAsync(TimeSpan.FromMinutes(4));
        silo.ExitCode.ShouldBe(0, said);
    }

    static IngestProcess Up(KnownFiles files, string? crashAt, params string[] options) =>
        IngestProcess.Start(files.ConnectionString, crashAt,
            ["up", "--config", files.Config, "--http", "127.0.0.1:0", "--log-level", "info", .. options]);

    /// <summary>A log, and what must come of it.</summary>
    sealed class Log
    {
        readonly string _path;
        readonly Random _random;
        string _rest = "";
        int _next;
        int _line;
        int _record;
        int _names;

        public Log(string path, Random random)
        {
            (_path, _random) = (path, random);
            Begin();
        }

        public List<string> Good { get; } = [];

        public List<string> Bad { get; } = [];

        /// <summary>Adds some lines, and perhaps the beginning of one more.</summary>
        public void Write()
        {
            var text = new StringBuilder(_rest);
            for (var i = _random.Next(0, 30); i >= 0; i--) text.Append(Line());
            _rest = "";
            if (_random.Next(3) == 0)
            {
                var line = Line();
                var cut = _random.Next(1, line.Length);
                text.Append(line[..cut]);
                _rest = line[cut..];
            }

            File.AppendAllText(_path, text.ToString());
        }

        public void Complete()
        {
            File.AppendAllText(_path, _rest);
            _rest = "";
        }

        /// <summary>What was begun is completed first: a line whose writer is gone is a record, or
        /// waits, as the moment has it.</summary>
        public void Rename()
        {
            Complete();
            _names++;
            for (var i = _names; i > 1; i--) File.Move($"{_path}.{i - 1}", $"{_path}.{i}");
            File.Move(_path, $"{_path}.1");
            Begin();
        }

        public void Truncate()
        {
            File.WriteAllText(_path, "");
            Begin();
        }

        void Begin()
        {
            (_line, _record) = (2, 1);
            File.AppendAllText(_path, "file,id,note\n");
        }

        string Line()
        {
            if (++_next % 101 == 0) _next++;
            var (line, record) = (_line, _record++);
            if (_next % 97 == 0)
            {
                _line++;
                Bad.Add($"7,bad{_next},x|{line}|{record}");
                return string.Create(CultureInfo.InvariantCulture, $"7,bad{_next},x\n");
            }

            var isLong = _next % 3 == 0;
            _line += isLong ? 2 : 1;
            Good.Add($"{_next}|{(isLong ? "two\nlines" : "n")}|{line}|{record}");
            return string.Create(CultureInfo.InvariantCulture, $"7,{_next},{(isLong ? "\"two\nlines\"" : "n")}\n");
        }
    }
}
