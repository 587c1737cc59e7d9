using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Postgres.Tests.Loading;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Ledger.Operators;

/// <summary>Verbs for all files that match.</summary>
public sealed class BulkLedgerTests
{
    static readonly OperatorAct Ann = new("ann", "the test");
    static readonly FileFilter Any = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<FileVerb> Verbs() => [.. Enum.GetValues<FileVerb>()];

    /// <summary>The law: what a verb does to many is what it does to each alone. Files of every status, with and without newer
    /// versions, rows and owners.</summary>
    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Apply_ToAll_IsWhatItIsToEachAlone(FileVerb verb)
    {
        await using var bulk = await SeededAsync();
        await using var alone = await SeededAsync();
        var operators = new OperatorLedger(alone.DataSource);
        var outcomes = new List<VerbOutcome>();
        foreach (var id in await KeysAsync(alone)) outcomes.Add(
            (await operators.ApplyAsync(verb, new FileId(id), Ann, Stop, again: true)).Outcome);

        var trial = await ApplyAsync(bulk, new BulkVerb(verb), new BulkChoice(Any), isTrial: true);
        var report = await ApplyAsync(bulk, new BulkVerb(verb), new BulkChoice(Any));

        (await FilesAsync(bulk)).ShouldBe(await FilesAsync(alone));
        report.Files.ShouldBe(outcomes.Count(o => o == VerbOutcome.Done));
        report.Files.ShouldBeGreaterThan(0);
        (report.Files + report.Others.Sum(o => o.Files)).ShouldBe(outcomes.Count);
        (trial.Files, trial.Matching, trial.Rows).ShouldBe((report.Files, report.Matching, report.Rows));
        trial.Ids.ShouldBe(report.Ids);
    }

    [Fact]
    public async Task Apply_Trial_ChangesNothing()
    {
        await using var database = await SeededAsync();
        var before = await FilesAsync(database);

        var trial = await ApplyAsync(
            database, new BulkVerb(FileVerb.Skip), new BulkChoice(new FileFilter { Statuses = ["quarantined"] }), isTrial: true);

        trial.Files.ShouldBe(4);
        (await FilesAsync(database)).ShouldBe(before);
        (await RowsAsync(database, "SELECT count(*) FROM ingest.history")).ShouldBe(["0"]);
    }

    [Fact]
    public async Task Apply_IdsOfATrial_MeetsExactlyTheseAndNoneThatLeftOrJoinedTheFilterMeanwhile()
    {
        await using var database = await SeededAsync();
        var filter = new FileFilter { Statuses = ["quarantined"] };
        var trial = await ApplyAsync(database, new BulkVerb(FileVerb.Skip), new BulkChoice(filter), isTrial: true);
        var (gone, joined) = (trial.Ids[0], (await KeysAsync(database, "status = 'failed'"))[0]);
        await ExecuteAsync(database,
            $"UPDATE ingest.file SET status = 'ready' WHERE file_id = {gone}; UPDATE ingest.file SET status = 'quarantined' "
                + $"WHERE file_id = {joined}");
        await AddAsync(database, "late", "quarantined");

        var report = await ApplyAsync(database, new BulkVerb(FileVerb.Skip), new BulkChoice(filter) { Ids = trial.Ids });

        report.Ids.ShouldBe(trial.Ids.Skip(1));
        (await KeysAsync(database, "is_skipped")).ShouldBe(trial.Ids.Skip(1));
    }

    [Fact]
    public async Task Apply_UpTo_LeavesFilesThatWereDiscoveredLater()
    {
        await using var database = await SeededAsync();
        var choice = new BulkChoice(new FileFilter { Statuses = ["quarantined"] });
        var trial = await ApplyAsync(database, new BulkVerb(FileVerb.Skip), choice, isTrial: true);
        await AddAsync(database, "late", "quarantined");

        var report = await ApplyAsync(database, new BulkVerb(FileVerb.Skip), choice with { UpTo = trial.UpTo });

        report.Ids.ShouldBe(trial.Ids);
        (await RowsAsync(database, "SELECT status FROM ingest.file WHERE path = '/late'")).ShouldBe(["quarantined"]);
    }

