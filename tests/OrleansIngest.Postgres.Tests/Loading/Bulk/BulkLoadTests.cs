using System.Globalization;
using System.Text;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Ledger;

namespace OrleansIngest.Postgres.Tests.Loading.Bulk;

/// <summary>Loads that drop indexes and build them again.</summary>
public sealed class BulkLoadTests
{
    const string Table =
        """
        CREATE TABLE t (id int PRIMARY KEY, code int UNIQUE, n int, note text);
        CREATE INDEX by_n ON t (n); CREATE INDEX by_note ON t (note) INCLUDE (n); CREATE INDEX odd ON t ((n + 1)) WHERE n % 2 = 1;
        """;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static string Content(int from, int rows)
    {
        var text = new StringBuilder("id,code,n,note\n");
        for (var i = from; i < from + rows; i++) text.Append(CultureInfo.InvariantCulture, $"{i},{i},{i % 10},note {i}\n");
        return text.ToString();
    }

    [Fact]
    public async Task Load_EmptyTable_HasNoPlainIndexMeanwhileAndTheSameAfterwards()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var before = await IndexPicture.OfAsync(bench);
        var node = await bench.StartNodeAsync();
        var bulk = node.CreateBulkLoad();
        var path = bench.Write("a.csv", Content(1, 1000));

        var start = await bench.BeginAsync(node, BulkPolicy.On, path);
        var meanwhile = await bench.RowsAsync(
            "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = 't'::regclass ORDER BY 1");
        (await bench.LoadOnAsync(node, [path])).Single().Status.ShouldBe("loaded");
        var end = await bulk.FinishAsync(2, Stop);

