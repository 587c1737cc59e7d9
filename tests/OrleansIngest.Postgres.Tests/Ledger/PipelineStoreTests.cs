using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger;

public sealed class PipelineStoreTests
{
    static readonly OperatorAct Act = new("ann@shop", "a test");

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Put_RandomChanges_AreTheirModelAndNoVersionIsLost()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        var store = new PipelineStore(bench.Database.DataSource);
        var model = new Dictionary<string, (int Version, int? Attempts)>();
        var stamps = new HashSet<string> { await store.StampAsync(Stop) };
        var random = new Random(20261126);
        for (var step = 0; step < 200; step++)
        {
            var name = $"p{random.Next(3)}";
            model.TryGetValue(name, out var before);
            int? attempts = random.Next(4) is var number and > 0 ? number : null;
            var result = attempts is { } wanted
                ? await store.PutAsync(Pipeline(name, wanted),
                    random.Next(2) == 0 ? null : before.Attempts is null ? 0 : before.Version, Act, Stop)
                : await store.RemoveAsync(name, Act, Stop);

            var expected = before.Attempts == attempts ? before.Version == 0 ? VerbOutcome.Unknown : VerbOutcome.Nothing
                : VerbOutcome.Done;
            result.Outcome.ShouldBe(expected, result.Message);
            if (expected == VerbOutcome.Done) model[name] = (before.Version + 1, attempts);
            stamps.Add(await store.StampAsync(Stop)).ShouldBe(expected == VerbOutcome.Done);
        }

        (await store.ListAsync(Stop)).Select(k => (k.Name, k.Version, k.Options.MaxAttempts)).ShouldBe(
            model.Where(m => m.Value.Attempts is not null).OrderBy(m => m.Key)
                .Select(m => (m.Key, m.Value.Version, m.Value.Attempts!.Value)));
        foreach (var (name, (version, _)) in model)
            (await store.HistoryAsync(name, Stop)).Select(k => k.Version).ShouldBe(Enumerable.Range(1, version).Reverse());
        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.history WHERE kind LIKE 'pipeline.%' AND who = 'ann@shop'"))
            .ShouldBe(model.Values.Sum(m => m.Version));
    }

    [Fact]
    public async Task Put_AfterAnotherChange_IsRefusedAndSaysWhose()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        var store = new PipelineStore(bench.Database.DataSource);
        await store.PutAsync(Pipeline("a", 1), 0, Act, Stop);
        await store.PutAsync(Pipeline("a", 2), 1, Act, Stop);

        var late = await store.PutAsync(Pipeline("a", 3), 1, new OperatorAct("bob"), Stop);

        late.Outcome.ShouldBe(VerbOutcome.Refused);
        late.Message.ShouldStartWith("is already in the database: version 2, by ann@shop at ");
    }

    [Fact]
    public async Task Put_ManyAtOnce_EachIsAVersionOfItsOwn()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        var store = new PipelineStore(bench.Database.DataSource);

        var results = await Task.WhenAll(Enumerable.Range(1, 20).Select(i => store.PutAsync(Pipeline("a", i), null, Act, Stop)));

        results.ShouldAllBe(r => r.Outcome == VerbOutcome.Done);
        (await store.HistoryAsync("a", Stop)).Select(v => v.Options.MaxAttempts).Order().ShouldBe(Enumerable.Range(1, 20));
    }

    [Fact]
    public async Task Put_NameThatALivingSiloHasFromAFile_IsRefusedAndNamesIt()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        await bench.ExecuteAsync(NodeConfigurationsTests.Silo("n1", "a", from: "/etc/ingest.json"));
        var store = new PipelineStore(bench.Database.DataSource);

        var refused = await store.PutAsync(Pipeline("a", 1), null, Act, Stop);
        await bench.ExecuteAsync("UPDATE ingest.node SET state = 'left'");
        var taken = await store.PutAsync(Pipeline("a", 1), null, Act, Stop);

        refused.Outcome.ShouldBe(VerbOutcome.Refused);
        refused.Message.ShouldContain("is already in /etc/ingest.json (node n1)");
        taken.Outcome.ShouldBe(VerbOutcome.Done);
    }

    [Theory]
    [InlineData("in", "watch: must be absolute")]
    [InlineData("/in", null)]
    public void Check_RelativeDirectory_IsRefused(string watch, string? expected)
    {
        var pipeline = Pipeline("a", 1);
        pipeline.Watch = [watch];

        var problems = PipelineStore.Check(pipeline, "x");

        if (expected is null) problems.ShouldBeEmpty();
        else problems.ShouldHaveSingleItem().ToString().ShouldStartWith($"x.{expected}");
    }

    static PipelineOptions Pipeline(string name, int attempts) =>
        new() { Name = name, Table = "t", Watch = ["/in"], MaxAttempts = attempts };
}
