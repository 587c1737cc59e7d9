using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Coordination;

/// <summary>A node whose pipelines change while it runs.</summary>
public sealed class ReconfigurationTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Apply_FileInWork_EndsWithItsOldOptionsAndTheNextBeginsWithTheNew()
    {
        await using var bench = await LoadBench.CreateAsync(
            "CREATE TABLE t (id int, note text); CREATE TABLE u (id int, note text)", p => p.BatchRecords = 10);
        var node = await bench.StartNodeAsync();
        var loader = node.OpenLoader(await ClaimAsync(bench, node, "a.csv", 100));

        node.Apply([Pipeline(bench, "test", p => p.Table = "public.u")]).ToString().ShouldBe("changed test");
        await LoadAsync(node, loader);
        await LoadAsync(node, node.OpenLoader(await ClaimAsync(bench, node, "b.csv", 50)));

        (await bench.ScalarAsync<string>("SELECT concat_ws('|', (SELECT count(*) FROM t), (SELECT count(*) FROM u))")).ShouldBe(
            "100|50");
    }

    [Fact]
    public async Task Apply_PipelineRemovedWhileAClaimIsOnItsWay_LoadsItWithTheLastOptions()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, note text)");
        var node = await bench.StartNodeAsync();
        var claim = await ClaimAsync(bench, node, "a.csv", 10);

        node.Apply([]).ToString().ShouldBe("removed test");
        await LoadAsync(node, node.OpenLoader(claim));

        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(10);
        Should.Throw<KeyNotFoundException>(
            () => node.CreateCoordinator("test", new TaskFileWorkers(node, NullLoggerFactory.Instance)));
    }

    [Fact]
    public async Task Apply_Changed_MakesTheCoordinatorOfBeforeObsoleteAndNoOther()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, note text)");
        var node = await bench.StartNodeAsync();
        node.Apply([bench.Pipeline, Pipeline(bench, "other")]);
        await using var workers = new TaskFileWorkers(node, NullLoggerFactory.Instance);
        using var test = node.CreateCoordinator("test", workers);
        using var other = node.CreateCoordinator("other", workers);

        node.Apply([bench.Pipeline, Pipeline(bench, "other", p => p.MaxAttempts = 7)]);

        (test.IsCurrent, other.IsCurrent).ShouldBe((true, false));
    }

    [Fact]
    public async Task Apply_RandomConfigurations_RunsJustThemAndSaysWhatChanged()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int, note text)");
        var node = await bench.StartNodeAsync();
        node.Apply([]);
        var model = new Dictionary<string, int>();
        // A step is a configuration: for each of four names nothing (0), or one of three sets of options.
        Gen.Int[0, 3].Array[4].Array[1, 20].Sample(steps =>
        {
            foreach (var step in steps)
            {
                var next = step.Select((attempts, i) => (Name: $"p{i}", Attempts: attempts)).Where(p => p.Attempts > 0)
                    .ToDictionary(p => p.Name, p => p.Attempts);

                var changes = node.Apply([.. next.Select(p => Pipeline(bench, p.Key, o => o.MaxAttempts = p.Value))]);

                changes.Added.ShouldBe(next.Keys.Except(model.Keys), ignoreOrder: true);
                changes.Removed.ShouldBe(model.Keys.Except(next.Keys), ignoreOrder: true);
                changes.Changed.ShouldBe(next.Keys.Where(n => model.TryGetValue(n, out var before) && before != next[n]),
                    ignoreOrder: true);
                node.Pipelines.ShouldBe(next.Keys, ignoreOrder: true);
                foreach (var (name, attempts) in next) node.OptionsOf(name)!.MaxAttempts.ShouldBe(attempts);
                model = next;
            }
        }, iter: 200, threads: 1);
    }

    static PipelineOptions Pipeline(LoadBench bench, string name, Action<PipelineOptions>? change = null)
    {
        var pipeline = new PipelineOptions { Name = name, Table = "public.t", Watch = [bench.Folder] };
        change?.Invoke(pipeline);
        return pipeline;
    }

    static async Task<FileClaim> ClaimAsync(LoadBench bench, IngestNode node, string name, int rows)
    {
        var path = bench.Write(name, "id,note\n" + string.Concat(Enumerable.Range(1, rows).Select(i => $"{i},x\n")));
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, Stop);
        return (await node.Files.ClaimAsync("test", node.Id, 1, only: null, Stop)).ShouldHaveSingleItem();
    }

    static async Task LoadAsync(IngestNode node, FileLoader loader)
    {
        while (await loader.StepAsync(TimeSpan.FromSeconds(1), Stop) == LoadStep.More) Stop.ThrowIfCancellationRequested();
        loader.Result!.Kind.ShouldBe(LoadResultKind.Loaded, loader.Result.Reason);
        await node.CloseAsync(loader);
    }
}
