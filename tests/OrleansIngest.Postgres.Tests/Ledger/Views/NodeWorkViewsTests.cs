using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger.Views;

/// <summary>What one node did.</summary>
public sealed class NodeWorkViewsTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Describe_NodeThatLoadedFiles_SumsUpItsWorkAlone()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int NOT NULL)", p => p.BatchRecords = 1);
        var (first, second) = (await bench.StartNodeAsync(), await bench.StartNodeAsync());
        await bench.LoadOnAsync(first, [bench.Write("a.csv", "id\n1\n2\nx\n"), bench.Write("b.csv", "id\n4\n")]);
        await bench.LoadOnAsync(second, [bench.Write("c.csv", "id\n5\n")]);

        var work = (await new NodeWorkViews(bench.Database.DataSource).DescribeAsync(first.Id.Value, Stop))!;

        work.Files.Select(f => (Path.GetFileName(f.Path), f.Status, f.Batches, f.RowsLoaded, f.RowsRejected)).Order()
            .ShouldBe([("a.csv", "loaded", 3L, 2L, 1L), ("b.csv", "loaded", 1L, 1L, 0L)]);
        (work.Series.Rows.Sum(), work.Series.Rejected.Sum(), work.Series.Batches.Sum(), work.Series.Files.Sum()).ShouldBe(
            (3, 1, 4, 2));
        work.Series.T.Length.ShouldBe(120);
        work.Series.T.Zip(work.Series.T.Skip(1)).ShouldAllBe(pair => pair.Second - pair.First == 60);
        work.Events.ShouldAllBe(e => e.Node == first.Id.Value);
        (await new NodeWorkViews(bench.Database.DataSource).DescribeAsync("nobody", Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task Describe_NodeThatEndedLongAgo_HasItsEventsAndItsFiles()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int NOT NULL)");
        var node = await bench.StartNodeAsync();
        await bench.LoadOnAsync(node, [bench.Write("a.csv", "id\n1\n")]);
        await bench.EndNodeAsync(node);
        await bench.ExecuteAsync(
            """
            UPDATE ingest.node SET started_at = started_at - interval '9 d', heartbeat_at = heartbeat_at - interval '9 d',
                left_at = left_at - interval '9 d';
            UPDATE ingest.batch SET committed_at = committed_at - interval '9 d';
            UPDATE ingest.throughput SET bucket = bucket - interval '9 d';
            INSERT INTO ingest.history (kind, node) SELECT 'node.dead', node FROM ingest.node
            """);

        var work = (await new NodeWorkViews(bench.Database.DataSource).DescribeAsync(node.Id.Value, Stop))!;

        work.Node.State.ShouldBe("left");
        work.Files.ShouldHaveSingleItem().RowsLoaded.ShouldBe(1);
        work.Series.Rows.Sum().ShouldBe(1, "the two hours before its end");
        work.Events.ShouldHaveSingleItem().Kind.ShouldBe("node.dead");
    }

    [Fact]
    public async Task Heartbeat_SaysHowManySlotsLanesAndBytesAreTaken()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int NOT NULL)");
        var node = await bench.StartNodeAsync();

        await bench.UntilAsync("the node has sent a heartbeat", "SELECT parsers IS NOT NULL FROM ingest.node");

        var row = (await new NodeViews(bench.Database.DataSource).FindAsync(node.Id.Value, Stop))!;
        (row.Parsers, row.BusyParsers, row.BusyLanes, row.BatchMemoryUsedBytes).ShouldBe((Environment.ProcessorCount, 0, 0, 0L));
        row.BatchMemoryLimitBytes!.Value.ShouldBeGreaterThan(0);
    }
}
