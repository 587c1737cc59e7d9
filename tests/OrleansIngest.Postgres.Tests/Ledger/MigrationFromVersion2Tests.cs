using System.Globalization;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading.Replay;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>A ledger of version 2 with work under way, as its program leaves it, becomes one of version 3 in place: the work goes
/// on, and programs of the version before that still run may go on as well.</summary>
public sealed class MigrationFromVersion2Tests
{
    const string Table = "CREATE TABLE t (id int NOT NULL, n int CHECK (n < 100))";
    const int Records = 40;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Migrate_FileInWorkAndRejects_AreFinishedAndReplayed()
    {
        await using var bench = await LoadBench.CreateAsync(Table, withSchema: false);
        await Version2Async(bench);
        var path = await HalfLoadedAsync(bench);

        (await Migrations.ApplyAsync(bench.Database.DataSource, Stop)).ShouldBeTrue();
        (await Migrations.ApplyAsync(bench.Database.DataSource, Stop)).ShouldBeFalse();

        (await bench.RowsAsync(
            "SELECT status, position_unit, end_position, parent_id, layout, ingest.uri(f) = 'file://' || path, ingest.end_of(f) "
                + "= size FROM ingest.file f"))
            .ShouldBe(["loading|byte|NULL|NULL|NULL|True|True"]);
        var states = await bench.LoadAsync(path);
        (states[0].Status, states[0].Totals).ShouldBe(("loaded", new FileTotals(Records - 1, 1, 0)));
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id), sum(id) FROM t")).ShouldBe(
            [$"{Records - 1}|{Records - 1}|{(Records * (Records + 1) / 2) - 7}"]);
        (await bench.RowsAsync("SELECT end_position = size, bytes_read = size FROM ingest.file")).ShouldBe(["True|True"]);

        await bench.ExecuteAsync("ALTER TABLE t DROP CONSTRAINT t_n_check");
        var replayed = await new RejectReplay(bench.Database.DataSource, TimeProvider.System)
            .RunAsync(new RejectFilter(), [bench.Pipeline], new OperatorAct("ann"), Stop);
        replayed.ShouldBe(new RejectReplayResult(1, 0));
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).ShouldBe([$"{Records}|{Records}"]);
    }

    [Fact]
    public async Task Migrate_WhileAProgramOfTheVersionBeforeRuns_LetsItGoOn()
    {
        await using var bench = await LoadBench.CreateAsync(Table, withSchema: false);
        await Version2Async(bench);
        await Migrations.ApplyAsync(bench.Database.DataSource, Stop);

        await HalfLoadedAsync(bench); // its statements name the columns of version 2
        await bench.ExecuteAsync("UPDATE ingest.file SET status = 'loaded', finished_at = clock_timestamp(), bytes_read = size");

        (await bench.RowsAsync("SELECT position_unit, ingest.end_of(f) = size FROM ingest.file f")).ShouldBe(["byte|True"]);
        (await bench.RowsAsync("SELECT format, layout FROM ingest.reject_header")).ShouldBe(["csv|NULL"]);
        (await new RejectViews(bench.Database.DataSource).ListAsync(new RejectFilter(), 10, null,
            Stop)).Items.Single().Line.ShouldBe(8);
    }

    /// <summary>The scripts of version 2 did not change since.</summary>
    static async Task Version2Async(LoadBench bench)
    {
        foreach (var name in Migrations.Scripts.Where(s => s != "sql/095-inputs.sql"))
        {
            await using var stream = typeof(Migrations).Assembly.GetManifestResourceStream(name)!;
            using var reader = new StreamReader(stream);
            await bench.ExecuteAsync(await reader.ReadToEndAsync(Stop));
        }

        await bench.ExecuteAsync("INSERT INTO ingest.schema_version (version, checksum) VALUES (2, 'of version 2')");
    }

    /// <summary>A file whose owner died when 20 of 40 records were committed; the seventh is a reject.</summary>
    static async Task<string> HalfLoadedAsync(LoadBench bench)
    {
        string[] lines = ["id,n", .. Enumerable.Range(1, Records)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},{(i == 7 ? 500 : 1)}"))];
        var path = bench.Write("a.csv", string.Concat(lines.Select(l => l + "\n")));
        var seen = LoadBench.Stat(path);
        var end = lines.Take(21).Sum(l => l.Length + 1);
        await bench.ExecuteAsync(string.Create(CultureInfo.InvariantCulture,
            $"""
            INSERT INTO ingest.pipeline (name, config) VALUES ('test', '{"{}"}');
            INSERT INTO ingest.node (node, kind, host, pid, version, cores, memory_bytes, lanes, capacity, state, lock_key)
            VALUES ('old', 'silo', 'h', 1, '1.0.0', 1, 1, 1, 1, 'dead', 1);
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, epoch, owner_node, ready_at, claimed_at,
                started_at)
            VALUES ('test', '{path}', {seen.Size}, {seen.ModifiedNanoseconds}, {unchecked((long)seen.Device)},
                {unchecked((long)seen.Inode)}, 'loading', 1, 'old', now(), now(), now());
            INSERT INTO ingest.batch (file_id, start_offset, end_offset, first_record, first_line, records, lines, rows_loaded,
                rows_rejected, rows_skipped,
                rows_suppressed, epoch, node, lane, read_us, wait_us, copy_us, commit_us)
            VALUES (1, 0, {end}, 1, 1, 20, 21, 19, 1, 0, 0, 1, 'old', 1, 1, 1, 1, 1);
            INSERT INTO t SELECT i, 1 FROM generate_series(1, 20) i WHERE i <> 7;
            INSERT INTO ingest.reject_header (file_id, header, fields, delimiter) VALUES (1, '["id", "n"]', 2, ',');
            INSERT INTO corrupt_records (raw_record, raw_bytes, file, file_id, line, record_number, byte_offset, reason,
                column_name, detail, pipeline)
            VALUES ('7,500', NULL, '{path}', 1, 8, 7, 29, 'constraint', NULL, 'too much', 'test')
            """));
        return path;
    }
}
