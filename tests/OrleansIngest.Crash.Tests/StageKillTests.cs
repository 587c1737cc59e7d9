using System.Globalization;
using System.Text;
using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Crash.Tests;

/// <summary>Files that become visible in one moment, under SIGKILL at any moment: whoever looks sees all of a file or nothing,
/// and at the end every record is there once. Kills of each kind: 60 with INGEST_LONG_TESTS=1, else 8.</summary>
public sealed class StageKillTests
{
    static readonly string[] Points =
        ["claimed", "staged", "enqueued", "copying", "copied", "committing", "committed", "deleted", "inserted", "publishing",
            "published"];

    static readonly int Kills = Environment.GetEnvironmentVariable("INGEST_LONG_TESTS") == "1" ? 60 : 8;

    [Theory]
    [InlineData("")]
    [InlineData("gzip")]
    public async Task Whole_files_killed_at_random_moments_are_seen_whole_or_not_at_all(string pack)
    {
        await using var files = await KnownFiles.CreateAsync(
            files: 2, records: 20_000, batchRecords: 500, pack: pack == "gzip" ? PackedFile.Gzip : null,
            options: "\"wholeFile\": true,");
        await using var watcher = Watcher.Start(files.ConnectionString,
            "SELECT coalesce(string_agg(DISTINCT n::text, ','), '') FROM (SELECT count(*) AS n FROM t GROUP BY file) f");

        await KillAsync(files, new Random(20261126), tries =>
        {
            if (tries % 3 == 2) files.AddFile(20_000); // so that there is always something to lose
        });

        await files.ShouldBeLoadedExactlyOnceAsync();
        var all = (await files.LinesAsync("SELECT DISTINCT count(*)::text FROM t GROUP BY file")).Single();
        (await watcher.EndAsync()).ShouldBeSubsetOf(["", all]);
        await NothingShouldBeLeftAsync(files);
    }

    [Fact]
    public async Task Full_refreshes_killed_at_random_moments_leave_one_file_or_the_other()
    {
        await using var files = await KnownFiles.CreateAsync(files: 0, records: 0, batchRecords: 500,
            options: "\"write\": \"replaceTable\",");
        await using var watcher = Watcher.Start(files.ConnectionString,
            "SELECT coalesce(string_agg(file || ':' || n || ':' || s, ','), '') FROM (SELECT file, count(*) AS n, sum(id) AS s "
                + "FROM t GROUP BY file) f");
        var states = new List<string> { "" };
        var written = 0;

        await KillAsync(files, new Random(20261127), tries =>
        {
            if (tries % 3 == 0) states.Add(Refresh(files, written++));
        });

        (await watcher.EndAsync()).ShouldBeSubsetOf(states);
        (await files.LinesAsync("SELECT file || ':' || count(*) || ':' || sum(id) FROM t GROUP BY file")).ShouldBe([states[^1]]);
        (await files.LinesAsync("SELECT status || ' ' || count(*) FROM ingest.file GROUP BY status")).ShouldBe(
            [$"loaded {written}"]);
        await NothingShouldBeLeftAsync(files);
    }

