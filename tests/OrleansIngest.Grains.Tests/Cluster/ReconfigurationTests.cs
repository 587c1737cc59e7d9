using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Grains.Tests.Cluster;

/// <summary>Pipelines come, change and go while silos run.</summary>
public sealed class ReconfigurationTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pipeline_that_goes_from_the_silo_of_its_coordinator_is_coordinated_by_one_that_still_has_it()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 2);
        cluster.WriteFile("a.csv", 1, 100);
        await cluster.LoadedAsync(1);
        var first = (await cluster.Coordinator.GetStatusAsync()).Node;
        var second = cluster.Orleans.Silos.Single(s => s.Name != first).Name;

        await ApplyAsync(cluster, first);
        await cluster.UntilAsync("the other silo coordinates it",
            $"SELECT coordinator = '{second}' FROM ingest.pipeline WHERE name = 'test'");
        for (var i = 0; i < 20; i++) cluster.WriteFile($"b{i}.csv", 101 + 20 * i, 20);
        await cluster.LoadedAsync(21);

        await cluster.EachRowOnceAsync(500);
        (await cluster.ScalarAsync<string>("SELECT string_agg(DISTINCT owner_node, ',') FROM ingest.file WHERE path LIKE '%/b%'"))
            .ShouldBe(second, "a silo that does not run the pipeline gets none of its files");
    }

    [Fact]
    public async Task Pipeline_removed_everywhere_finishes_what_is_in_work_and_goes_on_when_it_is_back()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 1);
        var silo = cluster.Orleans.Silos.Single().Name;
        await cluster.CloseGateAsync();
        cluster.WriteFile("a.csv", 1, 1000);
        await cluster.SomebodyAtGateAsync(silo);

        await ApplyAsync(cluster, silo);
        await cluster.UntilAsync("nobody coordinates it",
            "SELECT coordinated_at < clock_timestamp() - interval '10 s' FROM ingest.pipeline WHERE name = 'test'");
        cluster.WriteFile("b.csv", 1001, 100);
        await cluster.OpenGateAsync();
        await cluster.LoadedAsync(1);
        (await cluster.ScalarAsync<long>("SELECT count(*) FROM ingest.file")).ShouldBe(1);

        await ApplyAsync(cluster, silo, cluster.Pipeline());
        await cluster.LoadedAsync(2);
        await cluster.EachRowOnceAsync(1100);
    }

    [Fact]
    public async Task Pipeline_that_changes_is_coordinated_with_its_new_directory()
    {
        await using var cluster = await IngestCluster.StartAsync(silos: 2);
        cluster.WriteFile("a.csv", 1, 100);
        await cluster.LoadedAsync(1);
        var other = Directory.CreateDirectory(Path.Combine(cluster.Folder, "other")).FullName;
        foreach (var silo in cluster.Orleans.Silos.Select(s => s.Name).ToArray())
        {
            var pipeline = cluster.Pipeline();
            pipeline.Watch = [other];
            await ApplyAsync(cluster, silo, pipeline);
        }

        cluster.WriteFile("other/b.csv", 101, 100);

        await cluster.LoadedAsync(2);
        await cluster.EachRowOnceAsync(200);
    }

    /// <summary>As the program does when a silo's configuration has changed.</summary>
    static async Task ApplyAsync(IngestCluster cluster, string silo, params PipelineOptions[] pipelines)
    {
        var (local, node) = (cluster.LocalOf(silo), cluster.NodeOf(silo));
        node.Apply(pipelines);
        local.Pipelines = node.Pipelines;
        await new NodeConfigurations(node.LedgerSource).WriteAsync(new NodeConfiguration
        {
            Node = silo,
            Version = 2,
            Files = [],
            Pipelines = pipelines.ToDictionary(p => p.Name,
                _ => new RunningPipeline("test", "x",
                    System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>("{}"))),
            Settings = System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>("{}"),
            RestartNeeded = [],
        }, Stop);
    }
}
