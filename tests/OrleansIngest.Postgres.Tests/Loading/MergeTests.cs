using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading.Replay;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>Records whose keys are in the table already: <c>write: upsert</c> and <c>insertNew</c>.</summary>
public sealed class MergeTests
{
    const string Table = "CREATE TABLE t (id int PRIMARY KEY, v text, n int CHECK (n >= 0), p point, at timestamptz)";

    static Task<LoadBench> UpsertAsync(string table = Table, Action<PipelineOptions>? change = null) =>
        LoadBench.CreateAsync(table, pipeline =>
    {
        pipeline.Write = WriteMode.Upsert;
        (pipeline.MaxAttempts, pipeline.RetryInitialDelay) = (1, TimeSpan.FromMilliseconds(1));
        change?.Invoke(pipeline);
    });

    [Theory]
    [InlineData(2)]
    [InlineData(1000)]
    public async Task Upsert_KeysInTheTableAndTwiceInTheFile_LastRecordWins(int batchRecords)
    {
        await using var bench = await UpsertAsync(change: p => p.BatchRecords = batchRecords);
        await bench.ExecuteAsync("INSERT INTO t VALUES (1, 'old', 1, '(1,2)'), (2, 'old', 2, NULL), (3, 'old', 3, NULL)");

        var states = await bench.LoadAsync(bench.Write("a.csv", "id,v,n\n1,a,10\n4,b,40\n2,c,20\n4,d,41\n1,e,11\n"));

        // Two records of a batch with one key are one change; of two batches, two.
        states.Single().Totals.ShouldBe(new FileTotals(5, 0, 0, 0,
            batchRecords == 2 ? new MergeTotals(1, 4, 0) : new MergeTotals(1, 2, 2)));
        (await bench.RowsAsync("SELECT id, v, n FROM t ORDER BY id")).ShouldBe(["1|e|11", "2|c|20", "3|old|3", "4|d|41"]);
        (await bench.ScalarAsync<bool>("SELECT p ~= '(1,2)' FROM t WHERE id = 1")).ShouldBeTrue(
            "what the file does not fill stays");
        (await bench.RowsAsync(
            "SELECT rows_loaded - rows_inserted - rows_updated - rows_unchanged FROM ingest.batch")).ShouldAllBe(
                rest => rest == "0");
    }

    [Fact]
    public async Task InsertNew_KeysInTheTableAndTwiceInTheFile_FirstStays()
    {
        await using var bench = await UpsertAsync(change: p => (p.Write, p.BatchRecords) = (WriteMode.InsertNew, 2));
        await bench.ExecuteAsync("INSERT INTO t VALUES (1, 'old', 1)");

        var states = await bench.LoadAsync(bench.Write("a.csv", "id,v,n\n1,a,10\n4,b,40\n2,c,20\n4,d,41\n1,e,11\n"));

        states.Single().Totals.ShouldBe(new FileTotals(5, 0, 0, 0, new MergeTotals(2, 0, 3)));
        (await bench.RowsAsync("SELECT id, v, n FROM t ORDER BY id")).ShouldBe(["1|old|1", "2|c|20", "4|b|40"]);
    }

    [Fact]
    public async Task Upsert_RowsThatTheServerRefuses_AreRejectsAndTheOthersAreMergedInOrder()
    {
        await using var bench = await UpsertAsync();
        await bench.ExecuteAsync("INSERT INTO t VALUES (1, 'old', 1)");

        var states = await bench.LoadAsync(bench.Write("a.csv", "id,v,n\n1,a,10\n1,b,-1\n2,c,5\n3,f,-6\n,g,1\n2,e,6\n2,h,-1\n"));

        states.Single().Totals.ShouldBe(new FileTotals(3, 4, 0, 0, new MergeTotals(1, 2, 0)));
        (await bench.RowsAsync("SELECT id, v, n FROM t ORDER BY id")).ShouldBe(["1|a|10", "2|e|6"]);
        (await bench.RowsAsync("SELECT line, reason, column_name, raw_record FROM corrupt_records ORDER BY line"))
            .ShouldBe(["3|constraint|NULL|1,b,-1", "5|constraint|NULL|3,f,-6", "6|missing_value|id|,g,1",
                "8|constraint|NULL|2,h,-1"]);
    }

    /// <summary>The server converts the first record's time, so its row comes behind the others in the batch.</summary>
    [Theory]
    [InlineData(WriteMode.Upsert, "c")]
    [InlineData(WriteMode.InsertNew, "a")]
    public async Task Merge_RecordThatWaitsForTheServer_KeepsItsPlaceInTheFile(WriteMode mode, string expected)
    {
        await using var bench = await UpsertAsync(change: p => p.Write = mode);

        await bench.LoadAsync(bench.Write("a.csv",
            "id,v,at\n1,a,\"1 February 2025, 10:00 UTC\"\n1,b,2025-01-02 10:00Z\n1,c,2025-01-03 10:00Z\n"));

        (await bench.RowsAsync("SELECT v FROM t")).ShouldBe([expected]);
    }

