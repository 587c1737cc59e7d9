using System.Globalization;
using Npgsql;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Loading.Splits;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Ledger;
using OrleansIngest.Postgres.Tests.Loading.Parallel;
using OrleansIngest.Testing;
using static OrleansIngest.Postgres.Tests.Loading.Parallel.LoadedRecords;

namespace OrleansIngest.Postgres.Tests.Loading.Splits;

/// <summary>A file of which several nodes load parts is loaded as one node loads it.</summary>
public sealed class SplitLoadTests
{
    const string OfOthers = "SELECT count(*) FROM ingest.batch b JOIN ingest.file f USING (file_id) WHERE b.node <> f.owner_node";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, null)]
    [InlineData(2, 2)]
    public async Task Load_BrokenAndQuotedRecords_GivesWhatOneNodeGives(int helpers, int? parsers)
    {
        var text = ManyRecords.Mixed(seed: helpers, records: 150_000, unclosed: 100);
        var expected = await LoadAsync(0);

        var found = await LoadAsync(helpers);

        found.OfOthers.ShouldBeGreaterThan(0, "no other node has loaded anything: nothing is proved");
        found.Totals.ShouldBe(expected.Totals);
        found.Rejects.ShouldBe(expected.Rejects);
        found.Rows.ShouldBe(expected.Rows);
        found.Rejects.Length.ShouldBeGreaterThan(100);

        async Task<(string[] Rows, string[] Rejects, string[] Totals, long OfOthers)> LoadAsync(int others)
        {
            await using var bench = await LoadBench.CreateAsync(Table, p => With(p, parsers));
            var (node, _) = await ConnectedAsync(bench, others);
            var states = await bench.LoadOnAsync(node, [bench.Write("a.csv", text)]);
            states.Single().Status.ShouldBe("loaded", states.Single().Reason);
            await bench.CountsShouldAgreeAsync();
            (await bench.ScalarAsync<long>(Gaps)).ShouldBe(0);
            return (await bench.RowsAsync(Rows), await bench.RowsAsync(Rejects), await bench.RowsAsync(Totals),
                await bench.ScalarAsync<long>(OfOthers));
        }
    }

    [Fact]
    public async Task Load_NodeGivesSplitsBack_ReadsThemItself()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => With(p));
        var (node, neighbours) = await ConnectedAsync(bench, 2,
            around: (number, load) => number % 2 == 0 ? load() : Task.FromResult(new SplitResult(0, "the node is stopping")));

        var states = await bench.LoadOnAsync(node, [bench.Write("a.csv", ManyRecords.Plain(200_000))]);

        states.Single().Status.ShouldBe("loaded", states.Single().Reason);
        neighbours.Count.ShouldBeGreaterThan(0, "nothing was given out: nothing is proved");
        await EachRecordOnceAsync(bench, 200_000);
    }

    [Fact]
    public async Task Load_CloseArrivesAfterTheNextPlanHasOpenedTheFile_SplitsItUnderTheSameClaim()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => With(p));
        var node = await bench.StartNodeAsync();
        var back = new TaskCompletionSource<SplitResult>();
        var neighbours = new NeighbourNodes(node, await bench.StartNodeAsync())
        {
            ClosesLate = true,
            Around = (number, load) =>
            {
                if (number > 2) return load();
                if (number == 2) back.SetResult(new SplitResult(0, "given back")); // enough is left for the next plan
                return back.Task;
            },
        };
        neighbours.Connect();

        var states = await bench.LoadOnAsync(node, [bench.Write("a.csv", ManyRecords.Plain(500_000))]);

        states.Single().Status.ShouldBe("loaded", states.Single().Reason);
        neighbours.Count.ShouldBeGreaterThan(2, "nothing was given out under the next plan: nothing is proved");
        (await bench.ScalarAsync<int>("SELECT epoch FROM ingest.file")).ShouldBe(1);
        await EachRecordOnceAsync(bench, 500_000);
    }

    /// <summary>A node that was given a split and does not answer may go on at any time: as long as the claim is in force nobody
    /// else may read that split, and afterwards the node may not commit it.</summary>
    [Fact]
    public async Task Load_NodeIsSilent_EndsTheClaimAndTheNextOneReadsTheRest()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => With(p));
        var silent = new List<Func<Task<SplitResult>>>();
        var (node, neighbours) = await ConnectedAsync(bench, 1, around: (number, load) =>
        {
            if (number != 1) return load();
            silent.Add(load);
            return Task.FromException<SplitResult>(new TimeoutException("no answer"));
        });
        var path = bench.Write("a.csv", ManyRecords.Plain(200_000));
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, Stop);

        var first = await EndAsync(node, await ClaimAsync(node));

        first.Kind.ShouldBe(LoadResultKind.PutBack, first.Reason);
        first.Reason!.ShouldContain("is not responding: no answer");
        (await bench.ScalarAsync<string>("SELECT status FROM ingest.file")).ShouldBe("ready");
        var before = await bench.ScalarAsync<long>("SELECT count(*) FROM t");
        before.ShouldBeInRange(1, 199_999);
        var claim = await ClaimAsync(node);
        var late = await silent.Single()();
        late.Problem.ShouldNotBeNull();
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(before, "the silent node has committed rows");

        (await EndAsync(node, claim)).Kind.ShouldBe(LoadResultKind.Loaded);

        await EachRecordOnceAsync(bench, 200_000);
    }

    [Fact]
    public async Task Load_ClaimsStolenAtRandomMoments_LeavesEveryRecordOnce()
    {
        const int Records = 130_000;
        await using var bench = await LoadBench.CreateAsync(Table, p =>
        {
            With(p);
            p.BatchRecords = 400;
        });
        var connected = new List<NeighbourNodes>();
        var stolen = new StolenClaims(bench, 44)
        {
            ClaimsAtOnce = 1, // a node with more files than processors takes no splits
            LongestPause = 400,
            Look = () =>
            {
                foreach (var node in bench.Nodes.Where(n => n.Splits.Workers is null))
                {
                    connected.Add(new NeighbourNodes(node, [.. bench.Nodes.Where(n => n != node)]));
                    connected[^1].Connect();
                }

                return Task.CompletedTask;
            },
        };

        var files = await stolen.LoadAsync(2, f => bench.Write($"{f}.csv", ManyRecords.Plain(Records, f * Records)));

        connected.Sum(c => c.Count).ShouldBeGreaterThan(0, "nothing was split: nothing is proved");
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).ShouldBe([$"{files * Records}|{files * Records}"]);
        (await bench.RowsAsync($"SELECT count(*) FROM t WHERE line <> rec + 1 OR rec <> (id - 1) % {Records} + 1"))
            .ShouldBe(["0"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Load_TableChangesMeanwhile_ReadsTheRestForTheNewTable()
    {
        const string Other = "ALTER TABLE t ALTER id TYPE bigint, ALTER name TYPE varchar(50)";
        await using var bench = await LoadBench.CreateAsync(Table, p => With(p));
        var (node, neighbours) = await ConnectedAsync(bench, 1, around: (number, load) =>
        {
            // Waits for it, or the rest of the file would be read before the table is another one.
            if (number == 1) Task.Run(() => bench.ExecuteAsync(Other)).GetAwaiter().GetResult();
            return load();
        });

        var states = await bench.LoadOnAsync(node, [bench.Write("a.csv", ManyRecords.Plain(200_000))]);

        states.Single().Status.ShouldBe("loaded", states.Single().Reason);
        (await bench.ScalarAsync<string>("SELECT pg_typeof(id)::text FROM t LIMIT 1")).ShouldBe("bigint");
        neighbours.LastPlan.ShouldBeGreaterThan(1, "the other node takes no splits for the new table");
        await EachRecordOnceAsync(bench, 200_000);
    }

    [Fact]
    public async Task Load_FileChangesMeanwhile_IsQuarantined()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => With(p));
        var path = bench.Write("a.csv", ManyRecords.Plain(200_000));
        var (node, _) = await ConnectedAsync(bench, 1, around: (number, load) =>
        {
            if (number == 1) File.AppendAllText(path, "1,more,\n");
            return load();
        });

        var states = await bench.LoadOnAsync(node, [path]);

        states.Single().Status.ShouldBe("quarantined");
        states.Single().Reason!.ShouldContain("changed while it was being loaded");
    }

    [Fact]
    public async Task Load_AnswersOfCommitsAreLost_LeavesEveryRecordOnce()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => With(p));
        var server = new NpgsqlConnectionStringBuilder(bench.Database.ConnectionString);
        await using var proxy = new CuttingProxy(server.Port, cuts: 5);
        (server.Port, server.SslMode) = (proxy.Port, SslMode.Disable);
        var node = await bench.StartNodeAsync();
        var neighbours = new NeighbourNodes(node, await bench.StartNodeAsync(server.ConnectionString));
        neighbours.Connect();

        var states = await bench.LoadOnAsync(node, [bench.Write("a.csv", ManyRecords.Plain(200_000))]);

        states.Single().Status.ShouldBe("loaded", states.Single().Reason);
        proxy.Cuts.ShouldBeGreaterThan(0, "no answer was lost, nothing is proved");
        await EachRecordOnceAsync(bench, 200_000);
    }

    [Theory]
    [InlineData("other configuration")]
    [InlineData("other file")]
    [InlineData("busy")]
    public async Task Open_NodeThatWouldLoadItOtherwise_TakesNothing(string kind)
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => With(p));
        var node = await bench.StartNodeAsync();
        if (kind == "other configuration") bench.Pipeline.Csv.NullValues = ["name 7"];
        var other = await bench.StartNodeAsync();
        var path = bench.Write("a.csv", ManyRecords.Plain(200_000));
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, Stop);
        var claim = await ClaimAsync(node);
        if (kind == "busy")
            for (var i = 1; i <= Environment.ProcessorCount; i++)
                other.OpenLoader(claim with { FileId = new FileId(1000 + i) });
        var source = new SplitSource(kind == "other file" ? claim with { File = claim.File with { Size = 7 } } : claim, 1, null,
            DateTimeOffset.UnixEpoch, "of another plan");

        var (loader, refusal) = await other.Splits.OpenAsync(source, Stop);

        loader.ShouldBeNull();
        refusal.ShouldBe(kind == "busy" ? "the node is busy with its own files"
            : "it would read the file differently, or load it into another table");
        other.Splits.Open.ShouldBe(0);
    }

    [Theory]
    [InlineData("one parser")]
    [InlineData("whole file")]
    [InlineData("failed before")]
    [InlineData("small")]
    public async Task Load_FileThatOneNodeHasToRead_GivesNothingAway(string kind)
    {
        await using var bench = await LoadBench.CreateAsync(Table, p =>
        {
            With(p, kind == "one parser" ? 1 : null);
            p.WholeFile = kind == "whole file";
        });
        var (node, neighbours) = await ConnectedAsync(bench, 1);
        var path = bench.Write("a.csv", ManyRecords.Plain(kind == "small" ? 60_000 : 200_000));
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(path)], "ready", null, Stop);
        if (kind == "failed before") await bench.ExecuteAsync("UPDATE ingest.file SET attempts = 1");

        var result = await EndAsync(node, await ClaimAsync(node));

        result.Kind.ShouldBe(LoadResultKind.Loaded, result.Reason);
        neighbours.Count.ShouldBe(0);
    }

    static async Task<(IngestNode Node, NeighbourNodes Neighbours)> ConnectedAsync(
        LoadBench bench, int others, Func<int, Func<Task<SplitResult>>, Task<SplitResult>>? around = null)
    {
        var node = await bench.StartNodeAsync();
        var helpers = new IngestNode[others];
        for (var i = 0; i < others; i++) helpers[i] = await bench.StartNodeAsync();
        var neighbours = new NeighbourNodes(node, helpers) { Around = around ?? ((_, load) => load()) };
        if (others > 0) neighbours.Connect();
        return (node, neighbours);
    }

    static async Task<FileClaim> ClaimAsync(IngestNode node) =>
        (await node.Files.ClaimAsync("test", node.Id, 1, null, Stop)).Single();

    static async Task<LoadResult> EndAsync(IngestNode node, FileClaim claim)
    {
        var loader = node.OpenLoader(claim);
        while (await loader.StepAsync(TimeSpan.FromMilliseconds(50), Stop) == LoadStep.More)
        {
            // Goes on where it ended.
        }

        await node.CloseAsync(loader);
        return loader.Result!;
    }

    static async Task EachRecordOnceAsync(LoadBench bench, int records)
    {
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id), sum(rec - id), sum(line - rec) FROM t"))
            .ShouldBe([string.Create(CultureInfo.InvariantCulture, $"{records}|{records}|0|{records}")]);
        (await bench.RowsAsync(Totals)).ShouldBe([$"{records}|{records}|0|0|True|True"]);
        (await bench.ScalarAsync<long>(Gaps)).ShouldBe(0);
        await bench.CountsShouldAgreeAsync();
    }

    static void With(PipelineOptions pipeline, int? parsers = null)
    {
        (pipeline.Parsers, pipeline.BatchBytes) = (parsers, 64 << 10);
        pipeline.Metadata = new Dictionary<string, string> { ["line"] = "{line}", ["rec"] = "{record}" };
    }
}
