using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Postgres.Tests.Loading.Routing;

/// <summary><c>createTable</c>: the first file makes the table of its pipeline.</summary>
public sealed class CreateTableTests
{
    static Task<LoadBench> BenchAsync(Action<PipelineOptions>? more = null) => LoadBench.CreateAsync("CREATE SCHEMA staging", p =>
    {
        (p.CreateTable, p.MaxAttempts, p.Table) = (true, 1, "staging.orders");
        more?.Invoke(p);
    });

    const string Columns =
        "SELECT string_agg(attname || ' ' || format_type(atttypid, -1), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = "
            + "'staging.orders'::regclass AND attnum > 0";

    [Fact]
    public async Task FirstFile_MakesTheTableAndSaysSo()
    {
        await using var bench = await BenchAsync(p => p.Metadata = new Dictionary<string, string> { ["src"] = "{fileId}" });

        var first = await bench.LoadAsync(bench.Write("a.csv", "Order ID,price,at\n1,2.50,2024-01-01T00:00:00Z\n2,,\n"));
        var second = await bench.LoadAsync(bench.Write("b.csv", "at,Order ID,price\n2024-01-02T00:00:00Z,3,1\n"));

        (first.Single().Status, second.Single().Status).ShouldBe(("loaded", "loaded"),
            first.Single().Reason + second.Single().Reason);
        (await bench.RowsAsync(Columns)).ShouldBe(["order_id bigint, price numeric, at timestamp with time zone, src bigint"]);
        (await bench.RowsAsync(
            "SELECT order_id, price, src IN (SELECT file_id FROM ingest.file) FROM staging.orders ORDER BY 1")).ShouldBe(
                ["1|2.50|True", "2|NULL|True", "3|1|True"]);
        (await bench.RowsAsync(
            "SELECT h.detail, f.path LIKE '%a.csv' FROM ingest.history h JOIN ingest.file f USING (file_id) WHERE kind = "
                + "'table.created'"))
            .ShouldBe(["created staging.orders (order_id bigint, price numeric, at timestamptz, src bigint)|True"]);
        (await bench.RowsAsync("SELECT count(target) FROM ingest.file")).ShouldBe(["0"]);
    }

    [Theory]
    [InlineData("id,name\n", "it has no record")]
    [InlineData("id;name\n1;a\n", "The delimiter looks like ';'")]
    [InlineData("id,name\n1,\"a\n", "none of 1 sampled record")]
    public async Task FileThatCannotBeJudged_IsQuarantinedAndTheNextOneMakesTheTable(string content, string why)
    {
        await using var bench = await BenchAsync(p => p.Csv.Quotes = QuoteReading.Strict);

        var odd = (await bench.LoadAsync(bench.Write("odd.csv", content))).Single();
        var good = (await bench.LoadAsync(bench.Write("good.csv", "id,name\n1,a\n"))).Single();

        odd.Status.ShouldBe("quarantined");
        odd.Reason!.ShouldContain("table staging.orders does not exist and cannot be created from this file");
        odd.Reason!.ShouldContain(why);
        good.Status.ShouldBe("loaded", good.Reason);
        (await bench.RowsAsync("SELECT id, name FROM staging.orders")).ShouldBe(["1|a"]);
    }

    [Fact]
    public async Task HeaderAlone_RetriedWhenTheTableIsThere_IsLoaded()
    {
        await using var bench = await BenchAsync();
        var path = bench.Write("odd.csv", "id,name\n");
        var odd = (await bench.LoadAsync(path)).Single();
        await bench.LoadAsync(bench.Write("good.csv", "id,name\n1,a\n"));

        await new OperatorLedger(bench.Database.DataSource).ApplyAsync(FileVerb.Retry, odd.FileId, new OperatorAct("ann"),
            TestContext.Current.CancellationToken);
        var retried = (await bench.LoadAsync(path)).Single();

        retried.Status.ShouldBe("loaded", retried.Reason);
    }

    [Fact]
    public async Task EmptyFile_MakesNothing()
    {
        await using var bench = await BenchAsync();

        var empty = (await bench.LoadAsync(bench.Write("empty.csv", ""))).Single();

        empty.Status.ShouldBe("loaded", empty.Reason);
        (await bench.ScalarAsync<bool>("SELECT to_regclass('staging.orders') IS NULL")).ShouldBeTrue();
    }

