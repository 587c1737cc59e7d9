using System.IO.Compression;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansIngest.Engine.Disposal;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Disposal;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Postgres.Tests.Loading;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Disposal;

public sealed class DisposalRoundTests
{
    const string Table = "CREATE TABLE t (id int NOT NULL)";
    const string Outbox = "SELECT count(*) FROM ingest.file WHERE disposal IS NOT NULL";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_LoadedFile_IsArchivedWithItsBytesAndTimeAndStaysLoaded()
    {
        await using var bench = await BenchAsync();
        var path = bench.Write("a.csv", "id\n1\n2\n");
        var written = File.GetLastWriteTimeUtc(path);
        await bench.LoadAsync(path);

        (await RunAsync(bench)).Single().Outcome.ShouldBe("archived");

        File.Exists(path).ShouldBeFalse();
        var archived = Path.Combine(bench.Folder, "done", "a.csv");
        (await File.ReadAllTextAsync(archived, Stop)).ShouldBe("id\n1\n2\n");
        File.GetLastWriteTimeUtc(archived).ShouldBe(written);
        Directory.GetFiles(bench.Folder, "*", SearchOption.AllDirectories).ShouldBe([archived]);
        (await bench.RowsAsync("SELECT status, reason, disposal IS NULL FROM ingest.file")).ShouldBe(
            [$"loaded|archived as {archived}|True"]);
        (await bench.RowsAsync("SELECT outcome, target, attempts, error FROM ingest.disposal")).ShouldBe(
            [$"archived|{archived}|0|NULL"]);
        (await RunAsync(bench)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_PipelineThatKeepsItsFiles_IsNothingToDo()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv", "id\n1\n");
        await bench.LoadAsync(path);

        (await RunAsync(bench)).ShouldBeEmpty();

        File.Exists(path).ShouldBeTrue();
        (await bench.ScalarAsync<long>(Outbox)).ShouldBe(0);
    }

    [Fact]
    public async Task Run_NameIsTaken_GetsANumberAndOverwritesNothing()
    {
        await using var bench = await BenchAsync();
        Directory.CreateDirectory(Path.Combine(bench.Folder, "done"));
        await File.WriteAllTextAsync(Path.Combine(bench.Folder, "done", "a.csv"), "somebody else's", Stop);
        for (var n = 1; n <= 3; n++)
        {
            await bench.LoadAsync(bench.Write("a.csv", $"id\n{n}{new string('0', n)}\n"));
            (await RunAsync(bench)).Single().Outcome.ShouldBe("archived");
        }

        Contents(bench, "done").ShouldBe(["a.csv: somebody else's", "a.csv.2: id\n10\n", "a.csv.3: id\n200\n",
            "a.csv.4: id\n3000\n"]);
    }

    /// <summary>Two files of one content and one name go to one place: each of them is there.</summary>
    [Fact]
    public async Task Run_ManyFilesOfOneNameAtOnce_AreAllThere()
    {
        await using var bench = await BenchAsync(p => p.ArchiveTo = Path.Combine(p.Watch[0], "done", "one.csv"));
        var paths = Enumerable.Range(0, 20).Select(n => bench.Write($"f{n}.csv", $"id\n{n % 3}\n")).ToArray();
        await bench.LoadAsync(paths);

        (await RunAsync(bench)).Count(r => r.Outcome == "archived").ShouldBe(20);

        Contents(bench, "done").Select(text => text[(text.IndexOf(':') + 2)..]).Order()
            .ShouldBe(Enumerable.Range(0, 20).Select(n => $"id\n{n % 3}\n").Order());
        paths.ShouldAllBe(path => !File.Exists(path));
    }

    [Fact]
    public async Task Run_Gzip_IsReadableAndWhatIsCompressedAlreadyStaysAsItIs()
    {
        await using var bench = await BenchAsync(p => p.Compress = ArchiveCompression.Gzip);
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write("id\n2\n"u8);
        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n"), bench.Write("b.csv.gz", packed.ToArray()));

        await RunAsync(bench);

        var done = Path.Combine(bench.Folder, "done");
        Directory.GetFiles(done).Select(Path.GetFileName).Order().ShouldBe(["a.csv.gz", "b.csv.gz"]);
        using var unpacked = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(done, "a.csv.gz")),
            CompressionMode.Decompress));
        (await unpacked.ReadToEndAsync(Stop)).ShouldBe("id\n1\n");
        (await File.ReadAllBytesAsync(Path.Combine(done, "b.csv.gz"), Stop)).ShouldBe(packed.ToArray());
    }

    [Fact]
    public async Task Run_NewerVersionInPlace_IsNeitherMovedNorDeleted()
    {
        foreach (var policy in new[] { AfterLoadPolicy.Archive, AfterLoadPolicy.Delete })
        {
            await using var bench = await BenchAsync(p => p.AfterLoad = policy);
            var path = bench.Write("a.csv", "id\n1\n");
            await bench.LoadAsync(path);
            var at = File.GetLastWriteTimeUtc(path);
            // Of the same size and mtime: only ctime and content tell.
            bench.Write("a.csv.new", "id\n2\n");
            File.SetLastWriteTimeUtc(path + ".new", at);
            File.Move(path + ".new", path, overwrite: true);

            (await RunAsync(bench)).Single().Outcome.ShouldBe("replaced");
            (await File.ReadAllTextAsync(path, Stop)).ShouldBe("id\n2\n");

            await bench.LoadAsync(path);
            (await RunAsync(bench)).Single().Outcome.ShouldBe(policy == AfterLoadPolicy.Archive ? "archived" : "deleted");
            (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["1", "2"]);
            File.Exists(path).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Run_SameFileDeliveredAgain_IsNotLoadedAgainAndArchivedToo()
    {
        await using var bench = await BenchAsync();
        var path = bench.Write("a.csv", "id\n1\n");
        var at = File.GetLastWriteTimeUtc(path);
        await bench.LoadAsync(path);
        await RunAsync(bench);

        File.SetLastWriteTimeUtc(bench.Write("a.csv", "id\n1\n"), at);
        (await bench.LoadAsync(path)).Single().IsRepeat.ShouldBeTrue();
        await RunAsync(bench);

        File.Exists(path).ShouldBeFalse();
        Contents(bench, "done").ShouldBe(["a.csv: id\n1\n", "a.csv.2: id\n1\n"]);

        // Another content under the same size and mtime is new.
        File.SetLastWriteTimeUtc(bench.Write("a.csv", "id\n7\n"), at);
        await bench.LoadAsync(path);
        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["1", "7"]);
    }

    [Fact]
    public async Task Run_TargetThatIsNoDirectory_FailsVisiblyAndIsTriedAgain()
    {
        await using var bench = await BenchAsync();
        var path = bench.Write("a.csv", "id\n1\n");
        await bench.LoadAsync(path);
        var blocked = bench.Write("done", "not a directory");

        for (var n = 0; n < 5; n++) (await RunAsync(bench, atOnce: true)).Single().Outcome.ShouldBe("failed");

        (await RunAsync(bench)).ShouldBeEmpty("it waits");
        (await bench.ScalarAsync<string>("SELECT reason FROM ingest.file")).ShouldStartWith("could not be archived: ");
        (await bench.RowsAsync(
            "SELECT d.attempts, status, d.next_attempt_at > now() FROM ingest.disposal d JOIN ingest.file "
                + "USING (file_id)")).ShouldBe(["5|loaded|True"]);
        await bench.LoadAsync(path);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(1, "a move that fails is no reason to load again");

        File.Delete(blocked);
        (await RunAsync(bench, atOnce: true)).Single().Outcome.ShouldBe("archived");
        Contents(bench, "done").ShouldBe(["a.csv: id\n1\n"]);
    }

    [Fact]
    public async Task Run_OtherDevice_IsCopiedVerifiedAndRemoved()
    {
        if (!Directory.Exists("/dev/shm")) Assert.Skip("there is no second file system");
        var shared = Directory.CreateDirectory($"/dev/shm/ingest-test-{Guid.NewGuid():n}").FullName;
        try
        {
            foreach (var compress in new[] { ArchiveCompression.None, ArchiveCompression.Gzip })
            {
                await using var bench = await BenchAsync(
                    p => (p.ArchiveTo, p.Compress) = ($"{shared}/{compress}/{{yyyy}}/{{stem}}.{{ext}}", compress));
                var text = "id\n" + string.Concat(Enumerable.Range(0, 300_000).Select(n => $"{n}\n"));
                var path = bench.Write("a.csv", text);
                var at = File.GetLastWriteTimeUtc(path);
                await bench.LoadAsync(path);

                (await RunAsync(bench)).Single().Outcome.ShouldBe("archived");

                File.Exists(path).ShouldBeFalse();
                var there = Directory.GetFiles($"{shared}/{compress}", "*", SearchOption.AllDirectories).Single();
                File.GetLastWriteTimeUtc(there).ShouldBe(at);
                using Stream stored = compress == ArchiveCompression.Gzip
                    ? new GZipStream(File.OpenRead(there), CompressionMode.Decompress) : File.OpenRead(there);
                (await new StreamReader(stored).ReadToEndAsync(Stop)).ShouldBe(text);
            }
        }
        finally
        {
            Directory.Delete(shared, recursive: true);
        }
    }

    [Fact]
    public async Task Run_Quarantined_IsMovedOrKeptAsSaid()
    {
        await using var bench = await BenchAsync(
            p => (p.AfterQuarantine, p.QuarantineTo) = (AfterQuarantinePolicy.Move,
                Path.Combine(p.Watch[0], "bad", "{fileId}-{name}")));
        await bench.LoadAsync(bench.Write("a.csv", "wrong\n1\n"));

        (await RunAsync(bench)).Single().Outcome.ShouldBe("archived");

        Contents(bench, "bad").ShouldBe(["1-a.csv: wrong\n1\n"]);
        (await bench.ScalarAsync<string>("SELECT status || ': ' || reason FROM ingest.file")).ShouldMatch(
            "^quarantined: .*column.*; archived as .*bad/1-a.csv$");
    }

    [Fact]
    public async Task Run_Archive_GoesWhenAllOfItsMembersAreOver()
    {
        await using var bench = await BenchAsync();
        var zip = Path.Combine(bench.Folder, "a.zip");
        using (var archive = ZipFile.Open(zip, ZipArchiveMode.Create))
        {
            foreach (var name in new[] { "x.csv", "y.csv" })
            {
                await using var entry = await archive.CreateEntry(name).OpenAsync(Stop);
                entry.Write("id\n5\n"u8);
            }
        }

        await bench.LoadAsync(zip);
        await bench.ExecuteAsync("UPDATE ingest.file SET status = 'failed' WHERE path LIKE '%x.csv'");
        (await RunAsync(bench)).ShouldBeEmpty();
        await bench.ExecuteAsync("UPDATE ingest.file SET status = 'loaded' WHERE path LIKE '%x.csv'");

        (await RunAsync(bench)).Single().Outcome.ShouldBe("archived");

        Directory.GetFiles(bench.Folder, "*", SearchOption.AllDirectories)
            .ShouldBe([Path.Combine(bench.Folder, "done", "a.zip")]);
    }

    [Fact]
    public async Task Run_Sentinel_GoesAlong()
    {
        foreach (var policy in new[] { AfterLoadPolicy.Archive, AfterLoadPolicy.Delete })
        {
            await using var bench = await BenchAsync(p => (p.AfterLoad, p.Sentinel) = (policy, ".ok"));
            bench.Write("a.csv.ok", "");
            await bench.LoadAsync(bench.Write("a.csv", "id\n1\n"));

            await RunAsync(bench);

            Directory.GetFiles(bench.Folder, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order()
                .ShouldBe(policy == AfterLoadPolicy.Archive ? ["a.csv", "a.csv.ok"] : []);
        }
    }

    [Fact]
    public async Task Run_FileThatIsGone_IsOverAndStaysLoaded()
    {
        await using var bench = await BenchAsync();
        var path = bench.Write("a.csv", "id\n1\n");
        await bench.LoadAsync(path);
        File.Delete(path);
        await new FileLedger(bench.Database.DataSource).NoteVanishedAsync("test", [path], Stop);

        (await RunAsync(bench)).Single().Outcome.ShouldBe("gone");

        (await bench.RowsAsync("SELECT status, disposal IS NULL FROM ingest.file")).ShouldBe(["loaded|True"]);
    }

    [Fact]
    public async Task Run_TwoNodes_EachFileIsDoneOnce()
    {
        await using var bench = await BenchAsync();
        var paths = Enumerable.Range(0, 100).Select(n => bench.Write($"f{n:000}.csv", $"id\n{n}\n")).ToArray();
        await bench.LoadAsync(paths);
        var nodes = new[] { await bench.StartNodeAsync(), await bench.StartNodeAsync() };

        var results = await Task.WhenAll(nodes.Select(async node =>
        {
            var all = new List<DisposalResult>();
            var round = new DisposalRound(new DisposalLedger(bench.Database.DataSource), node.Id, TimeProvider.System,
                NullLogger.Instance);
            while (await round.RunAsync(["test"], null, atOnce: false, Stop) is { Count: > 0 } some) all.AddRange(some);
            return all;
        }));

        results.SelectMany(r => r).Select(r => r.Outcome).ShouldBe(Enumerable.Repeat("archived", 100));
        Contents(bench, "done").ShouldBe(Enumerable.Range(0, 100).Select(n => $"f{n:000}.csv: id\n{n}\n"));
    }

    /// <summary>Whoever takes a file locks it, and then its disposal; so does whoever is done, or the two
    /// could wait for each other.</summary>
    [Fact]
    public async Task Done_FileLockedByATake_DoesNotHoldItsDisposal()
    {
        await using var bench = await BenchAsync();
        await bench.LoadAsync(bench.Write("a.csv", "id\n1\n"));
        var node = await bench.StartNodeAsync();
        var ledger = new DisposalLedger(bench.Database.DataSource);
        var due = (await ledger.TakeAsync(["test"], null, 1, node.Id, atOnce: false, Stop)).Single();
        await using var connection = await bench.Database.DataSource.OpenConnectionAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        await using var take = new NpgsqlCommand("SELECT FROM ingest.file FOR UPDATE", connection);
        await take.ExecuteNonQueryAsync(Stop);

        var done = ledger.DoneAsync(due, "archived", "archived", Stop);
        while (await bench.ScalarAsync<long>("SELECT count(*) FROM pg_locks WHERE NOT granted") == 0) await Task.Yield();
        await using var update = new NpgsqlCommand(
            "SET LOCAL lock_timeout = '10s'; UPDATE ingest.disposal SET attempts = attempts", connection);
        (await update.ExecuteNonQueryAsync(Stop)).ShouldBe(1);
        await transaction.CommitAsync(Stop);
        await done;
    }

    static Task<LoadBench> BenchAsync(Action<PipelineOptions>? change = null) => LoadBench.CreateAsync(Table, p =>
    {
        (p.AfterLoad, p.ArchiveTo) = (AfterLoadPolicy.Archive, Path.Combine(p.Watch[0], "done", "{name}"));
        change?.Invoke(p);
    });

    static async Task<IReadOnlyList<DisposalResult>> RunAsync(LoadBench bench, bool atOnce = false)
    {
        var node = bench.Node ?? await bench.StartNodeAsync();
        return await new DisposalRound(new DisposalLedger(bench.Database.DataSource), node.Id, TimeProvider.System,
            NullLogger.Instance)
            .RunAsync(["test"], null, atOnce, Stop);
    }

    static string[] Contents(LoadBench bench, string folder) =>
        [.. Directory.GetFiles(Path.Combine(bench.Folder, folder)).Order(StringComparer.Ordinal)
            .Select(path => $"{Path.GetFileName(path)}: {File.ReadAllText(path)}")];
}
