using Npgsql;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Ledger;
using OrleansIngest.Testing;
using static OrleansIngest.Postgres.Tests.Loading.Parallel.LoadedRecords;

namespace OrleansIngest.Postgres.Tests.Loading.Parallel;

/// <summary>A file that several parsers read at once is loaded as one parser loads it.</summary>
public sealed class SeveralParsersTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, "")]
    [InlineData(3, "wholeFile")]
    [InlineData(8, "text")] // a type that the server reads itself: all rows go as text
    public async Task Load_BrokenAndQuotedRecords_GivesWhatOneParserGives(int parsers, string kind)
    {
        var text = ManyRecords.Mixed(seed: parsers, records: 20_000);
        var table = kind == "text" ? Table.Replace("name text", "name citext_like", StringComparison.Ordinal) : Table;
        var expected = await LoadAsync(1);

        var found = await LoadAsync(parsers);

        found.Totals.ShouldBe(expected.Totals);
        found.Rejects.ShouldBe(expected.Rejects);
        found.Rows.ShouldBe(expected.Rows);
        found.Rejects.Length.ShouldBeGreaterThan(100);
        found.Batches.ShouldNotBe(expected.Batches, "one parser has read it: nothing is proved");

        async Task<(string[] Rows, string[] Rejects, string[] Totals, string[] Batches)> LoadAsync(int count)
        {
            await using var bench = await LoadBench.CreateAsync("SELECT 1", p => With(p, count, kind == "wholeFile"));
            if (kind == "text")
                await bench.ExecuteAsync("CREATE TYPE citext_like AS ENUM ('name'); ALTER TYPE citext_like ADD VALUE 'other'");
            await bench.ExecuteAsync(table);
            var states = await bench.LoadAsync(bench.Write("a.csv", text));
            states.Single().Status.ShouldBe("loaded", states.Single().Reason);
            await bench.CountsShouldAgreeAsync();
            (await bench.ScalarAsync<long>(Gaps)).ShouldBe(0);
            return (await bench.RowsAsync(Rows), await bench.RowsAsync(Rejects), await bench.RowsAsync(Totals),
                await bench.RowsAsync("SELECT end_offset FROM ingest.batch ORDER BY 1"));
        }
    }

    [Fact]
    public async Task Load_QuotedLineBreaks_GivesWhatCopyOfPostgresGives()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => With(p, 4, wholeFile: false));
        var path = bench.Write("a.csv", "id,name,at\n" + string.Concat(Enumerable.Range(1, 30_000).Select(i => (i % 4) switch
        {
            0 => $"{i},\"two\nlines \"\"{i}\"\"\",2026-01-02\n",
            1 => $"{i},\"a\r\n\r\nb,{i},2026-02-03\",\n",
            2 => $"{i},\"\",2026-01-03\n",
            _ => $"{i},,2026-01-04\n",
        })));

        (await bench.LoadAsync(path)).Single().Status.ShouldBe("loaded");

        await bench.ExecuteAsync($"CREATE TABLE c (id int, name text, at date); COPY c FROM '{path}' (FORMAT csv, HEADER)");
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).ShouldBe(["30000|30000"]);
        (await bench.RowsAsync(
            "(SELECT id, name, at FROM t EXCEPT SELECT * FROM c) UNION ALL (SELECT * FROM c EXCEPT SELECT id, name, "
                + "at FROM t)")).ShouldBeEmpty();
        (await bench.RowsAsync("SELECT max(rec) FROM t")).ShouldBe(["30000"]);
    }

    [Fact]
    public async Task Load_Ndjson_GivesWhatOneParserGives()
    {
        var text = string.Concat(Enumerable.Range(1, 20_000)
            .Select(i => i % 50 == 0 ? $"{{\"id\":\"no {i}\"}}\n" : i % 70 == 0 ? "\n"
            : $"{{\"id\":{i},\"name\":\"a\\n{i}\",\"at\":\"2026-01-02\"}}\n"));
        var expected = await LoadAsync(1);

        (await LoadAsync(3)).ShouldBe(expected);

        async Task<string[]> LoadAsync(int parsers)
        {
            await using var bench = await LoadBench.CreateAsync(Table, p => With(p, parsers, wholeFile: false));
            var states = await bench.LoadAsync(bench.Write("a.ndjson", text));
            states.Single().Status.ShouldBe("loaded", states.Single().Reason);
            return [.. await bench.RowsAsync(Rows), .. await bench.RowsAsync(Rejects), .. await bench.RowsAsync(Totals)];
        }
    }

    [Fact]
    public async Task Load_ClaimsStolenAtRandomMoments_LeavesEveryRecordOnce()
    {
        const int Records = 8000;
        await using var bench = await LoadBench.CreateAsync(Table, p =>
        {
            With(p, 3, wholeFile: false);
            p.BatchRecords = 40;
        });

        var files = await new StolenClaims(bench, 43).LoadAsync(6,
            f => bench.Write($"{f}.csv", ManyRecords.Plain(Records, f * Records)));

        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id) FROM t")).ShouldBe([$"{files * Records}|{files * Records}"]);
        (await bench.RowsAsync("SELECT count(*) FROM t WHERE line <> rec + 1 OR rec <> (id - 1) % 8000 + 1")).ShouldBe(["0"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Load_AnswersOfCommitsAreLost_LeavesEveryRecordOnce()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p =>
        {
            With(p, 3, wholeFile: false);
            p.BatchRecords = 400;
        });
        var server = new NpgsqlConnectionStringBuilder(bench.Database.ConnectionString);
        await using var proxy = new CuttingProxy(server.Port, cuts: 5);
        (server.Port, server.SslMode) = (proxy.Port, SslMode.Disable);
        await bench.StartNodeAsync(server.ConnectionString);

        var states = await bench.LoadAsync(bench.Write("a.csv", ManyRecords.Plain(20_000)));

        states.Single().Status.ShouldBe("loaded", states.Single().Reason);
        proxy.Cuts.ShouldBeGreaterThan(0, "no answer was lost, nothing is proved");
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id), sum(rec - id) FROM t")).ShouldBe(["20000|20000|0"]);
        await bench.CountsShouldAgreeAsync();
    }

    [Fact]
    public async Task Load_TableChangesMeanwhile_ReadsTheRestForTheNewTable()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p =>
        {
            With(p, 3, wholeFile: false);
            p.BatchRecords = 50;
        });
        var (node, loader) = await BegunAsync(bench, ManyRecords.Plain(100_000));

        await bench.ExecuteAsync("ALTER TABLE t ALTER id TYPE bigint, ALTER name TYPE varchar(50)");
        var result = await EndAsync(node, loader);

        result.Kind.ShouldBe(LoadResultKind.Loaded, result.Reason);
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id), sum(rec - id) FROM t")).ShouldBe(["100000|100000|0"]);
        // Of the two thousand batches, hundreds wait, encoded for the old table: they are tried together, not one by one.
        (await bench.ScalarAsync<long>("SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database()"))
            .ShouldBeLessThan(200);
    }

    [Fact]
    public async Task Load_FileChangesMeanwhile_IsQuarantined()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p =>
        {
            With(p, 3, wholeFile: false);
            p.BatchRecords = 50;
        });
        var (node, loader) = await BegunAsync(bench, ManyRecords.Plain(100_000));

        File.AppendAllText(loader.Claim.File.Path, "1,more,\n");
        var result = await EndAsync(node, loader);

        (result.Kind, result.Reason!.Contains("changed while it was being loaded", StringComparison.Ordinal)).ShouldBe(
            (LoadResultKind.Quarantined, true));
    }

    /// <summary>Memory, slots and the file are free again, whatever was under way.</summary>
    [Fact]
    public async Task Dispose_ParsersAtWork_LeavesTheRestToTheNextClaim()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p =>
        {
            With(p, 3, wholeFile: false);
            p.BatchRecords = 50;
        });
        var (node, loader) = await BegunAsync(bench, ManyRecords.Plain(100_000));

        await node.CloseAsync(loader);
        await bench.ExecuteAsync("UPDATE ingest.file SET status = 'ready'");
        var result = await EndAsync(node, node.OpenLoader(await ClaimAsync(node)));

        result.Kind.ShouldBe(LoadResultKind.Loaded, result.Reason);
        (await bench.RowsAsync("SELECT count(*), count(DISTINCT id), sum(rec - id) FROM t")).ShouldBe(["100000|100000|0"]);
    }

    /// <summary>A claim begins where the one before ended, and with the oldest file once a second only: a file that a statement
    /// made ready again may be behind that.</summary>
    static async Task<Engine.Ledger.FileClaim> ClaimAsync(Engine.Coordination.IngestNode node)
    {
        while (true)
        {
            if (await node.Files.ClaimAsync("test", node.Id, 1, null, Stop) is [var claim]) return claim;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Stop);
        }
    }

    static void With(PipelineOptions pipeline, int parsers, bool wholeFile)
    {
        (pipeline.Parsers, pipeline.WholeFile, pipeline.BatchBytes) = (parsers, wholeFile, 64 << 10);
        pipeline.Metadata = new Dictionary<string, string> { ["line"] = "{line}", ["rec"] = "{record}" };
    }

    static async Task<(Engine.Coordination.IngestNode Node, FileLoader Loader)> BegunAsync(LoadBench bench, string text)
    {
        var node = await bench.StartNodeAsync();
        await node.Files.NoteFilesAsync("test", [LoadBench.Stat(bench.Write("a.csv", text))], "ready", null, Stop);
        var loader = node.OpenLoader((await node.Files.ClaimAsync("test", node.Id, 1, null, Stop)).Single());
        while (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.batch") == 0)
            (await loader.StepAsync(TimeSpan.FromMilliseconds(1), Stop)).ShouldBe(LoadStep.More,
                "all of it was loaded before anything could happen");
        return (node, loader);
    }

    static async Task<LoadResult> EndAsync(Engine.Coordination.IngestNode node, FileLoader loader)
    {
        while (await loader.StepAsync(TimeSpan.FromSeconds(30), Stop) == LoadStep.More)
        {
            // Goes on where it ended.
        }

        await node.CloseAsync(loader);
        return loader.Result!;
    }
}
