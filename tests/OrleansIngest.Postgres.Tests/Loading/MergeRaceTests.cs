using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>Merges that expect new keys alone, because the merge before them met no others, and are wrong.</summary>
public sealed class MergeRaceTests
{
    const string Plain = "CREATE TABLE t (id int PRIMARY KEY, v text, n int UNIQUE)";

    const string Partitioned =
        """
        CREATE TABLE t (id int PRIMARY KEY, v text, n int) PARTITION BY RANGE (id);
        CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (3); CREATE TABLE t2 PARTITION OF t DEFAULT
        """;

    /// <summary>Whether a plain INSERT waits for another transaction.</summary>
    const string Waits =
        "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database() AND query "
            + "LIKE '%WHERE false%'";

    /// <summary>Whether any merge does.</summary>
    const string WaitsInAnyWay =
        "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";

    const string File = "id,v\n5,e\n4,d\n3,c\n2,b\n1,a\n";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>With a merge of new keys behind it.</summary>
    static async Task<LoadBench> CreateAsync(WriteMode mode, string table)
    {
        var bench = await LoadBench.CreateAsync(table, p => (p.Write, p.MaxAttempts) = (mode, 1));
        (await bench.LoadAsync(bench.Write("new.csv", "id,v\n101,x\n102,y\n"))).Single().Totals.Merged.ShouldBe(
            new MergeTotals(2, 0, 0));
        return bench;
    }

    [Theory]
    [InlineData(WriteMode.Upsert, Plain, true)]
    [InlineData(WriteMode.Upsert, Partitioned, true)]
    [InlineData(WriteMode.InsertNew, Plain, true)]
    [InlineData(WriteMode.Upsert, Plain, false)]
    public async Task Merge_KeyThatAnotherTransactionInserts_IsDecidedByItsEnd(WriteMode mode, string table, bool commits)
    {
        await using var bench = await CreateAsync(mode, table);
        await using var other = await HoldAsync(bench, 3);
        var loading = bench.LoadAsync(bench.Write("a.csv", File));
        await bench.UntilAsync("the merge waits for the key", Waits);

        await EndAsync(other, commits);

        var isUpdate = commits && mode == WriteMode.Upsert;
        var merged = !commits ? new MergeTotals(5, 0, 0) : isUpdate ? new MergeTotals(4, 1, 0) : new MergeTotals(4, 0, 1);
        (await loading).Single().Totals.ShouldBe(new FileTotals(5, 0, 0, 0, merged));
        (await bench.RowsAsync("SELECT v FROM t WHERE id < 100 ORDER BY id")).ShouldBe(
            ["a", "b", commits && !isUpdate ? "other" : "c", "d", "e"]);
    }

    /// <summary>An INSERT that was in vain is not tried again at once.</summary>
    [Fact]
    public async Task Merge_BehindOneThatMetAKey_LetsTheServerLookForConflicts()
    {
        await using var bench = await CreateAsync(WriteMode.Upsert, Plain);
        (await bench.LoadAsync(bench.Write("a.csv", "id,v\n101,again\n103,z\n"))).Single().Totals.Merged.ShouldBe(
            new MergeTotals(1, 1, 0));
        await using var other = await HoldAsync(bench, 3);
        var loading = bench.LoadAsync(bench.Write("b.csv", File));
        await bench.UntilAsync("the merge waits for the key", WaitsInAnyWay);

        (await bench.ScalarAsync<bool>(Waits)).ShouldBeFalse();

        await EndAsync(other, commits: true);
        (await loading).Single().Totals.Merged.ShouldBe(new MergeTotals(4, 1, 0));
    }

    /// <summary>Several files in one transaction, of which one has a key of the table.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Merge_ManySmallFiles_CountsEach(bool hasKey)
    {
        await using var bench = await CreateAsync(WriteMode.Upsert, Plain);
        string[] paths = [.. Enumerable.Range(0,
            40).Select(i => bench.Write($"{i}.csv", $"id,v\n{2 * i},a\n{(hasKey && i == 20 ? 101 : 2 * i + 1)},b\n"))];

        var states = await bench.LoadAsync(paths);

        states.Count(s => s.Totals.Merged == new MergeTotals(2, 0, 0)).ShouldBe(hasKey ? 39 : 40);
        states.Count(s => s.Totals.Merged == new MergeTotals(1, 1, 0)).ShouldBe(hasKey ? 1 : 0);
    }