    [Fact]
    public async Task Upsert_OnlyIfNewer_KeepsTheNewerRowWhateverTheOrder()
    {
        await using var bench = await UpsertAsync(change: p => (p.OnlyIfNewer, p.BatchRecords) = ("at", 2));
        await bench.ExecuteAsync("INSERT INTO t VALUES (1, 'old', 1, NULL, '2025-01-05Z'), (2, 'old', 2, NULL, NULL)");

        var states = await bench.LoadAsync(bench.Write(
            "a.csv",
            "id,v,at\n1,a,2025-01-04Z\n2,b,2025-01-01Z\n3,c,2025-01-03Z\n3,d,2025-01-02Z\n1,e,2025-01-06Z\n1,f,2025-01-05Z\n"));

        states.Single().Totals.Merged.ShouldBe(new MergeTotals(1, 2, 3));
        (await bench.RowsAsync("SELECT id, v FROM t ORDER BY id")).ShouldBe(["1|e", "2|b", "3|c"]);
    }

    [Fact]
    public async Task Upsert_UpdateColumns_AreTheOnlyOnesThatChange()
    {
        await using var bench = await UpsertAsync(change: p => p.UpdateColumns = ["n"]);
        await bench.ExecuteAsync("INSERT INTO t VALUES (1, 'old', 1)");

        await bench.LoadAsync(bench.Write("a.csv", "id,v,n\n1,a,10\n2,b,20\n2,c,21\n"));

        (await bench.RowsAsync("SELECT id, v, n FROM t ORDER BY id")).ShouldBe(["1|old|10", "2|b|21"]);
    }

    [Fact]
    public async Task Upsert_RowsThatDoNotChange_AreNotWritten()
    {
        await using var bench = await UpsertAsync(
            "CREATE TABLE t (id int PRIMARY KEY, v text, j json, at timestamptz)",
            p => p.Metadata = new Dictionary<string, string> { ["at"] = "{now}" });
        await bench.LoadAsync(bench.Write("a.csv", "id,v,j\n1,a,[1]\n2,b,[2]\n"));
        var before = await bench.RowsAsync("SELECT ctid::text, at FROM t ORDER BY id");

        var states = await bench.LoadAsync(bench.Write("b.csv", "id,v,j\n1,a,[1]\n2,b,[3]\n"));

        states.Single().Totals.Merged.ShouldBe(new MergeTotals(0, 1, 1));
        var after = await bench.RowsAsync("SELECT ctid::text, at FROM t ORDER BY id");
        (after[0] == before[0], after[1] == before[1]).ShouldBe((true, false));
    }

    /// <summary>Several files share a transaction, and one statement; each has its own counts.</summary>
    [Fact]
    public async Task Upsert_ManySmallFilesOfTheSameKeys_CountsEachFile()
    {
        await using var bench = await UpsertAsync(change: p => p.Lanes = 1);
        string[] paths = [.. Enumerable.Range(0, 60).Select(i => bench.Write($"{i}.csv", $"id,v\n1,{i}\n{100 + i},{i}\n"))];

        var states = await bench.LoadAsync(paths);

        states.ShouldAllBe(s => s.Status == "loaded" && s.Totals.Loaded == 2);
        states.Sum(s => s.Totals.Merged!.Value.Inserted).ShouldBe(61);
        states.ShouldAllBe(
            s => s.Totals.Merged!.Value.Inserted + s.Totals.Merged!.Value.Updated + s.Totals.Merged!.Value.Unchanged == 2);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t WHERE id >= 100 AND v = (id - 100)::text")).ShouldBe(60);
        (await bench.ScalarAsync<string>("SELECT v FROM t WHERE id = 1")).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(WriteMode.Upsert)]
    [InlineData(WriteMode.InsertNew)]
    public async Task Merge_PartitionedTable_CountsAndRejects(WriteMode mode)
    {
        await using var bench = await UpsertAsync(
            """
            CREATE TABLE t (id int PRIMARY KEY, v text) PARTITION BY RANGE (id);
            CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10); CREATE TABLE t2 (gone int, v text, id int NOT NULL);
            ALTER TABLE t2 DROP COLUMN gone; ALTER TABLE t ATTACH PARTITION t2 FOR VALUES FROM (10) TO (20)
            """, p => p.Write = mode);
        await bench.ExecuteAsync("INSERT INTO t VALUES (1, 'old'), (3, 'same'), (12, 'old')");

        var states = await bench.LoadAsync(bench.Write("a.csv", "id,v\n1,a\n2,b\n3,same\n11,d\n12,e\n20,c\n"));

        var isUpsert = mode == WriteMode.Upsert;
        states.Single().Totals.ShouldBe(new FileTotals(5, 1, 0, 0,
            isUpsert ? new MergeTotals(2, 2, 1) : new MergeTotals(2, 0, 3)));
        (await bench.RowsAsync("SELECT id, v FROM t ORDER BY id")).ShouldBe(
            ["1|" + (isUpsert ? "a" : "old"), "2|b", "3|same", "11|d", "12|" + (isUpsert ? "e" : "old")]);
        (await bench.RowsAsync("SELECT line FROM corrupt_records")).ShouldBe(["7"]);
    }

