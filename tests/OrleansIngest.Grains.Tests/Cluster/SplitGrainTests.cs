using Orleans.TestingHost;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;
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
        var key = new SplitKey(new NodeId(cluster.Orleans.Silos[0].Name), new FileId(7), 1, 1);
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
        var grain = cluster.Grain<ISplitGrain>(new SplitKey(new NodeId("gone-0-1"), claim.FileId, 1, 1).ToString());

        (await grain.OpenAsync(new SplitSource(claim, 1, null, DateTimeOffset.UnixEpoch, ""))).ShouldNotBeNull();
    }

    /// <summary>Nobody orders the messages of two plans.</summary>
    [Fact]
    public async Task Close_that_arrives_after_the_file_was_opened_for_the_next_plan_does_not_close_it()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 2, coordinated: false, change: Small);
        var owner = cluster.NodeOf(cluster.Orleans.Silos[0].Name);
        var workers = new LateClose(cluster, cluster.ServiceOf<GrainSplitWorkers>(owner.Id.Value).For(null, owner.Id));
        owner.Splits.Workers = workers;
        await UntilAsync(() => workers.Nodes.Count == 1);
        var loader = owner.OpenLoader(await cluster.ClaimAsync(cluster.WriteFile("a.csv", 1, 2 * Rows), owner.Id.Value));

        while (await loader.StepAsync(TimeSpan.FromMilliseconds(50), Token) == LoadStep.More)
        {
            // Goes on where it ended.
        }

        await owner.CloseAsync(loader);
        loader.Result!.Kind.ShouldBe(LoadResultKind.Loaded, $"{loader.Result.Reason}\n{cluster.Log}");
        workers.LoadedAfterClose.ShouldBeGreaterThan(0, $"the next plan was not split: nothing is proved\n{cluster.Log}");
        await cluster.EachRowOnceAsync(2 * Rows);
        await NothingIsOpenAsync(cluster);
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

    static Task NothingIsOpenAsync(IngestCluster cluster) =>
        UntilAsync(() => cluster.Orleans.Silos.All(s => cluster.NodeOf(s.Name).Splits.Open == 0));

    static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(IngestCluster.Patience);
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
    }

    /// <summary>Gives back the splits of the first plan, so that there is a second, and closes the file for the first plan only
    /// after it was opened for the second.</summary>
    sealed class LateClose(IngestCluster cluster, ISplitWorkers workers) : ISplitWorkers
    {
        readonly TaskCompletionSource<SplitResult> _back = new();
        SplitSource? _late;
        int _plan; // the first one
        int _given; // under the first plan

        public IReadOnlyList<NodeId> Nodes => workers.Nodes;

        public int LoadedAfterClose { get; private set; }

        /// <summary>Answers before it returns: meanwhile, the owner would load all of the file alone.</summary>
        public Task<string?> OpenAsync(NodeId node, SplitSource source, CancellationToken cancellationToken) =>
            Task.FromResult(Task.Run(() => OpenAndCloseAsync(node, source, cancellationToken)).GetAwaiter().GetResult());

        public Task<SplitResult> LoadAsync(
            NodeId node, SplitSource source, FileSplit split, CancellationToken cancellationToken)
        {
            if (source.Plan == _plan)
            {
                // Two of them, so that enough is left for the next plan.
                if (++_given == 2) _back.SetResult(new SplitResult(0, "given back"));
                return _back.Task;
            }

            LoadedAfterClose++;
            return workers.LoadAsync(node, source, split, cancellationToken);
        }

        public void Close(NodeId node, SplitSource source)
        {
            if (source.Plan == _plan) _late = source;
            else workers.Close(node, source);
        }

        async Task<string?> OpenAndCloseAsync(NodeId node, SplitSource source, CancellationToken cancellationToken)
        {
            if (_plan == 0) _plan = source.Plan;
            var refusal = await workers.OpenAsync(node, source, cancellationToken);
            for (var i = 0; i < 10 && refusal is not null; i++) // a busy machine takes long for the first
                refusal = await workers.OpenAsync(node, source, cancellationToken);
            if (_late is { } late)
                await cluster.Grain<ISplitGrain>(
                    new SplitKey(node, late.Claim.FileId, late.Claim.Epoch, late.Plan).ToString()).CloseAsync();
            _late = null;
            return refusal;
        }
    }
}