    /// <summary>Nothing may be inserted twice because nobody looks for conflicts any more.</summary>
    [Fact]
    public async Task Merge_UniqueIndexIsGone_FailsInsteadOfInserting()
    {
        await using var bench = await LoadBench.CreateAsync(
            "CREATE TABLE t (id int, v text); CREATE UNIQUE INDEX k ON t (id)",
            p => (p.Write, p.Key, p.MaxAttempts) = (WriteMode.Upsert, ["id"], 1));
        await bench.LoadAsync(bench.Write("a.csv", "id,v\n1,a\n"));
        await bench.ExecuteAsync("DROP INDEX k");

        (await bench.LoadAsync(bench.Write("b.csv", "id,v\n2,b\n"))).Single().Reason!.ShouldContain("it has none");

        (await bench.RowsAsync("SELECT id FROM t")).ShouldBe(["1"]);
    }

    /// <summary>The other transaction holds key 5 and asks for key 1, which the merge has inserted: PostgreSQL ends one of them,
    /// and the merge is tried again.</summary>
    [Fact]
    public async Task Merge_DeadlockWithATransactionInAnotherOrder_IsTriedAgain()
    {
        await using var bench = await CreateAsync(WriteMode.Upsert, Plain);
        await using var other = await HoldAsync(bench, 5);
        var loading = bench.LoadAsync(bench.Write("a.csv", File));
        await bench.UntilAsync("the merge waits for the key", Waits);
        await using var crossing = new NpgsqlCommand(
            "INSERT INTO t VALUES (1, 'other') ON CONFLICT (id) DO UPDATE SET v = 'other'", other);
        try
        {
            await crossing.ExecuteNonQueryAsync(Stop);
            await EndAsync(other, commits: true);
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.DeadlockDetected)
        {
            await EndAsync(other, commits: false);
        }

        (await loading).Single().Totals.Loaded.ShouldBe(5);
        (await bench.RowsAsync("SELECT v FROM t WHERE id < 100 ORDER BY id")).ShouldBe(["a", "b", "c", "d", "e"]);
    }

    [Fact]
    public async Task Merge_NewKeyWhoseRowViolatesAnotherUniqueIndex_IsARejectAndTheOthersLoad()
    {
        await using var bench = await CreateAsync(WriteMode.Upsert, Plain);
        await bench.ExecuteAsync("INSERT INTO t VALUES (1, 'old', 10), (2, 'old', 20)");

        var states = await bench.LoadAsync(bench.Write("a.csv", "id,v,n\n1,a,10\n3,b,20\n4,c,40\n5,d,50\n6,e,60\n"));

        states.Single().Totals.ShouldBe(new FileTotals(4, 1, 0, 0, new MergeTotals(3, 1, 0)));
        (await bench.RowsAsync("SELECT line, reason FROM corrupt_records")).ShouldBe(["3|constraint"]);
        (await bench.RowsAsync("SELECT id, v FROM t WHERE id < 100 ORDER BY id")).ShouldBe(["1|a", "2|old", "4|c", "5|d", "6|e"]);
    }

    static async Task<NpgsqlConnection> HoldAsync(LoadBench bench, int id)
    {
        var other = new NpgsqlConnection(bench.Database.ConnectionString);
        await other.OpenAsync(Stop);
        await using var insert = new NpgsqlCommand($"BEGIN; INSERT INTO t VALUES ({id}, 'other')", other);
        await insert.ExecuteNonQueryAsync(Stop);
        return other;
    }

    static async Task EndAsync(NpgsqlConnection other, bool commits)
    {
        await using var end = new NpgsqlCommand(commits ? "COMMIT" : "ROLLBACK", other);
        await end.ExecuteNonQueryAsync(Stop);
    }
}
