using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>What discovery starts from.</summary>
public sealed class KnownFilesTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Known_OfPathsThatWereFound_IsThePartOfAllThatMatters()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        var files = (await bench.StartNodeAsync()).Files;
        // Versions of every state, members of archives, and many files that are gone for good.
        await bench.ExecuteAsync(
            """
            SELECT setseed(0.4);
            INSERT INTO ingest.pipeline (name, config) VALUES ('other', '{}');
            INSERT INTO ingest.file (pipeline, path, version, size, mtime_ns, dev, inode, status, is_skipped, same_as)
            SELECT p, '/in/' || n, v, n, v, 1, n,
                (ARRAY['discovered', 'ready', 'loading', 'loaded', 'failed', 'quarantined', 'ignored',
                    'vanished'])[1 + floor(8 * random())],
                random() < 0.1, CASE WHEN random() < 0.3 THEN 1 END
            FROM unnest(ARRAY['test', 'other']) p, generate_series(1, 300) n, generate_series(1, 2) v WHERE v = 1
                OR random() < 0.3;
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, parent_id)
            SELECT pipeline, path || '!/m', 1, 1, 1, 1, CASE WHEN random() < 0.5 THEN 'vanished' ELSE 'loaded' END, file_id
            FROM ingest.file WHERE status = 'loaded' AND random() < 0.3;
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status)
                SELECT 'test', '/gone/' || n, n, n, 1, n, 'loaded' FROM generate_series(1, 5000) n;
            """);
        var waiting = (await bench.RowsAsync(
            "SELECT path FROM ingest.file WHERE status IN ('ready', 'failed') AND pipeline = 'test'")).ToHashSet();
        var all = await files.KnownFilesAsync("test", null, Stop);
        var random = new Random(3);
        for (var round = 0; round < 20; round++)
        {
            var found = Enumerable.Range(1, 320).Where(_ => random.Next(3) == 0).Select(n => $"/in/{n}").ToList();

            var known = await files.KnownFilesAsync("test", found, Stop);

            known.OrderBy(f => f.Path).ShouldBe(
                all.Where(f => found.Contains(f.Path) || waiting.Contains(f.Path)).OrderBy(f => f.Path));
        }

        all.Count(f => f.Path.StartsWith("/gone/", StringComparison.Ordinal)).ShouldBe(5000);
    }

    [Fact]
    public async Task Known_OfALargePart_IsAll()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)");
        var files = (await bench.StartNodeAsync()).Files;
        await bench.ExecuteAsync(
            "INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status) SELECT 'test', '/in/' || n, n, n, 1, "
                + "n, 'loaded' FROM generate_series(1, 30) n");

        (await files.KnownFilesAsync("test", [.. Enumerable.Range(1, 10).Select(n => $"/in/{n}")], Stop)).Count.ShouldBe(30);
        (await files.KnownFilesAsync("test", ["/in/1"], Stop)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Start_LedgerOfManyFilesThatAreGone_LoadsWhatIsNewAndNoticesWhatIsGone()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int)", p => p.SettleTime = TimeSpan.Zero);
        await bench.LoadAsync(bench.Write("known.csv", "id\n1\n"));
        await bench.ExecuteAsync(
            $"""
            INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status)
            SELECT 'test', '{bench.Folder}/gone-' || n, n, n, 1, n, CASE n WHEN 1 THEN 'ready' ELSE 'loaded' END
                FROM generate_series(1, 100) n
            """);
        bench.Write("new.csv", "id\n2\n");
        await using var workers = new TaskFileWorkers(bench.Node!, NullLoggerFactory.Instance);
        using var coordinator = bench.Node!.CreateCoordinator("test", workers);

        await coordinator.RunRoundAsync(Stop);

        (await bench.RowsAsync(
            "SELECT reverse(split_part(reverse(path), '/', 1)) || ' ' || status FROM ingest.file WHERE path !~ "
                + "'gone-([02-9]|1.)' ORDER BY 1"))
            .ShouldBe(["gone-1 vanished", "known.csv loaded", "new.csv ready"]);
    }
}
