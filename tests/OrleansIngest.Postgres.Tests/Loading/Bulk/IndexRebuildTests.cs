using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Bulk;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Postgres.Tests.Loading.Bulk;

/// <summary>Indexes that cannot be built again, or need not be: nothing is lost silently.</summary>
public sealed class IndexRebuildTests
{
    const string Table = "CREATE TABLE t (id int, note text); CREATE INDEX by_id ON t (id); CREATE INDEX by_note ON t (note)";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static DroppedIndexLedger LedgerOf(LoadBench bench) => new(bench.Database.DataSource);

    /// <summary>Drops the indexes, and ends the load that did it.</summary>
    static async Task<string> DroppedByAFormerLoadAsync(LoadBench bench, string content = "id,note\n1,a\n")
    {
        var path = bench.Write("a.csv", content);
        var node = await bench.StartNodeAsync();
        (await bench.BeginAsync(node, BulkPolicy.On, path)).Dropped.ShouldNotBeNull();
        await bench.EndNodeAsync(node);
        return path;
    }

    [Fact]
    public async Task Finish_AValueIsTooLarge_SaysSoAndBuildsItOnceTheRowIsGone()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var before = await IndexPicture.OfAsync(bench);
        var random = new Random(1);
        var note = string.Concat(Enumerable.Range(0, 6000).Select(_ => (char)('a' + random.Next(26)))); // does not compress
        var path = bench.Write("a.csv", $"id,note\n1,{note}\n2,b\n");

        var (_, end) = await bench.LoadInBulkAsync(BulkPolicy.On, path);

        var failed = end.Failed.ShouldHaveSingleItem();
        (failed.Index, failed.Table).ShouldBe(("public.by_note", "public.t"));
        failed.Reason.ShouldContain("exceeds btree");
        var index = (await LedgerOf(bench).ListAsync(Stop)).ShouldHaveSingleItem();
        (index.Attempts, index.Error).ShouldBe((1, failed.Reason));
        index.Sentence.ShouldStartWith("index public.by_note of public.t could not be rebuilt (attempt 1): ");
        (await bench.RowsAsync("SELECT count(*) FROM t")).ShouldBe(["2"]);

