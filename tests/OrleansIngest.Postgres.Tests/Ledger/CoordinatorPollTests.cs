using CsCheck;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>The poll leaves out statements of a round; none of them may have found something.</summary>
public sealed class CoordinatorPollTests
{
    static readonly NodeId Self = new("me");
    static readonly string[] Statuses = ["discovered", "ready", "loading", "loaded", "failed", "quarantined", "ignored",
        "vanished"];
    static readonly string[] States = ["alive", "draining", "left", "dead"];
    static readonly string[] Due = ["NULL", "now() - interval '1 h'", "now() + interval '1 h'"];

    static readonly Gen<(int Status, int Due, int Owner, int Deaths)[]> Files =
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 2]).Array[0, 3];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_RandomLedger_NoStatementThatIsLeftOutFindsAnything()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        await bench.StartNodeAsync();
        await bench.ExecuteAsync(
            "SELECT pg_sleep(greatest(0, 5.1 - extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())))");
        var (poll, nodes) = (new CoordinatorPoll(bench.Database.DataSource), new NodeLedger(bench.Database.DataSource));
        var files = bench.Node!.Files;
        var found = new HashSet<string>();
        var quiet = 0;

        await Gen.Select(Files, Gen.Int[0, 3], Gen.Bool, Gen.Bool).SampleAsync(
            async (some, state, isSilent, canDeclareDead) =>
            {
                await PrepareAsync(bench, some, state, isSilent);
                var needs = await poll.AskAsync("test", Self, canDeclareDead, lists: true, Stop);
                // In the order of a round: each statement may make work for the next.
                var dead = (await nodes.ReapNodesAsync(Self, canDeclareDead, Stop)).Count > 0;
                needs.HasDeadNodes.ShouldBe(dead);
                var freed = (await nodes.FreeFilesAsync(Stop)).Count > 0;
                if (freed) (needs.HasDeadNodes || needs.HasOrphans).ShouldBeTrue();
                var overdue = (await files.OverdueAsync("test", [], Stop)).Count > 0;
                if (overdue) needs.HasUnsettled.ShouldBeTrue();
                var claimed = (await files.ClaimAsync("test", Self, 8, null, Stop)).Count > 0;
                if (claimed) (needs.HasDue || needs.HasDeadNodes || needs.HasOrphans).ShouldBeTrue();
                foreach (var (what, isFound) in new[] { ("dead", dead), ("freed", freed), ("overdue", overdue),
                    ("claimed", claimed) })
                {
                    if (isFound) found.Add(what);
                }

                if (!needs.HasDeadNodes && !needs.HasOrphans && !needs.HasUnsettled && !needs.HasDue) quiet++;
            },
            iter: 150, threads: 1);

        found.Order().ShouldBe(["claimed", "dead", "freed", "overdue"]);
        quiet.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Ask_OrdersAndRivals_SaysThem()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        await bench.StartNodeAsync();
        var poll = new CoordinatorPoll(bench.Database.DataSource);
        (await poll.AskAsync("none", Self, true, true, Stop)).Orders.ShouldBeNull();

        var before = await poll.AskAsync("test", Self, true, true, Stop);
        before.Orders.ShouldBe(PipelineOrders.None);
        before.HasRivals.ShouldBeFalse();

        await new PipelineLedger(bench.Database.DataSource).SetPausedAsync("test", true, "ann", null, Stop);
        await bench.ExecuteAsync("INSERT INTO ingest.pipeline (name, config, coordinated_at) VALUES ('other', '{}', now())");
        var after = await poll.AskAsync("test", Self, true, true, Stop);
        after.Orders!.Paused.ShouldBeTrue();
        after.HasRivals.ShouldBeTrue();
    }

    [Fact]
    public async Task Ask_RoundThatDoesNotList_DoesNotAskForUnsettledFiles()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        await bench.StartNodeAsync();
        await bench.ExecuteAsync(
            "INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status) "
            + "VALUES ('test', '/in/a', 1, 1, 0, 0, 'discovered'), ('test', '/in/b', 1, 1, 0, 0, 'ready')");
        var poll = new CoordinatorPoll(bench.Database.DataSource);
        (await poll.AskAsync("test", Self, true, lists: true, Stop)).HasUnsettled.ShouldBeTrue();
        var needs = await poll.AskAsync("test", Self, true, lists: false, Stop);
        needs.HasUnsettled.ShouldBeFalse();
        needs.HasDue.ShouldBeTrue();
    }

    static Task PrepareAsync(
        LoadBench bench, (int Status, int Due, int Owner, int Deaths)[] files, int state, bool isSilent) => bench.ExecuteAsync(
        $"""
        DELETE FROM ingest.file; DELETE FROM ingest.node WHERE node IN ('me', 'it');
        INSERT INTO ingest.node (node, kind, host, pid, version, cores, memory_bytes, lanes, capacity, state, lock_key,
            heartbeat_at)
        VALUES ('me', 'silo', 'h', 1, '1', 1, 1, 1, 8, 'alive', 1, now()),
            ('it', 'silo', 'h', 2, '1', 1, 1, 1, 8, '{States[state]}', 2, now() - interval '{(isSilent ? 60 : 0)} s');
        {string.Concat(files.Select((f, i) =>
            $"""
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, epoch, owner_node, claimed_at,
                next_attempt_at, owner_deaths)
            VALUES ('test', '/in/{i}', 1, {i}, 0, 0, '{Statuses[f.Status]}', 1, '{(f.Owner % 2 == 0 ? "me" : "it")}', now(),
                {Due[f.Due]}, {f.Deaths});
            """))}
        """);
}