    [Fact]
    public async Task Merge_MakesTheKeyThePrimaryKey()
    {
        await using var bench = await BenchAsync(p => (p.Write, p.Key) = (WriteMode.Upsert, ["id"]));

        await bench.LoadAsync(bench.Write("a.csv", "id,name\n1,a\n2,b\n"));
        var second = (await bench.LoadAsync(bench.Write("b.csv", "id,name\n2,c\n3,d\n"))).Single();

        second.Status.ShouldBe("loaded", second.Reason);
        (await bench.RowsAsync("SELECT id, name FROM staging.orders ORDER BY id")).ShouldBe(["1|a", "2|c", "3|d"]);
    }

    [Fact]
    public async Task RuleOnAColumnThatTheFileLacks_MakesNoTable()
    {
        await using var bench = await BenchAsync(p => p.Rules = [new RequiredRule { Column = "customer" }]);

        var file = (await bench.LoadAsync(bench.Write("a.csv", "id\n1\n"))).Single();

        file.Status.ShouldBe("quarantined");
        file.Reason!.ShouldContain("this file has no column customer, which a rule refers to");
        (await bench.ScalarAsync<bool>("SELECT to_regclass('staging.orders') IS NULL")).ShouldBeTrue();
    }

    [Fact]
    public async Task SchemaThatDoesNotExist_IsNotTheFilesFault()
    {
        await using var bench = await BenchAsync(p => (p.Table, p.MaxAttempts) = ("nowhere.orders", 5));

        var file = (await bench.LoadAsync(bench.Write("a.csv", "id\n1\n"))).Single();

        file.Status.ShouldBe("failed");
        file.Reason!.ShouldContain(
            "Table nowhere.orders does not exist, and cannot be created: schema \"nowhere\" does not exist");
    }

    [Fact]
    public async Task TableDroppedInMidFile_IsNotMadeAnewForTheRest()
    {
        await using var bench = await BenchAsync(p => p.BatchRecords = 1);
        var path = bench.Write("a.csv", "id\n1\n2\n3\n");
        await bench.LoadAsync(path);
        await bench.ExecuteAsync(
            "DELETE FROM ingest.batch WHERE start_offset > 4; UPDATE ingest.file SET status = 'ready'; DROP TABLE "
                + "staging.orders");

        var rest = (await bench.LoadAsync(path)).Single();

        rest.Status.ShouldBe("quarantined");
        rest.Reason!.ShouldContain("does not exist");
        (await bench.ScalarAsync<bool>("SELECT to_regclass('staging.orders') IS NULL")).ShouldBeTrue();
    }

    [Fact]
    public async Task Stage_OfATableThatIsMade_Works()
    {
        await using var bench = await BenchAsync(p => p.WholeFile = true);

        var file = (await bench.LoadAsync(bench.Write("a.csv", "id\n1\n2\n"))).Single();

        file.Status.ShouldBe("loaded", file.Reason);
        (await bench.RowsAsync("SELECT id FROM staging.orders ORDER BY id")).ShouldBe(["1", "2"]);
    }

    /// <summary>Nobody fails, nobody makes it twice, each row is there once: whoever comes first.</summary>
    [Fact]
    public async Task ManyNodesAtOnce_MakeEachTableOnce()
    {
        const int Nodes = 4, Rounds = 12, Files = 3;
        await using var bench = await BenchAsync();
        for (var i = 0; i < Nodes; i++) await bench.StartNodeAsync();
        for (var round = 0; round < Rounds; round++)
        {
            await bench.ExecuteAsync("DROP TABLE IF EXISTS staging.orders");
            var paths = Enumerable.Range(0, Nodes * Files).Select(
                i => bench.Write($"r{round}-{i}.csv", $"id,node\n{i},{i / Files}\n")).Chunk(Files).ToArray();

            var states = await Task.WhenAll(bench.Nodes.Select((node, i) => LoadOnAsync(node, paths[i])));

            states.SelectMany(s => s).ShouldAllBe(s => s.Status == "loaded");
            (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM staging.orders")).ShouldBe(
                [$"{Nodes * Files}|{Nodes * Files}"]);
            (await bench.RowsAsync("SELECT count(*) FROM ingest.history WHERE kind = 'table.created'")).ShouldBe(
                [$"{round + 1}"]);
        }
    }

    internal static async Task<IReadOnlyList<FileState>> LoadOnAsync(IngestNode node, string[] paths)
    {
        await using var workers = new TaskFileWorkers(node, NullLoggerFactory.Instance);
        return await new OneShotLoad(node, "test", workers).RunAsync([.. paths.Select(LoadBench.Stat)], null,
            TestContext.Current.CancellationToken);
    }
}