        await bench.EndNodeAsync(bench.Node!);
        // and again, at the next start
        (await bench.LoadInBulkAsync(null, path)).End.Failed.Single().Index.ShouldBe("public.by_note");
        await bench.ExecuteAsync("UPDATE t SET note = left(note, 100) WHERE id = 1");
        await bench.EndNodeAsync(bench.Node!);
        (await bench.LoadInBulkAsync(null, path)).End.Built.ShouldBe(["public.by_note"]);
        (await IndexPicture.OfAsync(bench)).ShouldBe(before);
    }

    [Fact]
    public async Task Finish_TableWasDropped_ForgetsItsIndexes()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        await DroppedByAFormerLoadAsync(bench);
        await bench.ExecuteAsync("DROP TABLE t; CREATE TABLE u (id int)");
        bench.Pipeline.Table = "public.u";

        var (_, end) = await bench.LoadInBulkAsync(null, bench.Write("u.csv", "id\n1\n"));

        (end.Built.Count, end.Failed.Count).ShouldBe((0, 0));
        (await bench.DroppedAsync()).ShouldBeEmpty();
        (await bench.RowsAsync("SELECT count(*) FROM ingest.history WHERE kind = 'index.gone'")).ShouldBe(["2"]);
    }

    [Theory]
    [InlineData("ALTER TABLE t RENAME TO t_old; CREATE TABLE t (id int, note text)", "table public.t is called public.t_old now")]
    [InlineData("CREATE INDEX by_id ON t (note, id); CREATE INDEX by_note ON t (id, note)",
        "exists and is not the index that was dropped")]
    public async Task Finish_TheTableIsAnother_KeepsTheDefinitionsAndSaysWhy(string change, string reason)
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = await DroppedByAFormerLoadAsync(bench);
        await bench.ExecuteAsync(change);

        var (_, end) = await bench.LoadInBulkAsync(null, path);

        end.Failed.Count.ShouldBe(2);
        end.Failed.ShouldAllBe(f => f.Reason.Contains(reason));
        (await bench.DroppedAsync()).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Finish_SomebodyHasBuiltOneByHand_IsContent()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var before = await IndexPicture.OfAsync(bench);
        var path = await DroppedByAFormerLoadAsync(bench);
        await bench.ExecuteAsync("CREATE INDEX by_id ON t (id)");

        await bench.LoadInBulkAsync(null, path);

        (await bench.DroppedAsync()).ShouldBeEmpty();
        (await IndexPicture.OfAsync(bench)).ShouldBe(before);
    }

    /// <summary>Each index is built by one of them: a second would find that it exists, and fail.</summary>
    [Fact]
    public async Task Run_SeveralNodesAtOnce_BuildEachIndexOnce()
    {
        await using var bench = await LoadBench.CreateAsync(
            "CREATE TABLE t (id int, note text);"
                + string.Concat(Enumerable.Range(0, 12).Select(i => $"CREATE INDEX i{i} ON t (id, (id % {i + 2}));")));
        var before = await IndexPicture.OfAsync(bench);
        await DroppedByAFormerLoadAsync(bench);
        await bench.ExecuteAsync("INSERT INTO t SELECT i, 'x' FROM generate_series(1, 5000) i");
        var nodes = new[] { await bench.StartNodeAsync(), await bench.StartNodeAsync(), await bench.StartNodeAsync() };

        var reports = await Task.WhenAll(nodes.Select(n => n.CreateBulkLoad().FinishAsync(2, Stop)));

        reports.SelectMany(r => r.Failed).ShouldBeEmpty();
        reports.SelectMany(r => r.Built).ShouldBe(Enumerable.Range(0, 12).Select(i => $"public.i{i}"), ignoreOrder: true);
        (await IndexPicture.OfAsync(bench)).ShouldBe(before);
    }

    /// <summary>Of a pipeline under <c>up</c>: the files that it had when the indexes were dropped are awaited, and no others; a
    /// pause, or silos that are gone, end the wait.</summary>
    [Theory]
    [InlineData("", true)]
    [InlineData("UPDATE ingest.file SET status = 'loaded'", false)]
    [InlineData("UPDATE ingest.pipeline SET paused = true", false)]
    [InlineData("UPDATE ingest.pipeline SET coordinated_at = now() - interval '1 min'", false)]
    public async Task Look_Backlog_IsAwaitedWhileSilosLoadIt(string change, bool isAwaited)
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.Bulk = BulkPolicy.On);
        var node = await bench.StartNodeAsync();
        var path = bench.Write("large.csv", new byte[17 << 20]);
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, Stop);
        await bench.ExecuteAsync("UPDATE ingest.pipeline SET coordinated_at = now()");

        var backlog = new BacklogBulk(bench.Pipeline, bench.Database.DataSource, TimeProvider.System, NullLogger.Instance);
        (await backlog.CheckAsync(Stop)).ShouldBeTrue();
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(bench.Write("later.csv", "id,note\n"))], "ready", null, Stop);
        if (change.Length > 0) await bench.ExecuteAsync(change.Replace("= 'loaded'", "= 'loaded' WHERE path LIKE '%large%'",
            StringComparison.Ordinal));

        (await LedgerOf(bench).ListAsync(Stop)).Select(i => i.IsAwaited).ShouldBe([isAwaited, isAwaited]);
        // A coordinator that asks is there: it does not hand out files while indexes are built.
        (await backlog.CheckAsync(Stop)).ShouldBe(isAwaited || change.Contains("coordinated_at", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(BulkPolicy.Off, 17 << 20)]
    [InlineData(BulkPolicy.On, 15 << 20)]
    public async Task Look_FewBytesOrNotAsked_KeepsTheIndexes(BulkPolicy policy, int bytes)
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.Bulk = policy);
        var node = await bench.StartNodeAsync();
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(bench.Write("a.csv", new byte[bytes]))], "ready", null, Stop);

        var backlog = new BacklogBulk(bench.Pipeline, bench.Database.DataSource, TimeProvider.System, NullLogger.Instance);
        (await backlog.CheckAsync(Stop)).ShouldBeTrue();

        (await bench.DroppedAsync()).ShouldBeEmpty();
    }
}
