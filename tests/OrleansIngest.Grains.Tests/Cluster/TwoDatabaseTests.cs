namespace OrleansIngest.Grains.Tests.Cluster;

/// <summary>Pipelines of one name, and files of one number, in two databases.</summary>
public sealed class TwoDatabaseTests
{
    [Fact]
    public async Task Files_with_the_same_numbers_in_two_ledgers_are_loaded_each_into_its_own_database()
    {
        await using var cluster = await TwoDatabaseCluster.StartAsync(silos: 2);
        foreach (var database in cluster.Folders.Keys)
            for (var i = 0; i < 40; i++) cluster.WriteFile(database, $"f{i}.csv", 1 + 50 * i, 50);

        foreach (var database in cluster.Folders.Keys)
        {
            await cluster.LoadedAsync(database, 40);
            await cluster.EachRowOnceAsync(database, 2000);
            (await cluster.ScalarAsync<long>(database,
                "SELECT count(*) FROM ingest.node WHERE state = 'alive' AND kind = 'silo'")).ShouldBe(2);
        }

        (await cluster.ScalarAsync<bool>("main", "SELECT min(file_id) < 41 FROM ingest.file")).ShouldBeTrue();
        (await cluster.ScalarAsync<bool>(TwoDatabaseCluster.Second, "SELECT min(file_id) < 41 FROM ingest.file")).ShouldBeTrue(
            "their numbers are those of the other ledger");
    }

    [Fact]
    public async Task Database_that_refuses_connections_from_the_start_is_joined_later_and_stops_nothing_of_the_main_one()
    {
        await using var cluster = await TwoDatabaseCluster.StartAsync(silos: 2, startsCut: true);
        cluster.WriteFile(TwoDatabaseCluster.Second, "a.csv", 1, 1000);
        cluster.WriteFile("main", "a.csv", 1, 1000);
        await cluster.LoadedAsync("main", 1);
        foreach (var silo in cluster.Orleans.Silos)
            cluster.NodesOf(silo.Name).Find(TwoDatabaseCluster.Second)!.Running.ShouldBeNull();

        foreach (var proxy in cluster.Proxies) proxy.Mend();
        await cluster.LoadedAsync(TwoDatabaseCluster.Second, 1);

        await cluster.EachRowOnceAsync("main", 1000);
        await cluster.EachRowOnceAsync(TwoDatabaseCluster.Second, 1000);
    }

    /// <summary>The memory of all nodes is 1 MiB here, and what waits for the database that is away is more than that.</summary>
    [Fact]
    public async Task Database_that_goes_away_in_mid_load_keeps_neither_memory_nor_coordinators_from_the_main_one()
    {
        await using var cluster = await TwoDatabaseCluster.StartAsync(silos: 2);
        cluster.WriteFile(TwoDatabaseCluster.Second, "0.csv", 1, 100);
        await cluster.LoadedAsync(TwoDatabaseCluster.Second, 1);
        await using (await cluster.LockTableAsync(TwoDatabaseCluster.Second))
        {
            for (var i = 0; i < 8; i++) cluster.WriteFile(TwoDatabaseCluster.Second, $"{1 + i}.csv", 101 + 20_000 * i, 20_000);
            await cluster.UntilAsync(TwoDatabaseCluster.Second, "batches wait for the table",
                "SELECT count(*) > 0 FROM pg_locks WHERE relation = 't'::regclass AND NOT granted");
            foreach (var proxy in cluster.Proxies) proxy.Cut();

            for (var i = 0; i < 10; i++) cluster.WriteFile("main", $"m{i}.csv", 1 + 5_000 * i, 5_000);
            await cluster.LoadedAsync("main", 10);
            await cluster.EachRowOnceAsync("main", 50_000);
            (await cluster.ScalarAsync<long>(TwoDatabaseCluster.Second, "SELECT count(*) FROM t")).ShouldBe(100);
        }

        foreach (var proxy in cluster.Proxies) proxy.Mend();
        await cluster.LoadedAsync(TwoDatabaseCluster.Second, 9);
        await cluster.EachRowOnceAsync(TwoDatabaseCluster.Second, 160_100);
    }

    [Fact]
    public async Task Silo_that_is_killed_has_its_files_of_both_databases_taken_over()
    {
        await using var cluster = await TwoDatabaseCluster.StartAsync(silos: 2);
        foreach (var database in cluster.Folders.Keys)
            for (var i = 0; i < 10; i++) cluster.WriteFile(database, $"f{i}.csv", 1 + 2_000 * i, 2_000);
        await cluster.UntilAsync(TwoDatabaseCluster.Second, "rows are there", "SELECT count(*) > 500 FROM t");

        var victim = cluster.Orleans.Silos[1];
        await cluster.Orleans.KillSiloAsync(victim);
        foreach (var local in cluster.NodesOf(victim.Name).All) await local.Node.DisposeAsync();

        foreach (var database in cluster.Folders.Keys)
        {
            await cluster.LoadedAsync(database, 10);
            await cluster.EachRowOnceAsync(database, 20_000);
        }
    }
}