    /// <summary>A trigger discards new rows with v = 'drop', and updates to 'keep'.</summary>
    [Theory]
    [InlineData(WriteMode.Upsert, "", false)]
    [InlineData(WriteMode.Upsert, "PARTITION BY LIST (id)", false)]
    [InlineData(WriteMode.InsertNew, "", false)]
    [InlineData(WriteMode.Upsert, "", true)]
    [InlineData(WriteMode.Upsert, "PARTITION BY LIST (id)", true)]
    public async Task Merge_TriggerThatDiscardsRows_CountsThemAsSuppressed(WriteMode mode, string partitions, bool withBadRow)
    {
        await using var bench = await UpsertAsync(
            $$"""
            CREATE TABLE t (id int PRIMARY KEY, v text CHECK (v <> 'bad')) {{partitions}};
            {{(partitions.Length > 0 ? "CREATE TABLE t1 PARTITION OF t DEFAULT;" : "")}}
            CREATE FUNCTION judge() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN
                IF NEW.v = 'drop' OR (TG_OP = 'UPDATE' AND NEW.v = 'keep') THEN RETURN NULL; END IF; RETURN NEW; END $f$;
            CREATE TRIGGER judge BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION judge()
            """, p => p.Write = mode);
        await bench.ExecuteAsync("INSERT INTO t VALUES (1, 'old'), (2, 'old'), (6, 'old')");

        var states = await bench.LoadAsync(bench.Write("a.csv",
            $"id,v\n1,a\n2,keep\n3,b\n4,drop\n5,keep\n6,drop\n{(withBadRow ? "7,bad\n" : "")}"));

        var merged = mode == WriteMode.Upsert ? new MergeTotals(2, 1, 2) : new MergeTotals(2, 0, 3);
        states.Single().Totals.ShouldBe(new FileTotals(5, withBadRow ? 1 : 0, 1, 1, merged));
        (await bench.RowsAsync("SELECT id, v FROM t ORDER BY id"))
            .ShouldBe([mode == WriteMode.Upsert ? "1|a" : "1|old", "2|old", "3|b", "5|keep", "6|old"]);
    }

    [Theory]
    [InlineData("id", "CREATE TABLE t (id int, v text, n int)", "on exactly (\"id\"): it has none")]
    [InlineData("id", "CREATE TABLE t (id int, v text, n int, UNIQUE (id, v))", "on exactly (\"id\"): it has none")]
    [InlineData("id", "CREATE TABLE t (id int, v text); CREATE UNIQUE INDEX part ON t (id) WHERE v <> ''",
        "part is partial: WHERE (v <> ''::text)")]
    [InlineData("id", "CREATE TABLE t (id int UNIQUE DEFERRABLE, v text)", "t_id_key is deferrable")]
    [InlineData("id", "CREATE TABLE t (k int PRIMARY KEY, v text)", "has no column \"id\"")]
    [InlineData("", "CREATE TABLE t (id int UNIQUE, v text)", "has no primary key")]
    [InlineData("", "CREATE TABLE t1 (id int PRIMARY KEY, v text); CREATE VIEW t AS SELECT * FROM t1",
        "it is a view, not a table")]
    [InlineData("", "CREATE TABLE t (id int PRIMARY KEY, v text); CREATE RULE r AS ON DELETE TO t DO ALSO NOTHING",
        "must have no rules")]
    public async Task Upsert_TableThatCannotBeMergedInto_FailsWithWhatToDo(string key, string table, string expected)
    {
        await using var bench = await UpsertAsync(table, p => p.Key = key.Length == 0 ? [] : [key]);

        var states = await bench.LoadAsync(bench.Write("a.csv", "id,v\n1,a\n"));

        states.Single().Reason!.ShouldContain(expected);
    }