        start.Dropped!.Indexes.ShouldBe(["public.by_n", "public.by_note", "public.odd"]);
        meanwhile.ShouldBe(["t_pkey", "t_code_key"], ignoreOrder: true);
        end.Built.ShouldBe(["public.by_n", "public.by_note", "public.odd"], ignoreOrder: true);
        end.Failed.ShouldBeEmpty();
        (await IndexPicture.OfAsync(bench)).ShouldBe(before);
        (await bench.DroppedAsync()).ShouldBeEmpty();
        (await bench.RowsAsync(
            "SELECT kind, count(*) FROM ingest.history WHERE kind LIKE 'index.%' GROUP BY kind ORDER BY kind")).ShouldBe(
                ["index.built|3", "index.dropped|3"]);
    }

    /// <summary>Unique indexes keep their meaning: what they refuse is a reject, and the first row stays.</summary>
    [Fact]
    public async Task Load_Duplicates_AreRejectsAsInAppend()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv", Content(1, 500) + "7,9999,1,again\n8888,8,1,again\n");

        await bench.LoadInBulkAsync(BulkPolicy.On, path);

        (await bench.RowsAsync("SELECT count(*), max(id) FROM t")).ShouldBe(["500|500"]);
        (await bench.RowsAsync("SELECT line, reason FROM corrupt_records ORDER BY line")).ShouldBe(
            ["502|constraint", "503|constraint"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Theory]
    [InlineData(null, 1, true)]   // auto: few bytes
    [InlineData(BulkPolicy.Auto, 1, true)]
    [InlineData(BulkPolicy.Off, 1, true)]
    [InlineData(BulkPolicy.On, 60_000, false)] // the table outweighs the file
    public async Task Load_WhereItDoesNotPay_KeepsTheIndexes(BulkPolicy? policy, int rowsBefore, bool isSilent)
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await bench.ExecuteAsync(
            $"INSERT INTO t SELECT i + 1000000, i + 1000000, 1, 'x' FROM generate_series(1, {rowsBefore}) i");
        var path = bench.Write("a.csv", Content(1, 100));

        var (start, end) = await bench.LoadInBulkAsync(policy, path);

        (start.Dropped, end.Built.Count, start.WhyNot is null).ShouldBe((null, 0, isSilent));
        (await bench.RowsAsync("SELECT count(*) FROM ingest.history WHERE kind = 'index.dropped'")).ShouldBe(["0"]);
    }

    /// <summary>By itself it takes only indexes that no value can make fail, and only from a table without triggers.</summary>
    [Theory]
    [InlineData("", "public.by_n")]
    [InlineData("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER x BEFORE INSERT "
        + "ON t FOR EACH ROW EXECUTE FUNCTION f()", null)]
    [InlineData("INSERT INTO t SELECT i + 1000000, i + 1000000, 1, repeat('x', 1000) FROM generate_series(1, 3000) i", null)]
    public async Task Begin_Auto_DropsWhatIsCertainlyWorthIt(string also, string? dropped)
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        if (also.Length > 0) await bench.ExecuteAsync(also);
        var node = await bench.StartNodeAsync();
        var path = Path.Combine(bench.Folder, "large.csv");
        await using (var file = File.Create(path)) file.SetLength(17 << 20);

        var start = await bench.BeginAsync(node, null, path);

        (start.Dropped is null ? null : string.Join(", ", start.Dropped.Indexes)).ShouldBe(dropped);
        start.WhyNot.ShouldBeNull();
    }

    [Fact]
    public async Task Load_ALoadThatDiedHasDroppedThem_GoesOnAndBuildsThem()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var before = await IndexPicture.OfAsync(bench);
        var (a, b) = (bench.Write("a.csv", Content(1, 500)), bench.Write("b.csv", Content(501, 500)));
        var first = await bench.StartNodeAsync();
        await bench.BeginAsync(first, BulkPolicy.On, a, b);
        await bench.LoadOnAsync(first, [a]);
        await bench.EndNodeAsync(first);

        var (start, end) = await bench.LoadInBulkAsync(null, a, b);

        (start.Adopted, start.Dropped, end.Built.Count).ShouldBe((3, null, 3));
        (await IndexPicture.OfAsync(bench)).ShouldBe(before);
        (await bench.RowsAsync("SELECT count(*) FROM t")).ShouldBe(["1000"]);
    }

    [Fact]
    public async Task Load_AnotherLoadIsAtWork_LeavesItsIndexesToIt()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var before = await IndexPicture.OfAsync(bench);
        var (a, b) = (bench.Write("a.csv", Content(1, 500)), bench.Write("b.csv", Content(501, 500)));
        var first = await bench.StartNodeAsync();
        var bulk = first.CreateBulkLoad();
        await bench.BeginAsync(first, BulkPolicy.On, a);
        var second = await bench.StartNodeAsync();

        var start = await bench.BeginAsync(second, BulkPolicy.On, b);
        await bench.LoadOnAsync(second, [b]);
        var end = await second.CreateBulkLoad().FinishAsync(2, Stop);

        (start.Adopted, start.Dropped, end.Built.Count).ShouldBe((0, null, 0));
        (await bench.DroppedAsync()).Length.ShouldBe(3);
        await bench.LoadOnAsync(first, [a]);
        (await bulk.FinishAsync(2, Stop)).Built.Count.ShouldBe(3);
        (await IndexPicture.OfAsync(bench)).ShouldBe(before);
    }

    [Fact]
    public async Task Begin_TableOfSomebodyElse_IsLeftAlone()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await bench.ExecuteAsync(
            "CREATE ROLE bulk_guest; GRANT ALL ON t TO bulk_guest; GRANT ALL ON SCHEMA ingest TO bulk_guest; "
            + "GRANT ALL ON ALL TABLES IN SCHEMA ingest TO bulk_guest; GRANT ALL ON corrupt_records TO bulk_guest; GRANT ALL ON "
            + "ALL SEQUENCES IN SCHEMA ingest TO bulk_guest");
        try
        {
            var node = await bench.StartNodeAsync(bench.Database.ConnectionString + ";Options=-c role=bulk_guest");

            var start = await bench.BeginAsync(node, BulkPolicy.On, bench.Write("a.csv", Content(1, 10)));

            start.WhyNot.ShouldBe("the database user bulk_guest does not own it");
            await bench.EndNodeAsync(node);
        }
        finally
        {
            await bench.ExecuteAsync("DROP OWNED BY bulk_guest; DROP ROLE bulk_guest");
        }
    }
}