    [Fact]
    public async Task Versions_that_replace_older_ones_killed_at_random_moments_leave_the_newest()
    {
        await using var files = await KnownFiles.CreateAsync(
            files: 0, records: 0, batchRecords: 500, options: """ "onChange": "replace", "metadata": { "src": "{fileId}" }, """);
        await files.LinesAsync("ALTER TABLE t ADD src bigint");
        var states = new List<string> { Refresh(files, 0, "v.csv") };
        var (exitCode, said) = await new RandomKills(files, Points, new Random(0)).LoadAsync();
        exitCode.ShouldBe(0, said);

        await using var watcher = Watcher.Start(files.ConnectionString,
            "SELECT string_agg(file || ':' || n || ':' || s, ',') FROM (SELECT file, count(*) AS n, sum(id) AS s FROM t GROUP "
                + "BY file) f");

        await KillAsync(files, new Random(20261129), tries =>
        {
            if (tries % 3 == 0) states.Add(Refresh(files, states.Count, "v.csv"));
        });

        (await watcher.EndAsync()).ShouldBeSubsetOf(states);
        (await files.LinesAsync(
            "SELECT file || ':' || count(*) || ':' || sum(id) || ':' || count(DISTINCT src) FROM t GROUP BY file")).ShouldBe(
                [states[^1] + ":1"]);
        (await files.LinesAsync("SELECT status FROM ingest.file ORDER BY version DESC LIMIT 1")).ShouldBe(["loaded"]);
        // A version that was overtaken before it was loaded keeps its stage until a program that watches finds it gone.
        (await files.LinesAsync(
            "SELECT s.relation FROM ingest.stage s JOIN ingest.file f USING (file_id) WHERE f.status "
                + "= 'loaded'")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Replacements_killed_at_random_moments_leave_each_row_once()
    {
        await using var files = await KnownFiles.CreateAsync(files: 0, records: 0, batchRecords: 500,
            options: """ "metadata": { "src": "{fileId}" }, """);
        await files.LinesAsync("ALTER TABLE t ADD src bigint");
        var state = Refresh(files, 0, "v.csv");
        var (exitCode, said) = await new RandomKills(files, Points, new Random(0)).LoadAsync();
        exitCode.ShouldBe(0, said);
        await using var source = NpgsqlDataSource.Create(files.ConnectionString);
        var operators = new OperatorLedger(source);
        await using var watcher = Watcher.Start(
            files.ConnectionString,
            "SELECT string_agg(file || ':' || n || ':' || s, ',') FROM (SELECT file, src, count(*) AS n, sum(id) AS s FROM t "
                + "GROUP BY file, src) f");
        var replaced = 0;

        await KillAsync(files, new Random(20261130), _ =>
        {
            var newest = files.LinesAsync("SELECT file_id::text FROM ingest.file WHERE status = 'loaded'").GetAwaiter()
                .GetResult();
            if (newest.Count == 0) return;
            var file = FileId.Parse(newest.Single());
            var result = operators.ApplyAsync(FileVerb.Replace, file, new OperatorAct("ann"),
                TestContext.Current.CancellationToken).GetAwaiter().GetResult();
            if (result.Outcome == VerbOutcome.Done) replaced++;
        });

        replaced.ShouldBeGreaterThan(0);
        (await watcher.EndAsync()).ShouldBe([state]);
        (await files.LinesAsync(
            "SELECT file || ':' || count(*) || ':' || sum(id) || ':' || count(DISTINCT src) FROM t GROUP BY file")).ShouldBe(
                [state + ":1"]);
        (await files.LinesAsync("SELECT status || ' ' || count(*) FROM ingest.file GROUP BY status ORDER BY 1")).ShouldBe(
            [$"ignored {replaced}", "loaded 1"]);
    }

    [Fact]
    public async Task Files_beyond_a_limit_killed_at_random_moments_leave_no_row()
    {
        await using var files = await KnownFiles.CreateAsync(files: 0, records: 0, batchRecords: 500,
            options: "\"maxRejected\": 3,");
        await using var watcher = Watcher.Start(files.ConnectionString,
            "SELECT coalesce(string_agg(DISTINCT file % 2 || ':' || n, ','), '') FROM (SELECT file, count(*) AS n FROM t GROUP "
                + "BY file) f");
        var written = 0;

        // Every other file is beyond the limit: the last of its four rejects is found by the server, at the end.
        await KillAsync(files, new Random(20261128), tries =>
        {
            if (tries % 2 == 0) Limited(files, written, isBeyond: written++ % 2 == 1);
        }, expectedExit: 1);

        (await watcher.EndAsync()).ShouldBeSubsetOf(["", "0:9997"]);
        (await files.LinesAsync("SELECT status || ' ' || count(*) FROM ingest.file GROUP BY status"))
            .ShouldBe([$"loaded {(written + 1) / 2}", $"quarantined {written / 2}"]);
        (await files.LinesAsync(
            "SELECT f.status || ' ' || c.status || ' ' || count(*) FROM corrupt_records c JOIN ingest.file f USING (file_id) "
                + "GROUP BY f.status, c.status"))
            .ShouldBe([$"loaded open {(written + 1) / 2 * 3}", $"quarantined ignored {written / 2 * 4}"]);
        await NothingShouldBeLeftAsync(files);
    }

    static async Task KillAsync(KnownFiles files, Random random, Action<int> before, int expectedExit = 0)
    {
        var runs = new RandomKills(files, Points, random) { MostOccurrences = 3, AnyMoment = 1 };

        (await runs.RunAsync(Kills, mostRuns: 6 * Kills, before)).ShouldBeGreaterThanOrEqualTo(Kills);
        // Files that were given up are not tried again: a second run has nothing to complain about.
        for (var i = 0; i < 2; i++)
        {
            var (exitCode, said) = await runs.LoadAsync();
            exitCode.ShouldBeOneOf([0, expectedExit], said);
        }
    }

    static async Task NothingShouldBeLeftAsync(KnownFiles files)
    {
        (await files.LinesAsync("SELECT relation FROM ingest.stage")).ShouldBeEmpty();
        (await files.LinesAsync(
            """
            SELECT 'throughput says ' || coalesce(t.loaded, 0) || ', the batches say ' || coalesce(b.loaded, 0)
            FROM (SELECT sum(rows_loaded) AS loaded, sum(rows_rejected) AS rejected, sum(batches) AS batches
                FROM ingest.throughput) t,
                (SELECT sum(rows_loaded) AS loaded, sum(rows_rejected) AS rejected, count(*) AS batches FROM ingest.batch) b
            WHERE (t.loaded, t.rejected, t.batches) IS DISTINCT FROM (b.loaded, b.rejected, b.batches)
            """)).ShouldBeEmpty();
    }

    /// <summary>A file that is newer than those before; says what the table is when it stands.</summary>
    static string Refresh(KnownFiles files, int number, string? name = null)
    {
        var rows = 8000 + 700 * (number % 5);
        var text = new StringBuilder("file,id,note\n");
        long sum = 0;
        for (int i = 1, id = 1; i <= rows; i++, id++)
        {
            if (id % 101 == 0) id++;
            sum += id;
            text.Append(CultureInfo.InvariantCulture, $"{number},{id},n\n");
        }

        Place(files, name ?? $"r{number:00}.csv", text.ToString(), number);
        return string.Create(CultureInfo.InvariantCulture, $"{number}:{rows}:{sum}");
    }

    static void Limited(KnownFiles files, int number, bool isBeyond)
    {
        var text = new StringBuilder("file,id,note\n");
        for (var i = 1; i <= 10_000; i++)
        {
            var id = i is 11 or 3000 or 9000 ? "x" : isBeyond && i == 9500 ? "101" : $"{i % 100 + 1}";
            text.Append(CultureInfo.InvariantCulture, $"{number},{id},n\n");
        }

        Place(files, $"l{number:00}.csv", text.ToString(), number);
    }

    static void Place(KnownFiles files, string name, string text, int number)
    {
        var path = Path.Combine(files.Watched, name);
        File.WriteAllText(path + ".tmp", text);
        File.SetLastWriteTimeUtc(path + ".tmp", new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(number));
        File.Move(path + ".tmp", path, overwrite: true);
    }

    /// <summary>Somebody who reads all the time, in one connection.</summary>
    sealed class Watcher : IAsyncDisposable
    {
        readonly CancellationTokenSource _end = new();
        readonly HashSet<string> _seen = [];
        readonly Task _running;

        Watcher(string connectionString, string sql) => _running = RunAsync(connectionString, sql);

        public static Watcher Start(string connectionString, string sql) => new(connectionString, sql);

        /// <summary>All that was seen.</summary>
        public async Task<IReadOnlyCollection<string>> EndAsync()
        {
            await _end.CancelAsync();
            await _running;
            return _seen;
        }

        async Task RunAsync(string connectionString, string sql)
        {
            await using var source = NpgsqlDataSource.Create(connectionString);
            await using var connection = await source.OpenConnectionAsync();
            await using var command = new NpgsqlCommand(sql, connection);
            while (!_end.IsCancellationRequested) _seen.Add((string)(await command.ExecuteScalarAsync())!);
        }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await _running;
            _end.Dispose();
        }
    }
}
