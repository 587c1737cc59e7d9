using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>Rows whose keys are in the table already: <c>write: upsert</c> and <c>insertNew</c>.</summary>
public sealed class MergeTests
{
    const string Table = "CREATE TABLE t (id int PRIMARY KEY, v text, n int CHECK (n >= 0), p point, at timestamptz)";

    static Task<LoadBench> UpsertAsync(string table = Table, Action<PipelineOptions>? change = null) => LoadBench.CreateAsync(table, pipeline =>
    {
        pipeline.Write = WriteMode.Upsert;
        pipeline.Key = ["id"];
        change?.Invoke(pipeline);
    });

    [Theory]
    [InlineData(2)]
    [InlineData(1000)]
    public async Task Upsert_KeysInTheTableAndTwiceInTheFile_LastRecordWins(int batchRecords)
    {
        await using var bench = await UpsertAsync(change: p => p.BatchRecords = batchRecords);
        await bench.ExecuteAsync("INSERT INTO t VALUES (1, 'old', 1, '(1,2)'), (2, 'old', 2), (3, 'old', 3)");

        var states = await bench.LoadAsync(bench.Write("a.csv", "id,v,n\n1,a,10\n4,b,40\n2,c,20\n4,d,41\n1,e,11\n"));

        states.Single().Totals.ShouldBe(new FileTotals(5, 0, 0));
        (await bench.RowsAsync("SELECT id, v, n FROM t ORDER BY id")).ShouldBe(["1|e|11", "2|c|20", "3|old|3", "4|d|41"]);
        (await bench.RowsAsync("SELECT p FROM t WHERE id = 1")).Single().ShouldContain("1"); // what the file does not fill stays
    }

    [Fact]
    public async Task InsertNew_KeysInTheTableAndTwiceInTheFile_FirstStays()
    {
        await using var bench = await UpsertAsync(change: p => (p.Write, p.BatchRecords) = (WriteMode.InsertNew, 2));
        await bench.ExecuteAsync("INSERT INTO t VALUES (1, 'old', 1)");

        await bench.LoadAsync(bench.Write("a.csv", "id,v,n\n1,a,10\n4,b,40\n2,c,20\n4,d,41\n1,e,11\n"));

        (await bench.RowsAsync("SELECT id, v, n FROM t ORDER BY id")).ShouldBe(["1|old|1", "2|c|20", "4|b|40"]);
    }

    [Fact]
    public async Task Upsert_RowsThatTheServerRefuses_AreRejectsAndTheOthersAreMergedInOrder()
    {
        await using var bench = await UpsertAsync();
        await bench.ExecuteAsync("INSERT INTO t VALUES (1, 'old', 1)");

        var states = await bench.LoadAsync(bench.Write("a.csv", "id,v,n\n1,a,10\n1,b,-1\n2,c,5\n2,d,-5\n2,e,6\n3,f,-6\n,g,1\n"));

        states.Single().Totals.ShouldBe(new FileTotals(3, 4, 0));
        (await bench.RowsAsync("SELECT id, v, n FROM t ORDER BY id")).ShouldBe(["1|a|10", "2|e|6"]);
        (await bench.RowsAsync("SELECT line, reason, column_name FROM corrupt_records ORDER BY line"))
            .ShouldBe(["3|constraint|NULL", "5|constraint|NULL", "7|constraint|NULL", "8|missing_value|id"]);
    }

    [Fact]
    public async Task Upsert_OnlyIfNewer_KeepsTheNewerRowWhateverTheOrder()
    {
        await using var bench = await UpsertAsync(change: p => (p.OnlyIfNewer, p.BatchRecords) = ("at", 2));
        await bench.ExecuteAsync("INSERT INTO t VALUES (1, 'old', 1, NULL, '2025-01-05Z'), (2, 'old', 2, NULL, NULL)");

        await bench.LoadAsync(bench.Write(
            "a.csv", "id,v,at\n1,a,2025-01-04Z\n2,b,2025-01-01Z\n3,c,2025-01-03Z\n3,d,2025-01-02Z\n1,e,2025-01-06Z\n1,f,2025-01-05Z\n"));

        (await bench.RowsAsync("SELECT id, v FROM t ORDER BY id")).ShouldBe(["1|e", "2|b", "3|c"]);
    }