    [Fact]
    public async Task Apply_ManyFiles_IsOneEntryOfTheHistoryThatEachOfThemShows()
    {
        await using var database = await SeededAsync();

        var report = await ApplyAsync(database, new BulkVerb(FileVerb.Retry), new BulkChoice(
            new FileFilter { Pipeline = "a", Statuses = ["quarantined"] }));

        report.Message.ShouldBe("2 files of pipeline a, quarantined: ready to be loaded");
        (await RowsAsync(database, "SELECT kind, pipeline, file_id, who, detail FROM ingest.history"))
            .ShouldBe(["operator.retry|a|NULL|ann|2 files of pipeline a, quarantined: ready to be loaded (the test)"]);
        foreach (var id in report.Ids)
        {
            var events = await new HistoryViews(database.DataSource).ListAsync(new HistoryFilter { FileId = id }, 10, null, Stop);
            events.Items.ShouldHaveSingleItem().Kind.ShouldBe("operator.retry");
        }

        var other = (await KeysAsync(database, "pipeline = 'b'"))[0];
        (await new HistoryViews(database.DataSource).ListAsync(new HistoryFilter { FileId = other }, 10, null,
            Stop)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Apply_NothingToChange_IsNoEntryOfTheHistory()
    {
        await using var database = await SeededAsync();

        var report = await ApplyAsync(
            database, new BulkVerb(FileVerb.Retry), new BulkChoice(new FileFilter { Statuses = ["vanished"] }));

        (report.Files, report.Others.ShouldHaveSingleItem().Outcome).ShouldBe((0, "refused"));
        (await RowsAsync(database, "SELECT count(*) FROM ingest.history")).ShouldBe(["0"]);
    }

    [Fact]
    public async Task Undo_ManyFiles_TakesTheirRowsOutInOneTransaction()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int PRIMARY KEY, src bigint)",
            p => p.Metadata = new Dictionary<string, string> { ["src"] = "{fileId}" });
        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n2\n"));
        await bench.LoadAsync(bench.Write("b.csv", "id\n3\n"));
        await bench.LoadAsync(bench.Write("keep.csv", "id\n4\n"));
        var choice = new BulkChoice(new FileFilter { Statuses = ["loaded"] }) { Ids = [1, 2] };

        var trial = await ApplyAsync(bench.Database, BulkVerb.Undo, choice, isTrial: true);
        (await bench.RowsAsync("SELECT count(*) FROM t")).ShouldBe(["4"]);
        await bench.ExecuteAsync("CREATE TABLE part (id int REFERENCES t); INSERT INTO part VALUES (3)");
        (await Should.ThrowAsync<PostgresException>(ApplyAsync(bench.Database, BulkVerb.Undo, choice))).SqlState.ShouldBe(
            "23503");
        (await bench.RowsAsync("SELECT count(*) FROM t")).ShouldBe(
            ["4"], "the first file's rows came back with the second's refusal");
        await bench.ExecuteAsync("DROP TABLE part");
        var report = await ApplyAsync(bench.Database, BulkVerb.Undo, choice);

