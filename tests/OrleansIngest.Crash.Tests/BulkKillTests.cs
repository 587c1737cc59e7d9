using System.Globalization;
using System.Text;

namespace OrleansIngest.Crash.Tests;

/// <summary>Bulk loads under SIGKILL at every step: before, in and after the drop of the indexes, in the middle of the files, and
/// before, in and after the builds. At the end every record is there once and every index is what it was. Kills: 100 with
/// INGEST_LONG_TESTS=1, else 14.</summary>
public sealed class BulkKillTests
{
    /// <summary>In the order in which a load passes them; the first run of a round dies of one of the first three.</summary>
    static readonly string[] Points =
        ["altering", "altered", "indexes-dropped", .. RandomKills.BatchPoints, "files-loaded", "index-taken", "index-built",
            "index-committed"];

    static readonly int Kills = Environment.GetEnvironmentVariable("INGEST_LONG_TESTS") == "1" ? 100 : 14;

    const string Indexes =
        """
        ALTER TABLE t ADD CONSTRAINT once UNIQUE (file, id);
        CREATE INDEX by_id ON t (id); CREATE INDEX "By Note" ON t (note COLLATE "C" text_pattern_ops) INCLUDE (id) WITH
            (fillfactor = 60);
        CREATE INDEX few ON t (lower(note), file) WHERE id % 2 = 0; COMMENT ON INDEX few IS 'it''s mine'
        """;

    const string Picture =
        """
        SELECT concat_ws('|', pg_get_indexdef(i.indexrelid), c.reloptions, i.indisvalid, i.indisready, i.indisunique, i.indoption,
            i.indcollation, i.indclass,
            obj_description(i.indexrelid, 'pg_class'))
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = 't'::regclass
        """;

    [Fact]
    public async Task Loads_killed_at_every_step_leave_every_record_once_and_the_same_indexes()
    {
        var random = new Random(20261126);
        var (kills, next) = (0, 0);
        var died = new HashSet<string>();
        while (kills < Kills)
        {
            await using var files = await KnownFiles.CreateAsync(files: 3, records: 4_000, batchRecords: 300,
                options: "\"bulk\": \"on\",");
            await files.LinesAsync(Indexes);
            var before = await files.LinesAsync(Picture);
            // One after the other, a random one, and a moment that nobody has named.
            foreach (var point in new[] { Points[next % 3], Points[3 + next++ % (Points.Length - 3)],
                Points[random.Next(3, Points.Length)], null })
            {
                if (await DiesAsync(files, point, random)) (kills, _) = (kills + 1, point is null || died.Add(point));
            }

            var (exitCode, said) = await LoadAsync(files);
            exitCode.ShouldBe(0, said);
            await files.ShouldBeLoadedExactlyOnceAsync();
            (await files.LinesAsync(Picture)).ShouldBe(before);
            (await files.LinesAsync("SELECT index_name FROM ingest.dropped_index")).ShouldBeEmpty();
        }

        died.Count.ShouldBeGreaterThan(Kills > 50 ? Points.Length - 1 : 5);
    }

    /// <summary>Silos with a backlog: they die in the middle of it, and the next one goes on,
    /// builds the indexes and ends.</summary>
    [Fact]
    public async Task Silos_killed_in_a_backlog_leave_every_row_once_and_the_same_indexes()
    {
        await using var files = await KnownFiles.CreateAsync(files: 0, records: 0, batchRecords: 500,
            options: "\"bulk\": \"on\",");
        await files.LinesAsync("CREATE INDEX by_id ON t (id); CREATE INDEX few ON t (file, id) WHERE id % 2 = 0");
        var before = await files.LinesAsync(Picture);
        var note = new string('n', 1000);
        for (var file = 0; file < 20; file++)
        {
            var text = new StringBuilder("file,id,note\n");
            for (var id = 1; id <= 100; id++) text.Append(CultureInfo.InvariantCulture, $"{file},{101 * id + 1},{note}\n");
            for (var id = 1; id <= 800; id++) text.Append(CultureInfo.InvariantCulture, $"{file},{101 * id + 2},{note}\n");
            await File.WriteAllTextAsync(Path.Combine(files.Watched, $"{file}.csv"), text.ToString(),
                TestContext.Current.CancellationToken);
        }

        foreach (var crashAt in new[] { "altered:1", "indexes-dropped:1", "committed:2", "index-taken:1", "index-built:1",
            "index-committed:1" })
        {
            using var killed = IngestProcess.Start(files.ConnectionString, crashAt, "up", "--config", files.Config,
                "--exit-when-idle", "--http", "127.0.0.1:0");
            var said = await killed.WaitAsync();
            killed.ExitCode.ShouldBe(137, $"{crashAt}: {said}");
        }

        using var last = IngestProcess.Start(files.ConnectionString, null, "up", "--config", files.Config, "--exit-when-idle",
            "--http", "127.0.0.1:0");
        var end = await last.WaitAsync();

        last.ExitCode.ShouldBe(0, end);
        (await files.LinesAsync("SELECT count(*) || ' ' || count(DISTINCT (file, id)) FROM t")).ShouldBe(["18000 18000"]);
        (await files.LinesAsync(
            "SELECT status || ' ' || count(*) || ' ' || sum(rows_loaded) FROM ingest.file GROUP BY status")).ShouldBe(
                ["loaded 20 18000"]);
        (await files.LinesAsync(Picture)).ShouldBe(before);
        (await files.LinesAsync("SELECT index_name FROM ingest.dropped_index")).ShouldBeEmpty();
        (await files.LinesAsync("SELECT count(*)::text FROM ingest.history WHERE kind = 'index.dropped'")).ShouldBe(["2"]);
    }

    /// <summary>Dies at a point, or at any moment; a load that was done before that has not.</summary>
    static async Task<bool> DiesAsync(KnownFiles files, string? point, Random random)
    {
        var crashAt = point is null ? null
            : $"{point}:{(RandomKills.BatchPoints.Contains(point) && point != "claimed" ? random.Next(1, 6) : 1)}";
        using var run = IngestProcess.Start(files.ConnectionString, crashAt, "load", files.Watched, "--config", files.Config);
        if (point is null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 1500)), TimeProvider.System,
                TestContext.Current.CancellationToken);
            run.Kill();
        }

        await run.WaitAsync();
        return run.ExitCode == 137;
    }

    static async Task<(int ExitCode, string Said)> LoadAsync(KnownFiles files)
    {
        using var last = IngestProcess.Start(files.ConnectionString, null, "load", files.Watched, "--config", files.Config);
        var said = await last.WaitAsync();
        return (last.ExitCode, said);
    }
}
