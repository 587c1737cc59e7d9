using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading.Replay;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>The law of <c>ingest.open_reject</c>: it is what counting <c>corrupt_records</c> would give,
/// whoever changes that table.</summary>
public sealed class OpenRejectTests
{
    const string Table = "CREATE TABLE t (id int NOT NULL, n int CHECK (n < 100))";
    const string Counted = "SELECT pipeline, file_id, rejects FROM ingest.open_reject ORDER BY 1, 2";
    const string Real =
        "SELECT pipeline, file_id, count(*) FROM corrupt_records WHERE status = 'open' GROUP BY 1, 2 ORDER BY 1, 2";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Count_OfLoadsInBatches_IsWhatIsInTheTable()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 10);
        await bench.LoadAsync(bench.Write("a.csv", Lines(100)), bench.Write("b.csv", Lines(35)),
            bench.Write("good.csv", "id,n\n1,1\n"));

        await ShouldAgreeAsync(bench, "0,25", "1,8");
    }

    [Fact]
    public async Task Count_AfterReplay_FallsWithTheRejects()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await bench.LoadAsync(bench.Write("a.csv", "id,n\n1,1\n2,200\n3,300\nx,4\n"));
        await bench.ExecuteAsync("ALTER TABLE t DROP CONSTRAINT t_n_check");

        await new RejectReplay(bench.Database.DataSource, TimeProvider.System).RunAsync(new RejectFilter(), [bench.Pipeline],
            new OperatorAct("ann", null), Stop);

        await ShouldAgreeAsync(bench, "0,1");
    }

    [Theory]
    [InlineData("UPDATE corrupt_records SET status = 'ignored' WHERE line % 2 = 0")]
    [InlineData("UPDATE corrupt_records SET status = 'ignored'; UPDATE corrupt_records SET status = 'open' WHERE line = 5")]
    [InlineData("UPDATE corrupt_records SET detail = 'looked at'")]
    [InlineData("UPDATE corrupt_records SET pipeline = 'renamed', file_id = 77 WHERE line = 5")]
    [InlineData("DELETE FROM corrupt_records WHERE line < 20")]
    [InlineData("DELETE FROM corrupt_records")]
    [InlineData("TRUNCATE corrupt_records")]
    [InlineData("CREATE ROLE clerk; GRANT SELECT, UPDATE ON corrupt_records TO clerk; SET ROLE clerk; UPDATE corrupt_records SET "
        + "status = 'ignored' WHERE line = 5; RESET ROLE; DROP OWNED BY clerk; DROP ROLE clerk")]
    public async Task Count_AfterAHandChangesTheTable_IsWhatIsThere(string sql)
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await bench.LoadAsync(bench.Write("a.csv", Lines(100)), bench.Write("b.csv", Lines(35)));

        await bench.ExecuteAsync(sql);

        (await bench.RowsAsync(Counted)).ShouldBe(await bench.RowsAsync(Real));
    }

    [Fact]
    public async Task Folding_KeepsTheCountsInOneRowPerFile()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.BatchRecords = 10);
        await bench.LoadAsync(bench.Write("a.csv", Lines(100)), bench.Write("b.csv", Lines(35)), bench.Write("c.csv", Lines(8)));
        await bench.ExecuteAsync("UPDATE corrupt_records SET status = 'ignored' WHERE file LIKE '%/c.csv'");
        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.reject_count")).ShouldBeGreaterThan(4);

        for (var i = 0; i < 2; i++) await new RetentionLedger(bench.Database.DataSource).RunAsync(new RetentionOptions(), Stop);

        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.reject_count")).ShouldBe(2);
        await ShouldAgreeAsync(bench, "0,25", "1,8");
    }

    [Fact]
    public async Task Migration_OfALedgerWithRejects_CountsThemOnce()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await bench.LoadAsync(bench.Write("a.csv", Lines(100)));
        await bench.ExecuteAsync("DROP TABLE ingest.reject_count CASCADE; UPDATE ingest.schema_version SET checksum = 'older'");

        for (var i = 0; i < 2; i++)
        {
            (await Migrations.ApplyAsync(bench.Database.DataSource, Stop)).ShouldBeTrue();
            await ShouldAgreeAsync(bench, "0,25");
            await bench.ExecuteAsync("UPDATE ingest.schema_version SET checksum = 'older'");
        }
    }

    /// <summary>The counts agree, and are these: number of the file, rejects.</summary>
    static async Task ShouldAgreeAsync(LoadBench bench, params string[] counts)
    {
        var counted = await bench.RowsAsync(Counted);
        counted.ShouldBe(await bench.RowsAsync(Real));
        var names = await bench.RowsAsync("SELECT file_id FROM ingest.file WHERE path NOT LIKE '%good%' ORDER BY path");
        counted.Select(c => c.Split('|')).Select(c => $"{Array.IndexOf(names, c[1])},{c[2]}").Order().ShouldBe(counts);
    }

    /// <summary>Every fourth record is rejected: it is no number, or against a rule of the server.</summary>
    static string Lines(int records) =>
        "id,n\n"
            + string.Concat(Enumerable.Range(1,
                records).Select(i => i % 4 > 0 ? $"{i},1\n" : i % 8 == 0 ? "x,1\n" : $"{i},500\n"));
}
