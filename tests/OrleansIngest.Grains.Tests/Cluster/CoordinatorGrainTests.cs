using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Grains.Tests.Cluster;

/// <summary>The whole of it: files appear in a folder, silos come and go.</summary>
public sealed class CoordinatorGrainTests
{
    [Fact]
    public async Task Many_files_are_spread_over_both_silos_and_loaded_once()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 2);
        // All at once, so that they have to be divided.
        await cluster.Coordinator.PauseAsync("the test");
        for (var i = 0; i < 100; i++) cluster.WriteFile($"{i}.csv", 1000 + 10 * i, 10);
        await cluster.UntilAsync("all files wait", "SELECT count(*) = 100 FROM ingest.file WHERE status = 'ready'");

        await cluster.Coordinator.ResumeAsync("the test");
        await cluster.LoadedAsync(100);

        (await cluster.ScalarAsync<string>("SELECT concat_ws('|', count(*), count(DISTINCT id)) FROM t")).ShouldBe("1000|1000");
        (await cluster.ScalarAsync<long>("SELECT count(DISTINCT owner_node) FROM ingest.file")).ShouldBe(2);
        await cluster.UntilAsync("the coordinator has said how long it lists and claims",
            "SELECT count(*) = 1 FROM ingest.pipeline WHERE list_ms > 0 AND claim_ms > 0");
    }

    [Fact]
    public async Task Files_that_come_one_by_one_go_to_both_silos()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 2);
        await cluster.UntilAsync("both silos live",
            "SELECT count(*) = 2 FROM ingest.node WHERE kind = 'silo' AND state = 'alive'");

        for (var i = 0; i < 6; i++)
        {
            cluster.WriteFile($"{i}.csv", 1 + 10 * i, 10);
            await cluster.LoadedAsync(i + 1);
        }

        (await cluster.ScalarAsync<long>("SELECT count(DISTINCT owner_node) FROM ingest.file")).ShouldBe(2);
    }

    [Fact]
    public async Task File_of_a_killed_silo_is_finished_by_another_and_each_row_is_there_once()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 2);
        await cluster.CloseGateAsync();
        cluster.WriteFile("a.csv", 1, 1000);
        await cluster.UntilAsync("the file is in work", "SELECT count(*) = 1 FROM ingest.file WHERE status = 'loading'");
        var lost = await cluster.ScalarAsync<string>("SELECT owner_node FROM ingest.file");
        await cluster.SomebodyAtGateAsync(lost);

        cluster.ProxyOf(lost).Cut();
        await cluster.Orleans.KillSiloAsync(cluster.Silo(lost));
        await cluster.UntilAsync("the file is claimed again", "SELECT epoch >= 2 FROM ingest.file");
        await cluster.OpenGateAsync();

        await cluster.LoadedAsync(1);
        await cluster.EachRowOnceAsync(1000);
        (await cluster.ScalarAsync<string>("SELECT owner_node FROM ingest.file")).ShouldNotBe(lost);
        // The second claim arrived, although Orleans still had the file's grain on the lost silo when it was made.
        (await cluster.ScalarAsync<int>("SELECT epoch FROM ingest.file")).ShouldBe(2, cluster.Log);
    }

    [Fact]
    public async Task Silo_that_lost_the_database_and_finds_it_again_commits_nothing_of_a_file_that_others_took()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 2);
        await cluster.CloseGateAsync();
        cluster.WriteFile("a.csv", 1, 1000);
        await cluster.UntilAsync("the file is in work", "SELECT count(*) = 1 FROM ingest.file WHERE status = 'loading'");
        var lost = await cluster.ScalarAsync<string>("SELECT owner_node FROM ingest.file");
        await cluster.SomebodyAtGateAsync(lost);

        // The silo lives on in the cluster, and may even have the coordinator: only the database is out of its reach.
        cluster.ProxyOf(lost).Cut();
        await cluster.UntilAsync("the file is claimed again", $"SELECT epoch >= 2 AND owner_node <> '{lost}' FROM ingest.file");
        cluster.ProxyOf(lost).Mend();
        await cluster.UntilAsync("the node is back", $"SELECT state = 'alive' FROM ingest.node WHERE node = '{lost}'");
        await cluster.OpenGateAsync();

        await cluster.LoadedAsync(1);
        await cluster.EachRowOnceAsync(1000);
        (await cluster.ScalarAsync<string>(
            "SELECT string_agg(DISTINCT node, ',') FROM ingest.batch WHERE epoch = (SELECT epoch FROM ingest.file)")).ShouldNotBe(
                lost, cluster.Log);
    }

    [Fact]
    public async Task Coordinator_of_a_killed_silo_runs_on_another()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 2);
        cluster.WriteFile("a.csv", 1, 10);
        await cluster.LoadedAsync(1);
        var lost = (await cluster.Coordinator.GetStatusAsync()).Node;

        cluster.ProxyOf(lost).Cut();
        await cluster.Orleans.KillSiloAsync(cluster.Silo(lost));
        cluster.WriteFile("b.csv", 11, 10);

        await cluster.LoadedAsync(2);
        (await cluster.Coordinator.GetStatusAsync()).Node.ShouldNotBe(lost);
    }

    [Fact]
    public async Task Silo_added_later_gets_files()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 1);
        cluster.WriteFile("a.csv", 1, 10);
        await cluster.LoadedAsync(1);

        var added = await cluster.Orleans.StartAdditionalSiloAsync();
        await cluster.Coordinator.PauseAsync("the test");
        for (var i = 0; i < 20; i++) cluster.WriteFile($"{i}.csv", 11 + 10 * i, 10);
        await cluster.UntilAsync("all files wait", "SELECT count(*) = 20 FROM ingest.file WHERE status = 'ready'");

        await cluster.Coordinator.ResumeAsync("the test");
        await cluster.LoadedAsync(21);
        await cluster.EachRowOnceAsync(210);
        (await cluster.ScalarAsync<long>(
            $"SELECT count(*) FROM ingest.file WHERE owner_node = '{added.Name}'")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Paused_pipeline_sees_files_and_claims_none_until_it_is_resumed()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 1);
        await cluster.Coordinator.PauseAsync("somebody");

        cluster.WriteFile("a.csv", 1, 10);
        await cluster.UntilAsync("the file is noted", "SELECT count(*) = 1 FROM ingest.file WHERE status = 'ready'");
        await RoundsAsync(cluster, 3);
        (await cluster.ScalarAsync<string>("SELECT status FROM ingest.file")).ShouldBe("ready");
        (await cluster.ScalarAsync<bool>("SELECT paused FROM ingest.pipeline")).ShouldBeTrue();

        await cluster.Coordinator.ResumeAsync("somebody else");
        await cluster.LoadedAsync(1);
        (await cluster.ScalarAsync<string>(
            "SELECT string_agg(kind || ' ' || who, ', ' ORDER BY history_id) FROM ingest.history WHERE kind LIKE 'operator.%'"))
            .ShouldBe("operator.pause somebody, operator.resume somebody else");
    }

    [Fact]
    public async Task Pause_outlives_the_silo_of_the_coordinator()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 2);
        await cluster.Coordinator.PauseAsync("somebody");
        var lost = (await cluster.Coordinator.GetStatusAsync()).Node;

        cluster.ProxyOf(lost).Cut();
        await cluster.Orleans.KillSiloAsync(cluster.Silo(lost));
        await RoundsAsync(cluster, 1);

        var status = await cluster.Coordinator.GetStatusAsync();
        status.Node.ShouldNotBe(lost);
        status.Paused.ShouldBeTrue();
        status.PausedBy.ShouldBe("somebody");
    }

    [Fact]
    public async Task Order_given_through_the_ledger_alone_is_obeyed_and_kept_by_the_coordinator()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 1);
        await RoundsAsync(cluster, 1);
        var outside = new PipelineLedger(cluster.Database.DataSource);
        var token = TestContext.Current.CancellationToken;

        (await outside.SetPausedAsync(IngestCluster.PipelineName, true, "somebody outside", "a test", token)).ShouldBe(
            OrderOutcome.Done);
        (await outside.SetPausedAsync(IngestCluster.PipelineName, true, "another", null, token)).ShouldBe(OrderOutcome.AlreadySo);
        (await outside.SetPausedAsync("no such", true, "another", null, token)).ShouldBe(OrderOutcome.NoSuchPipeline);
        (await outside.SetLimitsAsync(IngestCluster.PipelineName, 3, 7, "somebody outside", token)).ShouldBe(OrderOutcome.Done);

        await StatusAsync(cluster, s => s is { Paused: true, PausedBy: "somebody outside", MaxInFlight: 3, Priority: 7 });
        cluster.WriteFile("a.csv", 1, 10);
        await cluster.UntilAsync("the file is noted", "SELECT count(*) = 1 FROM ingest.file WHERE status = 'ready'");
        await RoundsAsync(cluster, 3);
        (await cluster.ScalarAsync<string>("SELECT status FROM ingest.file")).ShouldBe("ready");

        (await outside.SetPausedAsync(IngestCluster.PipelineName, false, "somebody outside", null, token)).ShouldBe(
            OrderOutcome.Done);
        await cluster.LoadedAsync(1);
        (await cluster.ScalarAsync<string>(
            "SELECT string_agg(concat_ws(' ', kind, who, detail), ', ' ORDER BY history_id) FROM ingest.history WHERE kind LIKE "
                + "'operator.%'"))
            .ShouldBe(
                "operator.pause somebody outside a test, operator.limits somebody outside files in flight: 3, priority: 7, "
                    + "operator.resume somebody outside");
    }

    [Fact]
    public async Task Pipeline_with_a_limit_has_no_more_files_in_work_than_that()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 2);
        await cluster.Coordinator.SetLimitsAsync(3, 0, "the test");
        await cluster.CloseGateAsync();
        for (var i = 0; i < 12; i++) cluster.WriteFile($"{i}.csv", IngestCluster.StopAt, 1); // each stops at the gate
        await cluster.UntilAsync("three are in work",
            "SELECT count(*) FILTER (WHERE status = 'loading') = 3 AND count(*) = 12 FROM ingest.file");
        await RoundsAsync(cluster, 5);
        (await cluster.ScalarAsync<long>("SELECT count(*) FROM ingest.file WHERE status = 'loading'")).ShouldBe(3);

        await cluster.Coordinator.SetLimitsAsync(5, 0, "the test");
        await cluster.UntilAsync("five are in work", "SELECT count(*) FILTER (WHERE status = 'loading') = 5 FROM ingest.file");
        await cluster.OpenGateAsync();
        await cluster.LoadedAsync(12);
    }

    static async Task StatusAsync(IngestCluster cluster, Func<CoordinatorStatus, bool> isWanted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(IngestCluster.Patience);
        while (!isWanted(await cluster.Coordinator.GetStatusAsync()))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
    }

    /// <summary>Until the coordinator has done so many rounds more, wherever it runs.</summary>
    static async Task RoundsAsync(IngestCluster cluster, int more)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(IngestCluster.Patience);
        var before = await StatusAsync();
        for (var now = before; now.Node == before.Node ? now.Rounds < before.Rounds + more : now.Rounds < more;
            now = await StatusAsync())
        {
            await cluster.Coordinator.WakeAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }

        async Task<CoordinatorStatus> StatusAsync()
        {
            while (true)
            {
                try
                {
                    return await cluster.Coordinator.GetStatusAsync().WaitAsync(TimeSpan.FromSeconds(2), patience.Token);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    // Its silo is lost, and the cluster has not noticed yet.
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
                }
            }
        }
    }
}