    [Fact]
    public async Task Upsert_KeyOfSeveralColumnsInAnotherOrder_IsFound()
    {
        await using var bench = await UpsertAsync(
            "CREATE TABLE t (a int, b text, v text); CREATE UNIQUE INDEX ON t (b, a) INCLUDE (v)", p => p.Key = ["a", "b"]);

        await bench.LoadAsync(bench.Write("a.csv", "a,b,v\n1,x,1\n1,y,2\n2,x,3\n1,x,4\n,x,5\n"));

        (await bench.RowsAsync("SELECT a, b, v FROM t ORDER BY a, b")).ShouldBe(["1|x|4", "1|y|2", "2|x|3"]);
        (await bench.RowsAsync("SELECT line, reason, column_name FROM corrupt_records")).ShouldBe(["6|missing_value|a"]);
    }

    [Fact]
    public async Task Upsert_FileWithoutTheKey_IsQuarantinedWithTheReason()
    {
        await using var bench = await UpsertAsync("CREATE TABLE t (id int PRIMARY KEY DEFAULT 7, v text)");

        var state = (await bench.LoadAsync(bench.Write("a.csv", "v\na\n"))).Single();

        state.Status.ShouldBe("quarantined");
        state.Reason!.ShouldContain(
            "no field for column \"id\" of public.t, which is a part of the key in write: upsert; it has: v");
    }

    [Fact]
    public async Task Upsert_IndexIsDroppedAndMadeAgain_FailsAndThenLoads()
    {
        await using var bench = await UpsertAsync("CREATE TABLE t (id int, v text); CREATE UNIQUE INDEX k ON t (id)",
            p => p.Key = ["id"]);
        await bench.LoadAsync(bench.Write("a.csv", "id,v\n1,a\n"));
        await bench.ExecuteAsync("DROP INDEX k");

        var failed = (await bench.LoadAsync(bench.Write("b.csv", "id,v\n1,b\n"))).Single();
        await bench.ExecuteAsync("CREATE UNIQUE INDEX k ON t (id); ALTER TABLE t ALTER v TYPE varchar(3), ADD n int");
        var loaded = (await bench.LoadAsync(bench.Write("c.csv", "id,v\n1,c\n2,long\n"))).Single();

        failed.Reason!.ShouldContain("needs a unique index or primary key of public.t on exactly (\"id\"): it has none");
        loaded.Totals.ShouldBe(new FileTotals(1, 1, 0, 0, new MergeTotals(0, 1, 0)));
        (await bench.RowsAsync("SELECT id, v FROM t")).ShouldBe(["1|c"]);
    }

    /// <summary>What a row was before its update is not kept, so taking the row out would lose
    /// what another file brought.</summary>
    [Fact]
    public async Task Upsert_UndoOfAFile_IsRefusedWhereItUpdatedRows()
    {
        await using var bench = await UpsertAsync(
            "CREATE TABLE t (id int PRIMARY KEY, v text, src bigint)",
            p => p.Metadata = new Dictionary<string, string> { ["src"] = "{fileId}" });
        await bench.LoadAsync(bench.Write("a.csv", "id,v\n1,a\n"));
        var updating = (await bench.LoadAsync(bench.Write("b.csv", "id,v\n1,b\n2,b\n"))).Single();
        var inserting = (await bench.LoadAsync(bench.Write("c.csv", "id,v\n3,c\n"))).Single();
        var undo = new UndoLedger(bench.Database.DataSource);

        var refused = await undo.UndoAsync(updating.FileId, [bench.Pipeline], new OperatorAct("ann", null), isTrial: false,
            TestContext.Current.CancellationToken);
        var done = await undo.UndoAsync(inserting.FileId, [bench.Pipeline], new OperatorAct("ann", null), isTrial: false,
            TestContext.Current.CancellationToken);

        refused.Outcome.ShouldBe(VerbOutcome.Refused);
        refused.Message.ShouldContain("it updated 1 row of the table");
        done.Outcome.ShouldBe(VerbOutcome.Done);
        (await bench.RowsAsync("SELECT id, v FROM t ORDER BY id")).ShouldBe(["1|b", "2|b"]);
    }

    [Fact]
    public async Task Upsert_ReplayOfRejects_MergesThemToo()
    {
        await using var bench = await UpsertAsync();
        await bench.LoadAsync(bench.Write("a.csv", "id,v,n\n1,a,1\n1,b,-1\n2,c,-1\n"));
        await bench.ExecuteAsync("UPDATE corrupt_records SET raw_record = replace(raw_record, '-1', '5'), raw_bytes = NULL");

        var result = await new RejectReplay(bench.Database.DataSource, TimeProvider.System)
            .RunAsync(new RejectFilter(), [bench.Pipeline], new OperatorAct("ann", null), TestContext.Current.CancellationToken);

        result.ShouldBe(new RejectReplayResult(2, 0));
        (await bench.RowsAsync("SELECT id, v, n FROM t ORDER BY id")).ShouldBe(["1|b|5", "2|c|5"]);
    }
}
