using Orleans.Runtime;
using Orleans.Runtime.Placement;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;

namespace OrleansIngest.Grains.Tests.Cluster;

/// <summary>One file, and whatever can happen to its worker. The test is the coordinator.</summary>
public sealed class FileGrainTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Claim_handed_over_on_its_owners_silo_is_loaded_and_the_grain_goes_away()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 2, coordinated: false);
        var silo = cluster.Orleans.Silos[1];
        var claim = await cluster.ClaimAsync(cluster.WriteFile("a.csv", 1, 1000), silo.Name);
        var grain = cluster.Grain<IFileGrain>(claim.FileId.ToString());
        await cluster.CloseGateAsync();

        (await StartAsync(cluster, silo.Name, claim)).ShouldBe(StartOutcome.Accepted);
        await cluster.SomebodyAtGateAsync(silo.Name);
        cluster.Orleans.GetSiloForAddress(silo.SiloAddress).ShouldNotBeNull();
        (await grain.GetStatusAsync()).ShouldSatisfyAllConditions(
            s => s.Node.ShouldBe(silo.Name), s => s.IsLoading.ShouldBeTrue(), s => s.Epoch.ShouldBe(1));
        var gone = cluster.Orleans.WaitForDeactivationAsync(grain);
        await cluster.OpenGateAsync();

        await cluster.LoadedAsync(1);
        await gone.WaitAsync(IngestCluster.Patience, Token);
        await cluster.EachRowOnceAsync(1000);
    }

    [Fact]
    public async Task Same_claim_again_is_accepted_and_changes_nothing()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 1, coordinated: false);
        var silo = cluster.Orleans.Silos[0].Name;
        var claim = await cluster.ClaimAsync(cluster.WriteFile("a.csv", 1, 1000), silo);
        await cluster.CloseGateAsync();
        await StartAsync(cluster, silo, claim);
        await cluster.SomebodyAtGateAsync(silo);

        (await StartAsync(cluster, silo, claim)).ShouldBe(StartOutcome.Accepted);
        cluster.NodeOf(silo).Active.Count.ShouldBe(1);
        await cluster.OpenGateAsync();

        await cluster.LoadedAsync(1);
        await cluster.EachRowOnceAsync(1000);
    }

    [Fact]
    public async Task Claim_of_a_warm_up_is_refused_as_stale_and_its_grain_goes_away()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 1, coordinated: false);
        var silo = cluster.Orleans.Silos[0].Name;
        var claim = WarmUp.ClaimOf(new NodeId(silo));
        var gone = cluster.Orleans.WaitForDeactivationAsync(cluster.Grain<IFileGrain>(claim.FileId.ToString()));

        (await StartAsync(cluster, silo, claim)).ShouldBe(StartOutcome.Stale);

        await gone.WaitAsync(IngestCluster.Patience, Token);
        cluster.NodeOf(silo).Active.ShouldBeEmpty();
    }

    [Fact]
    public async Task Claim_older_than_the_ledgers_is_refused_as_stale()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 1, coordinated: false);
        var silo = cluster.Orleans.Silos[0].Name;
        var old = await cluster.ClaimAsync(cluster.WriteFile("a.csv", 1, 10), silo);
        await cluster.ExecuteAsync("UPDATE ingest.file SET status = 'ready'");
        var newer = (await cluster.NodeOf(silo).Files.ClaimAsync(IngestCluster.PipelineName, new NodeId(silo), 1, null,
            Token)).Single();

        (await StartAsync(cluster, silo, old)).ShouldBe(StartOutcome.Stale);
        (await StartAsync(cluster, silo, newer)).ShouldBe(StartOutcome.Accepted);

        await cluster.LoadedAsync(1);
        await cluster.EachRowOnceAsync(10);
    }

    [Fact]
    public async Task Newer_claim_takes_the_place_of_the_one_in_work_and_each_row_is_there_once()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 1, coordinated: false);
        var silo = cluster.Orleans.Silos[0].Name;
        var first = await cluster.ClaimAsync(cluster.WriteFile("a.csv", 1, 1000), silo);
        await cluster.CloseGateAsync();
        await StartAsync(cluster, silo, first);
        await cluster.SomebodyAtGateAsync(silo);
        // A batch that waits in its transaction holds the file's row; the claim has to go through all
        // the same, as after the loss of a node.
        await cluster.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = "
                + "'Lock' AND application_name LIKE 'ingest/%'");
        await cluster.UntilAsync("the file can be claimed again", "UPDATE ingest.file SET status = 'ready' RETURNING true");
        var second = (await cluster.NodeOf(silo).Files.ClaimAsync(IngestCluster.PipelineName, new NodeId(silo), 1, null,
            Token)).Single();

        (await StartAsync(cluster, silo, second)).ShouldBe(StartOutcome.Accepted);
        await cluster.OpenGateAsync();

        await cluster.LoadedAsync(1);
        await cluster.EachRowOnceAsync(1000);
        (await cluster.ScalarAsync<int>("SELECT epoch FROM ingest.file")).ShouldBe(2);
    }

    [Fact]
    public async Task Claim_of_another_node_is_refused()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 2, coordinated: false);
        var (here, there) = (cluster.Orleans.Silos[0].Name, cluster.Orleans.Silos[1].Name);
        var claim = await cluster.ClaimAsync(cluster.WriteFile("a.csv", 1, 10), there);

        (await StartAsync(cluster, here, claim)).ShouldBe(StartOutcome.Elsewhere);

        (await cluster.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(0);
    }

    [Fact]
    public async Task Two_workers_with_two_epochs_at_once_load_each_row_once()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 2, coordinated: false);
        var (first, second) = (cluster.Orleans.Silos[0].Name, cluster.Orleans.Silos[1].Name);
        var old = await cluster.ClaimAsync(cluster.WriteFile("a.csv", 1, 1000), first);
        await using var stale = cluster.NodeOf(first).OpenLoader(old);
        await cluster.ExecuteAsync("UPDATE ingest.file SET status = 'ready'");
        var claim = (await cluster.NodeOf(second).Files.ClaimAsync(IngestCluster.PipelineName, new NodeId(second), 1, null,
            Token)).Single();

        // As when the directory has lost sight of the first activation: the old worker does not know, and both write.
        var zombie = Task.Run(async () =>
        {
            while (await stale.StepAsync(TimeSpan.FromSeconds(1), Token) == LoadStep.More) { }
        }, Token);
        await StartAsync(cluster, second, claim);
        await zombie;

        stale.Result.ShouldNotBeNull().Kind.ShouldBe(LoadResultKind.Fenced);
        await cluster.LoadedAsync(1);
        await cluster.EachRowOnceAsync(1000);
        (await cluster.ScalarAsync<bool>("SELECT bool_and(epoch = 2) FROM ingest.batch")).ShouldBeTrue();
    }

    [Fact]
    public async Task Failure_that_nobody_thought_of_is_counted_and_shown()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 1, coordinated: false);
        var silo = cluster.Orleans.Silos[0].Name;
        var claim = await cluster.ClaimAsync(cluster.WriteFile("a.csv", 1, 10), silo);

        await StartAsync(cluster, silo, claim with { File = claim.File with { Path = "no\0path" } });

        await cluster.UntilAsync("the file has failed", "SELECT status = 'failed' FROM ingest.file");
        (await cluster.ScalarAsync<int>("SELECT attempts FROM ingest.file")).ShouldBe(1);
        (await cluster.ScalarAsync<string>("SELECT error FROM ingest.file")).ShouldContain("bug");
    }

    [Fact]
    public async Task Checkpoint_of_an_idle_file_is_read_from_the_ledger()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 1, coordinated: false);
        var silo = cluster.Orleans.Silos[0].Name;
        var claim = await cluster.ClaimAsync(cluster.WriteFile("a.csv", 1, 1000), silo);
        await StartAsync(cluster, silo, claim);
        await cluster.LoadedAsync(1);

        // Asked until the activation that loaded the file is gone, and another one has read its checkpoint.
        FileWork work;
        do
        {
            work = await cluster.Grain<IFileGrain>(claim.FileId.ToString()).GetStatusAsync();
        }
        while (work.IsLoading);

        work.CommittedBytes.ShouldBe(claim.File.Size);
        work.Epoch.ShouldBe(1);
    }

    [Fact]
    public async Task Silo_that_stops_in_mid_file_hands_it_back_with_what_is_committed()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 2, coordinated: false);
        var silo = cluster.Orleans.Silos[1];
        var claim = await cluster.ClaimAsync(cluster.WriteFile("a.csv", 1, 100_000), silo.Name);
        await cluster.CloseGateAsync();
        await StartAsync(cluster, silo.Name, claim);
        await cluster.SomebodyAtGateAsync(silo.Name);
        var stopping = cluster.Orleans.StopSiloAsync(silo);
        await cluster.UntilAsync("the node drains", "SELECT state <> 'alive' FROM ingest.node WHERE node = '" + silo.Name + "'");
        await cluster.OpenGateAsync();
        await stopping;

        // Either the rest was committed in the drain, or the file waits for another silo; it
        // never stays with the one that is gone.
        (await cluster.ScalarAsync<string>("SELECT status FROM ingest.file")).ShouldBeOneOf("ready", "loaded");
        (await cluster.ScalarAsync<int>("SELECT attempts FROM ingest.file")).ShouldBe(0);
        (await cluster.ScalarAsync<bool>(
            "SELECT count(*) = count(DISTINCT id) AND count(*) = (SELECT sum(rows_loaded) FROM "
                + "ingest.batch) FROM t")).ShouldBeTrue();
    }

    /// <summary>Says where the activation has to be if there is none yet.</summary>
    static async Task<StartOutcome> StartAsync(IngestCluster cluster, string silo, FileClaim claim)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, cluster.Silo(silo).SiloAddress);
        return await cluster.Grain<IFileGrain>(claim.FileId.ToString()).StartAsync(claim);
    }
}
