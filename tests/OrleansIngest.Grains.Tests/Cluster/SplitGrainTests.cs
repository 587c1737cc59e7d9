using Orleans.TestingHost;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Splits;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Positions;

namespace OrleansIngest.Grains.Tests.Cluster;

/// <summary>A large file that several silos load.</summary>
public sealed class SplitGrainTests
{
    const int Rows = 400_000;
    const string CommittedByOthers =
        "SELECT count(DISTINCT b.node) FROM ingest.batch b JOIN ingest.file f USING (file_id) WHERE b.node <> f.owner_node";

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Large_file_is_loaded_by_all_silos_and_each_row_is_there_once()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 3, change: Small);

        var files = 0;
        while (await cluster.ScalarAsync<long>(CommittedByOthers) == 0)
        {
            files.ShouldBeLessThan(50, $"nobody helps\n{cluster.Log}");
            cluster.WriteFile($"{files}.csv", files++ * Rows + 1, Rows);
            await cluster.LoadedAsync(files);
        }

        (await cluster.ScalarAsync<int>("SELECT max(epoch) FROM ingest.file")).ShouldBe(1, cluster.Log);
        await cluster.EachRowOnceAsync(files * Rows);
        await NothingIsOpenAsync(cluster);
    }

    [Fact]
    public async Task Silo_killed_while_it_helps_is_replaced_by_the_next_claim()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 2, change: Small);
        var (_, helper, files) = await HelpedAsync(cluster);

        cluster.ProxyOf(helper.Name).Cut(); // its node lives on in this process: the ledger must not take it for alive
        await cluster.Orleans.KillSiloAsync(helper);

        await cluster.LoadedAsync(files);
        await cluster.EachRowOnceAsync(files * Rows);
    }

    [Fact]
    public async Task Owner_killed_while_it_is_helped_loses_the_file_to_the_helper()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 2, change: Small);
        var (owner, _, files) = await HelpedAsync(cluster);

        await cluster.Orleans.KillSiloAsync(owner);
        await cluster.NodeOf(owner.Name).DisposeAsync(); // its lock, as if the process were gone

        await cluster.LoadedAsync(files);
        await cluster.EachRowOnceAsync(files * Rows);
    }

    [Fact]
    public async Task Silo_stopped_while_it_helps_gives_its_splits_back()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 2, change: Small);
        var (_, helper, files) = await HelpedAsync(cluster);

        await cluster.Orleans.StopSiloAsync(helper);

        await cluster.LoadedAsync(files);
        await cluster.EachRowOnceAsync(files * Rows);
        (await cluster.ScalarAsync<int>("SELECT max(attempts) FROM ingest.file")).ShouldBe(0, "a hand-over is no failure");
    }

    [Fact]
    public async Task Grain_that_does_not_know_a_split_says_so()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 1, coordinated: false);
        var key = new SplitKey(new NodeId(cluster.Orleans.Silos[0].Name), new FileId(7), 1);
        var grain = cluster.Grain<ISplitGrain>(key.ToString());

        (await grain.WaitAsync(100)).State.ShouldBe(SplitState.Unknown);
        await Should.ThrowAsync<InvalidOperationException>(
            () => grain.StartAsync(new FileSplit(0, new RecordPosition(1, 1), 10, new RecordPosition(2, 2), 20)));
    }

    [Fact]
    public async Task Grain_on_another_silo_than_it_is_meant_for_refuses()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 1, coordinated: false);
        var claim = await cluster.ClaimAsync(cluster.WriteFile("a.csv", 1, 10), cluster.Orleans.Silos[0].Name);
        var grain = cluster.Grain<ISplitGrain>(new SplitKey(new NodeId("gone-0-1"), claim.FileId, 1).ToString());

        (await grain.OpenAsync(new SplitSource(claim, null, DateTimeOffset.UnixEpoch, ""))).ShouldNotBeNull();
    }

    static void Small(PipelineOptions pipeline) => (pipeline.BatchBytes, pipeline.BatchRecords) = (64 << 10, 50_000);

    /// <summary>Brings files until a silo has committed a part of one for the other silo: a silo that has just joined may refuse
    /// the first.</summary>
    static async Task<(InProcessSiloHandle Owner, InProcessSiloHandle Helper, int Files)> HelpedAsync(IngestCluster cluster)
    {
        var files = 0;
        for (var answer = "bring"; answer != "helped"; answer = await cluster.ScalarAsync<string>(
            $"""
            SELECT CASE WHEN EXISTS (SELECT FROM ingest.batch b JOIN ingest.file f USING (file_id)
                WHERE b.node <> f.owner_node AND f.status = 'loading') THEN 'helped'
                WHEN (SELECT count(*) FROM ingest.file WHERE status = 'loaded') = {files} THEN 'bring' ELSE 'wait' END
            """))
        {
            if (answer == "bring") cluster.WriteFile($"{files}.csv", files++ * Rows + 1, Rows);
            files.ShouldBeLessThan(50, $"nobody helps\n{cluster.Log}");
        }

        var owner = await cluster.ScalarAsync<string>("SELECT owner_node FROM ingest.file WHERE status = 'loading' UNION ALL "
            + "SELECT owner_node FROM (SELECT owner_node FROM ingest.file ORDER BY file_id DESC LIMIT 1) f LIMIT 1");
        return (cluster.Orleans.Silos.Single(s => s.Name == owner), cluster.Orleans.Silos.Single(s => s.Name != owner), files);
    }

    static async Task NothingIsOpenAsync(IngestCluster cluster)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(IngestCluster.Patience);
        while (cluster.Orleans.Silos.Any(s => cluster.NodeOf(s.Name).Splits.Open > 0))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
    }
}