        (trial.Files, trial.Rows, report.Files, report.Rows).ShouldBe((2, 3L, 2, 3L));
        (await bench.RowsAsync("SELECT id FROM t")).ShouldBe(["4"]);
        (await bench.RowsAsync("SELECT file_id, status FROM ingest.file ORDER BY 1")).ShouldBe(
            ["1|ignored", "2|ignored", "3|loaded"]);
        (await bench.RowsAsync("SELECT detail FROM ingest.history WHERE kind = 'operator.undo'")).ShouldBe(
            ["2 files, loaded: undone, 3 rows are removed from the table (the test)"]);
    }

    [Fact]
    public async Task Apply_TwoAtATime_DoTheWorkOnce()
    {
        await using var database = await SeededAsync();
        var choice = new BulkChoice(new FileFilter { Statuses = ["quarantined"] });

        var reports = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => ApplyAsync(database, new BulkVerb(FileVerb.Retry), choice), Stop)));

        reports.Sum(r => r.Files).ShouldBe(4);
        (await RowsAsync(database, "SELECT count(*) FROM ingest.history")).ShouldBe(["1"]);
    }

    static Task<BulkReport> ApplyAsync(TestDatabase database, BulkVerb verb, BulkChoice choice, bool isTrial = false) =>
        new BulkLedger(database.DataSource).ApplyAsync(verb, choice, [], Ann, isTrial, Stop);

    /// <summary>In two pipelines: two files of each status, the second with one row committed; and a loaded file under a newer
    /// version.</summary>
    static async Task<TestDatabase> SeededAsync()
    {
        var database = await TestPostgres.CreateDatabaseAsync();
        await ExecuteAsync(
            database,
            """
            INSERT INTO ingest.pipeline (name, config) VALUES
                ('a', '{"name": "a", "table": "t", "watch": ["/a"]}'),
                ('b', '{"name": "b", "table": "t", "watch": ["/b"], "metadata": {"src": "{fileId}"}, "onChange": "replace"}');
            INSERT INTO ingest.file (
                pipeline, path, size, mtime_ns, dev, inode, status, reason, epoch, owner_node, rows_loaded, records_read)
            SELECT p, format('/%s/%s-%s', p, s, n), 1, 0, 0, n, s, 'seeded', 1, 'silo-1', CASE WHEN s = 'loaded' THEN n
                ELSE 0 END, CASE WHEN s = 'loaded' THEN n ELSE 0 END
            FROM unnest(ARRAY['a', 'b']) p,
                unnest(ARRAY['discovered', 'ready', 'loading', 'loaded', 'failed', 'quarantined', 'ignored',
                    'vanished']) WITH ORDINALITY AS k (s, o),
                generate_series(1, 2) n
            ORDER BY p, o, n;
            INSERT INTO ingest.batch (file_id, start_offset, end_offset, first_record, first_line, records, lines, rows_loaded,
                rows_rejected, rows_skipped, epoch, node, lane,
                read_us, wait_us, copy_us, commit_us)
            SELECT file_id, 0, 1, 1, 1, 1, 1, 1, 0, 0, 1, 'silo-1', 1, 0, 0, 0, 0 FROM ingest.file
                WHERE status IN ('loading', 'failed', 'quarantined') AND path LIKE '%-2';
            INSERT INTO ingest.file (pipeline, path, version, size, mtime_ns, dev, inode, status) VALUES (
                'a', '/a/loaded-1', 2, 2, 0, 0, 0, 'quarantined');
            UPDATE ingest.file SET status = 'ready' WHERE version = 2;
            """);
        return database;
    }

    static Task AddAsync(TestDatabase database, string name, string status) => ExecuteAsync(
        database,
        $"INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status) VALUES ('a', '/{name}', 1, 0, 0, 0, "
            + $"'{status}')");

    static Task<IReadOnlyList<string>> FilesAsync(TestDatabase database) => RowsAsync(
        database,
        """
        SELECT pipeline, path, version, status, replace(reason, 'replay of file', 'x'), epoch, owner_node, is_skipped, is_forced,
            is_replacement, attempts,
            ready_at IS NULL, finished_at IS NULL FROM ingest.file ORDER BY pipeline, path, version
        """);

    static async Task<IReadOnlyList<long>> KeysAsync(TestDatabase database, string where = "true") =>
        [.. (await RowsAsync(database, $"SELECT file_id FROM ingest.file WHERE {where} ORDER BY file_id")).Select(long.Parse)];

    static async Task ExecuteAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Stop);
    }

    static async Task<IReadOnlyList<string>> RowsAsync(TestDatabase database, string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var rows = new List<string>();
        while (await reader.ReadAsync(Stop))
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(
                i => reader.IsDBNull(i) ? "NULL" : reader.GetValue(i).ToString())));
        return rows;
    }
}