    [Fact]
    public async Task Upsert_UpdateColumns_AreTheOnlyOnesThatChange()
    {
        await using var bench = await UpsertAsync(change: p => p.UpdateColumns = ["n"]);
        await bench.ExecuteAsync("INSERT INTO t VALUES (1, 'old', 1)");

        await bench.LoadAsync(bench.Write("a.csv", "id,v,n\n1,a,10\n2,b,20\n"));

        (await bench.RowsAsync("SELECT id, v, n FROM t ORDER BY id")).ShouldBe(["1|old|10", "2|b|20"]);
    }

    [Fact]
    public async Task Upsert_RowsThatDoNotChange_AreNotWritten()
    {
        await using var bench = await UpsertAsync(change: p => p.Metadata = new Dictionary<string, string> { ["at"] = "{now}" });
        var path = bench.Write("a.csv", "id,v,n\n1,a,1\n2,b,2\n");
        await bench.LoadAsync(path);
        var before = await bench.RowsAsync("SELECT ctid, at FROM t ORDER BY id");

        await bench.LoadAsync(bench.Write("b.csv", "id,v,n\n1,a,1\n2,b,3\n"));

        var after = await bench.RowsAsync("SELECT ctid, at FROM t ORDER BY id");
        (after[0] == before[0], after[1] == before[1]).ShouldBe((true, false));
    }

    [Theory]
    [InlineData("CREATE TABLE t (id int, v text, n int, at timestamptz)", "unique index or primary key over exactly (id)")]
    [InlineData("CREATE TABLE t (id int, v text, n int, at timestamptz, UNIQUE (id, v))", "unique index or primary key over exactly (id)")]
    [InlineData("CREATE TABLE t (k int PRIMARY KEY, v text)", "has no column \"id\"")]
    public async Task Upsert_TableWithoutTheKey_FailsWithWhatToDo(string table, string expected)
    {
        await using var bench = await UpsertAsync(table);

        var states = await bench.LoadAsync(bench.Write("a.csv", "id,v\n1,a\n"));

        states.Single().Reason!.ShouldContain(expected);
    }

    [Fact]
    public async Task Upsert_PartitionedTable_IsMerged()
    {
        await using var bench = await UpsertAsync(
            "CREATE TABLE t (id int PRIMARY KEY, v text) PARTITION BY RANGE (id); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10)");
        await bench.ExecuteAsync("INSERT INTO t VALUES (1, 'old')");

        var states = await bench.LoadAsync(bench.Write("a.csv", "id,v\n1,a\n2,b\n20,c\n"));

        states.Single().Totals.ShouldBe(new FileTotals(2, 1, 0));
        (await bench.RowsAsync("SELECT id, v FROM t ORDER BY id")).ShouldBe(["1|a", "2|b"]);
    }

    /// <summary>Random files against a model, with kills of claims in between, into one table.</summary>
    [Theory]
    [InlineData(WriteMode.Upsert, 11)]
    [InlineData(WriteMode.InsertNew, 12)]
    public async Task Merge_RandomFiles_EqualsTheModel(WriteMode mode, int seed)
    {
        var random = new Random(seed);
        await using var bench = await UpsertAsync(change: p => (p.Write, p.BatchRecords, p.Lanes) = (mode, 7, 4));
        var model = new SortedDictionary<int, string>();
        for (var file = 0; file < 30; file++)
        {
            var records = Enumerable.Range(0, random.Next(1, 60)).Select(i => (Id: random.Next(40), V: $"{file}-{i}", N: random.Next(-1, 12))).ToList();
            foreach (var (id, v, _) in records.Where(r => r.N >= 0))
            {
                if (mode == WriteMode.Upsert) model[id] = v;
                else model.TryAdd(id, v);
            }

            var text = "id,v,n\n" + string.Concat(records.Select(r => $"{r.Id},{r.V},{r.N}\n"));
            await bench.LoadAsync(bench.Write($"{file}.csv", text));
        }

        (await bench.RowsAsync("SELECT id, v FROM t ORDER BY id")).ShouldBe([.. model.Select(m => $"{m.Key}|{m.Value}")]);
    }
}
