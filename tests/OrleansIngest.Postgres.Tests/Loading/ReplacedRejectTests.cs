using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading.Replay;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>Rejects of content that newer content has replaced are no longer open; all others stay open.</summary>
public sealed class ReplacedRejectTests
{
    const string Table = "CREATE TABLE t (id int PRIMARY KEY, src bigint)";
    const string NoKey = "CREATE TABLE t (id int)";
    const string States =
        "SELECT f.version, c.status, count(*) FROM corrupt_records c JOIN ingest.file f USING (file_id) "
            + "GROUP BY 1, 2 ORDER BY 1, 2";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Again_FileWithoutAnyRow_ReplacesItsRejects()
    {
        await using var bench = await LoadBench.CreateAsync(NoKey);
        var path = bench.Write("a.csv", "id\nx\ny\n");
        await bench.LoadAsync(path);
        await bench.ExecuteAsync("ALTER TABLE t ALTER id TYPE text");

        await AgainAsync(bench, path);

        (await bench.RowsAsync(States)).ShouldBe(["1|replaced|2"]);
        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["x", "y"]);
        (await bench.RowsAsync("SELECT rejects FROM ingest.open_reject")).ShouldBeEmpty();
        (await bench.RowsAsync("SELECT file_id, detail FROM ingest.history WHERE kind = 'file.replaced'"))
            .ShouldBe(["1|version 2 (file 2) contains its records again: 2 rejects are closed"]);
        var old = await new FileViews(bench.Database.DataSource).FindAsync(new FileId(1), Stop);
        (old!.State, old.OpenRejects).ShouldBe(("loaded", 0));
    }

    /// <summary>Reopened, a replay would load their records a second time.</summary>
    [Fact]
    public async Task Again_IgnoredRejects_CannotBeReopened()
    {
        await using var bench = await LoadBench.CreateAsync(NoKey);
        var path = bench.Write("a.csv", "id\nx\ny\n");
        await bench.LoadAsync(path);
        var rejects = new RejectVerbs(bench.Database.DataSource);
        await rejects.ApplyAsync(RejectVerb.Ignore, new(), null, new OperatorAct("ann", null), isTrial: false, Stop);
        await bench.ExecuteAsync("ALTER TABLE t ALTER id TYPE text");

        await AgainAsync(bench, path);

        (await bench.RowsAsync(States)).ShouldBe(["1|replaced|2"]);
        (await rejects.ApplyAsync(RejectVerb.Reopen, new(), null, new OperatorAct("ann", null), isTrial: false, Stop))
            .Rejects.ShouldBe(0);
    }

    [Fact]
    public async Task Again_FileIsRejectedAgain_LeavesOnlyTheNewRejectsOpen()
    {
        await using var bench = await LoadBench.CreateAsync(NoKey);
        var path = bench.Write("a.csv", "id\nx\ny\n");
        await bench.LoadAsync(path);

        await AgainAsync(bench, path);

        (await bench.RowsAsync(States)).ShouldBe(["1|replaced|2", "2|open|2"]);
    }

    [Fact]
    public async Task Again_RowsOfTheOldVersionStay_LeavesItsRejectsOpen()
    {
        await using var bench = await LoadBench.CreateAsync(NoKey);
        var path = bench.Write("a.csv", "id\n1\nx\n");
        await bench.LoadAsync(path);

        await AgainAsync(bench, path);

        (await bench.RowsAsync(States)).ShouldBe(["1|open|1", "2|open|1"]);
        (await bench.RowsAsync("SELECT count(*) FROM t")).ShouldBe(["2"]);
    }

    [Fact]
    public async Task Again_RejectOfTheOldVersionWasReplayed_LeavesTheOthersOpen()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int CHECK (id < 100))");
        var path = bench.Write("a.csv", "id\n200\nx\n");
        await bench.LoadAsync(path);
        await bench.ExecuteAsync("ALTER TABLE t DROP CONSTRAINT t_id_check");
        (await new RejectReplay(bench.Database.DataSource, TimeProvider.System).RunAsync(new RejectFilter(), [bench.Pipeline],
            new OperatorAct("ann"), Stop)).ShouldBe(new RejectReplayResult(1, 1));

        await AgainAsync(bench, path);

        (await bench.RowsAsync(States)).ShouldBe(["1|open|1", "1|replayed|1", "2|open|1"]);
    }

    [Fact]
    public async Task Again_RowsAreMergedByTheirKey_ReplacesTheRejects()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => (p.Write, p.Key) = (WriteMode.Upsert, ["id"]));
        var path = bench.Write("a.csv", "id\n1\nx\n");
        await bench.LoadAsync(path);

        await AgainAsync(bench, path);

        (await bench.RowsAsync(States)).ShouldBe(["1|replaced|1", "2|open|1"]);
        (await bench.RowsAsync("SELECT id FROM t")).ShouldBe(["1"]);
    }

    [Fact]
    public async Task NewVersion_OtherContent_LeavesTheRejectsOpen()
    {
        await using var bench = await LoadBench.CreateAsync(NoKey);
        await bench.LoadAsync(bench.Write("a.csv", "id\nx\ny\n"));

        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n2\n3\n"));

        (await bench.RowsAsync(States)).ShouldBe(["1|open|2"]);
    }

    [Theory]
    [InlineData("sha256 = o.sha256", "replaced")]
    [InlineData("sha256 = o.sha256, continues = o.file_id", "open")] // it skips the records of the old version
    [InlineData("sha256 = o.sha256, target = 'public.other'", "open")]
    [InlineData("sha256 = '\\x00'", "open")]
    [InlineData("sha256 = NULL", "open")]
    public async Task LoadedVersion_ByItsProperties_ClosesTheRejectsOrNot(string properties, string expected)
    {
        await using var bench = await LoadBench.CreateAsync(NoKey);
        await bench.LoadAsync(bench.Write("a.csv", "id\nx\n"));
        await bench.ExecuteAsync(
            "INSERT INTO ingest.file (pipeline, path, version, size, mtime_ns, dev, inode, status) "
            + "SELECT pipeline, path, 2, size, mtime_ns, dev, inode, 'loading' FROM ingest.file");

        await bench.ExecuteAsync(
            $"UPDATE ingest.file f SET status = 'loaded', {properties} FROM ingest.file o WHERE o.version = 1 AND f.version = 2");

        (await bench.RowsAsync(States)).ShouldBe([$"1|{expected}|1"]);
    }

    [Fact]
    public async Task Replace_OlderVersionWithRejectsAlone_ClosesThem()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p =>
        {
            p.OnChange = ChangePolicy.Replace;
            p.Metadata = new Dictionary<string, string> { ["src"] = "{fileId}" };
        });
        await bench.LoadAsync(bench.Write("other.csv", "id\ny\n"));
        await bench.LoadAsync(bench.Write("a.csv", "id\nx\n"));
        await bench.ExecuteAsync("UPDATE ingest.file SET status = 'quarantined' WHERE path LIKE '%/a.csv'");

        (await bench.LoadAsync(bench.Write("a.csv", "id\n1\nz\n"))).Single().Status.ShouldBe("loaded");

        (await bench.RowsAsync("SELECT raw_record, status FROM corrupt_records ORDER BY id"))
            .ShouldBe(["y|open", "x|replaced", "z|open"]);
    }

    [Fact]
    public async Task ReplaceTable_EveryFile_ClosesTheRejectsOfThoseBefore()
    {
        await using var bench = await LoadBench.CreateAsync(NoKey, p => p.Write = WriteMode.ReplaceTable);
        await bench.LoadAsync(WriteAged(bench, "a.csv", "id\n1\nx\n", 3));
        await bench.LoadAsync(WriteAged(bench, "b.csv", "id\n2\ny\n", 1));

        await bench.LoadAsync(WriteAged(bench, "late.csv", "id\n3\nz\n", 2)); // older than the content of the table

        (await bench.RowsAsync("SELECT id FROM t")).ShouldBe(["2"]);
        (await bench.RowsAsync("SELECT raw_record, status FROM corrupt_records ORDER BY id"))
            .ShouldBe(["x|replaced", "y|open", "z|replaced"]);
    }

    [Fact]
    public async Task ReplaceTable_OldRowsAreInAnotherTable_LeavesTheirRejectsOpen()
    {
        await using var bench = await LoadBench.CreateAsync(NoKey, p => p.Write = WriteMode.ReplaceTable);
        await bench.ExecuteAsync("CREATE TABLE u (id int)");
        await bench.LoadAsync(WriteAged(bench, "a.csv", "id\n1\nx\n", 2));
        await bench.EndNodeAsync(bench.Node!);
        bench.Pipeline.Table = "public.u";

        await bench.LoadAsync(WriteAged(bench, "b.csv", "id\n2\n", 1));

        (await bench.RowsAsync("SELECT id FROM t UNION ALL SELECT id FROM u ORDER BY id")).ShouldBe(["1", "2"]);
        (await bench.RowsAsync("SELECT raw_record, status FROM corrupt_records")).ShouldBe(["x|open"]);
    }

    [Fact]
    public async Task Migration_OfALedgerWithReplacedRejects_ClosesThem()
    {
        await using var bench = await LoadBench.CreateAsync(NoKey);
        var (lost, kept) = (bench.Write("a.csv", "id\nx\ny\n"), bench.Write("b.csv", "id\n1\nz\n"));
        await bench.ExecuteAsync("DROP TRIGGER file_loaded_again ON ingest.file");
        await bench.LoadAsync(lost, kept);
        await bench.ExecuteAsync("ALTER TABLE t ALTER id TYPE text");
        await AgainAsync(bench, lost, kept);
        (await bench.RowsAsync(States)).ShouldBe(["1|open|3"]);
        await bench.ExecuteAsync("UPDATE ingest.schema_version SET checksum = 'older'");

        (await Migrations.ApplyAsync(bench.Database.DataSource, Stop)).ShouldBeTrue();

        (await bench.RowsAsync(States)).ShouldBe(["1|open|1", "1|replaced|2"]);
    }

    static async Task AgainAsync(LoadBench bench, params string[] paths)
    {
        var node = bench.Node!;
        await using var workers = new TaskFileWorkers(node, NullLoggerFactory.Instance);
        var load = new OneShotLoad(node, bench.Pipeline.Name, workers) { Again = new OperatorAct("ann", "load --again") };
        (await load.RunAsync([.. paths.Select(LoadBench.Stat)], null, Stop)).ShouldAllBe(s => s.Status == "loaded");
    }

    static string WriteAged(LoadBench bench, string name, string content, int minutesOld)
    {
        var path = bench.Write(name, content);
        File.SetLastWriteTimeUtc(path, new DateTime(2026, 11, 25, 12, 0, 0, DateTimeKind.Utc).AddMinutes(-minutesOld));
        return path;
    }
}
