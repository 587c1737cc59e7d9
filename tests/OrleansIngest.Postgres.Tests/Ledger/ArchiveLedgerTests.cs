using Npgsql;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Postgres.Tests.Loading;
using OrleansIngest.Testing;

namespace OrleansIngest.Postgres.Tests.Ledger;

/// <summary>Archives and their members in the ledger; no archive is read here.</summary>
public sealed class ArchiveLedgerTests
{
    const string Table = "CREATE TABLE t (id int)";
    const string Members =
        "SELECT path, version, status, size FROM ingest.file WHERE parent_id IS NOT NULL ORDER BY path, version";
    static readonly SeenFile Archive = new("/in/a.zip", 1000, 5_000, 7, 8);
    static readonly ArchiveMember[] Two = [new("b.csv", 60), new("dir/a.csv", 40)];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Expand_UnderAClaim_MakesMembersReadyAndTheArchiveLoaded()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(node, Archive);

        (await node.Files.ExpandAsync(claim, Two, [1, 2], Stop)).ShouldBe(Expansion.Done);

        (await bench.RowsAsync(Members)).ShouldBe(["/in/a.zip!/b.csv|1|ready|60", "/in/a.zip!/dir/a.csv|1|ready|40"]);
        (await bench.RowsAsync(
            "SELECT status, reason, end_position, rows_loaded, ingest.uri(f) FROM ingest.file f WHERE parent_id IS NULL"))
            .ShouldBe(["loaded|an archive of 2 files|1000|0|file:///in/a.zip"]);
        (await bench.RowsAsync("SELECT DISTINCT version_token, mtime_ns FROM ingest.file WHERE parent_id IS NOT NULL")).ShouldBe(
            ["5000-1000|5000"]);
        (await bench.RowsAsync("SELECT sum(bytes), sum(files_finished) FROM ingest.throughput")).ShouldBe(["0|1"],
            "its bytes are counted with its members");
        await bench.FilesShouldAgreeAsync();
        var members = await node.Files.ClaimAsync("test", node.Id, 10, null, Stop);
        members.Select(m => m.File.Path).ShouldBe(["/in/a.zip!/b.csv", "/in/a.zip!/dir/a.csv"]);
        members.ShouldAllBe(m => m.Archive == Archive);
        (await node.Files.MembersAsync([claim.FileId], Stop)).Select(s => (s.Path, s.Archive)).ShouldBe(
            [("/in/a.zip!/b.csv", claim.FileId), ("/in/a.zip!/dir/a.csv", claim.FileId)]);
    }

    [Fact]
    public async Task Expand_WhoseCommitIsNotAnswered_IsRepeatedWithoutASecondMember()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(node, Archive);
        var server = new NpgsqlConnectionStringBuilder(bench.Database.ConnectionString);
        await using var proxy = new CuttingProxy(server.Port, cuts: 1, "INSERT INTO ingest.file ");
        (server.Port, server.SslMode) = (proxy.Port, SslMode.Disable);
        await using var cut = NpgsqlDataSource.Create(server);
        var ledger = new FileLedger(cut);

        await Should.ThrowAsync<NpgsqlException>(() => ledger.ExpandAsync(claim, Two, null, Stop));
        (await ledger.ExpandAsync(claim, Two, null, Stop)).ShouldBe(Expansion.Done);

        proxy.Cuts.ShouldBe(1);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.file WHERE parent_id IS NOT NULL")).ShouldBe(2);
        await bench.FilesShouldAgreeAsync();
    }

    [Fact]
    public async Task Expand_UnderAClaimThatIsNotInForce_WritesNothing()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(node, Archive);

        (await node.Files.ExpandAsync(claim with { Epoch = claim.Epoch - 1 }, Two, null, Stop)).ShouldBe(Expansion.Fenced);
        (await node.Files.ExpandAsync(claim with { Owner = new NodeId("other") }, Two, null, Stop)).ShouldBe(Expansion.Fenced);
        await Should.ThrowAsync<ArgumentException>(() => node.Files.ExpandAsync(claim, [new("a", 1), new("a", 2)], null, Stop));

        (await bench.RowsAsync("SELECT path, status FROM ingest.file")).ShouldBe(["/in/a.zip|loading"]);
    }

    [Fact]
    public async Task Expand_WhileASiloOfTheVersionBeforeRuns_Waits()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(node, Archive);
        await bench.ExecuteAsync(
            """
            INSERT INTO ingest.node (node, kind, host, pid, version, cores, memory_bytes, lanes, capacity, state, lock_key)
            VALUES ('old', 'silo', 'h', 1, '1.0.0', 1, 1, 1, 1, 'draining', 1)
            """);

        (await node.Files.ExpandAsync(claim, Two, null, Stop)).ShouldBe(Expansion.TooEarly,
            "it would take members for files that are gone");
        (await bench.RowsAsync(Members)).ShouldBeEmpty();
        await bench.ExecuteAsync("UPDATE ingest.node SET state = 'left' WHERE node = 'old'");
        (await node.Files.ExpandAsync(claim, Two, null, Stop)).ShouldBe(Expansion.Done);
    }

    [Fact]
    public async Task Discovery_ThatSeesNoMember_LeavesThemAlone()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        await ExpandAsync(bench, node);

        (await node.Files.KnownFilesAsync("test", null, Stop)).Select(f => f.Path).ShouldBe([Archive.Path]);
        await node.Files.NoteVanishedAsync("test", ["/in/a.zip!/b.csv", Archive.Path], Stop);
        (await node.Files.OverdueAsync("test", [], Stop)).ShouldBeEmpty();

        (await bench.RowsAsync("SELECT DISTINCT status FROM ingest.file WHERE parent_id IS NOT NULL")).ShouldBe(["ready"]);
    }

    [Fact]
    public async Task Member_WhoseArchiveChangedBeforeItWasLoaded_IsClosedWhenTheNewArchiveIsThere()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        await ExpandAsync(bench, node);
        await EndAllAsync(node, ClaimEnd.Changed);

        (await node.Files.OverdueAsync("test", [Archive.Path], Stop)).ShouldBeEmpty("discovery waits for the archive already");
        (await node.Files.OverdueAsync("test", [], Stop)).ShouldBe([Archive.Path], "the archive has to be looked at again, once");
        await node.Files.NoteFilesAsync("test", [Archive with { Size = 1001 }], "discovered", "settles", Stop);
        (await node.Files.OverdueAsync("test", [], Stop)).ShouldBe([Archive.Path]);

        (await bench.RowsAsync("SELECT status, reason FROM ingest.file WHERE parent_id IS NOT NULL"))
            .ShouldBe(Enumerable.Repeat("vanished|changed before it was loaded; a newer version replaces it", 2));
        var again = await bench.ClaimAsync(node, Archive with { Size = 1001 });
        await node.Files.ExpandAsync(again, Two, null, Stop);
        (await bench.RowsAsync(Members)).ShouldBe(
            ["/in/a.zip!/b.csv|1|vanished|60", "/in/a.zip!/b.csv|2|ready|60", "/in/a.zip!/dir/a.csv|1|vanished|40",
                "/in/a.zip!/dir/a.csv|2|ready|40"]);
    }

    [Theory]
    [InlineData(ClaimEnd.Changed)]
    [InlineData(ClaimEnd.Vanished)]
    public async Task Member_WhoseArchiveIsThereAgainAsItWas_IsReadyAgain(ClaimEnd end)
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        await ExpandAsync(bench, node);
        await EndAllAsync(node, end);

        (await node.Files.KnownFilesAsync("test", null, Stop)).ShouldBeEmpty("after a restart the archive has to be news");
        await node.Files.NoteFilesAsync("test", [Archive with { Size = 999 }, new SeenFile("/in/other.zip", 1000, 5_000, 0, 0)],
            "discovered", null, Stop);
        (await bench.RowsAsync(Members)).ShouldAllBe(m => !m.Contains("ready"));
        await bench.ExecuteAsync("DELETE FROM ingest.file WHERE size = 999");
        await node.Files.NoteFilesAsync("test", [Archive], "ready", null, Stop);

        (await bench.RowsAsync(
            "SELECT DISTINCT status, reason, finished_at IS NULL FROM ingest.file WHERE parent_id IS NOT NULL")).ShouldBe(
                ["ready|NULL|True"]);
        (await node.Files.ClaimAsync("test", node.Id, 10, null, Stop)).Count.ShouldBe(2);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.file WHERE path = '/in/a.zip'")).ShouldBe(1);
    }

    [Fact]
    public async Task File_InADirectoryWithAMembersPath_IsAFileOfItsOwn()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        await ExpandAsync(bench, node);
        var file = new SeenFile("/in/a.zip!/b.csv", 60, 5_000, 0, 0); // of the member's size and time, as it happens

        for (var i = 0; i < 2; i++) await node.Files.NoteFilesAsync("test", [file], "ready", null, Stop);
        // the oldest is claimed first
        await node.Files.ExpandAsync(await bench.ClaimAsync(node, Archive with { ModifiedNanoseconds = 1 }), Two, null, Stop);
        await node.Files.NoteFilesAsync("test", [file], "ready", null, Stop);

        (await bench.RowsAsync(
            "SELECT version, parent_id IS NULL FROM ingest.file WHERE path = '/in/a.zip!/b.csv' ORDER BY version"))
            .ShouldBe(["1|False", "2|True", "3|False"]);
        (await node.Files.KnownFilesAsync("test", null, Stop)).Select(f => f.Path).Order()
            .ShouldBe(["/in/a.zip", "/in/a.zip!/b.csv"]);
    }

    [Fact]
    public async Task Verbs_OnAMember_DoWhatTheyDoOnAFile()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        await ExpandAsync(bench, node);
        var operators = new OperatorLedger(bench.Database.DataSource);
        var file = (await operators.FindAsync("/in/a.zip!/b.csv", null, Stop)).Single().File;
        string[] seen = [];
        foreach (var verb in new[] { FileVerb.Quarantine, FileVerb.Retry, FileVerb.Skip, FileVerb.Replay })
            seen = [.. seen, (await operators.ApplyAsync(verb, file, new OperatorAct("ann"), Stop)).Status!];

        seen.ShouldBe(["quarantined", "ready", "ignored", "ready"]);
        await bench.ExecuteAsync($"UPDATE ingest.file SET status = 'loaded' WHERE file_id = {file}");
        var again = await operators.ApplyAsync(FileVerb.Replay, file, new OperatorAct("ann"), Stop, again: true);
        (await bench.RowsAsync(
            "SELECT version, status, parent_id = 1, version_token, is_forced FROM ingest.file WHERE path LIKE '%/b.csv' ORDER "
                + "BY version"))
            .ShouldBe(["1|loaded|True|5000-1000|False", "2|ready|True|5000-1000|True"]);
        (await node.Files.ClaimAsync("test", node.Id, 1, [again.FileId!.Value], Stop)).Single().Archive.ShouldBe(Archive);
        (await node.Files.MembersAsync([new FileId(1)], Stop)).Select(s => s.FileId)
            .ShouldBe([new FileId(3), again.FileId!.Value]);
    }

    [Fact]
    public async Task Archive_LoadedAgainOnPurpose_BringsItsMembersAgain()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var node = await bench.StartNodeAsync();
        await ExpandAsync(bench, node);
        await bench.ExecuteAsync("UPDATE ingest.file SET status = 'loaded'");

        var again = await new OperatorLedger(bench.Database.DataSource).ApplyAsync(FileVerb.Replay, new FileId(1),
            new OperatorAct("ann"), Stop, again: true);
        var claim = (await node.Files.ClaimAsync("test", node.Id, 1, [again.FileId!.Value], Stop)).Single();
        await node.Files.ExpandAsync(claim, Two, null, Stop);

        (await bench.RowsAsync(
            "SELECT path, is_forced FROM ingest.file WHERE version = 2 AND parent_id IS NOT NULL ORDER BY path"))
            .ShouldBe(["/in/a.zip!/b.csv|True", "/in/a.zip!/dir/a.csv|True"]);
    }

    /// <summary>Another node has the archive and expands it; a load that was asked for it waits, and loads the members.</summary>
    [Fact]
    public async Task Load_OfAnArchive_LoadsItsMembersToo()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        using var bytes = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(bytes, System.IO.Compression.ZipArchiveMode.Create,
            leaveOpen: true))
        {
            foreach (var (name, text) in new[] { ("b.csv", "id\n1\n2\n"), ("c.csv", "id\n3\n") })
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(System.Text.Encoding.UTF8.GetBytes(text));
            }
        }

        var archive = bench.Write("a.zip", bytes.ToArray());
        var other = await bench.StartNodeAsync();
        var claim = await bench.ClaimAsync(other, LoadBench.Stat(archive));
        var node = await bench.StartNodeAsync();
        await using var workers = new TaskFileWorkers(node, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        var load = new OneShotLoad(node, "test", workers)
        { Patience = TimeSpan.FromMinutes(1) }.RunAsync([LoadBench.Stat(archive)], null, Stop);
        await other.Files.ExpandAsync(claim, [new("b.csv", 7), new("c.csv", 5)], null, Stop);

        var states = await load;

        states.Select(s => (Path.GetFileName(s.Path), s.Status, s.Totals.Loaded, s.IsArchive, s.WasHandled)).ShouldBe(
            [("a.zip", "loaded", 0L, true, false), ("b.csv", "loaded", 2L, false, true), ("c.csv", "loaded", 1L, false, true)]);
        (await bench.RowsAsync("SELECT id FROM t ORDER BY id")).ShouldBe(["1", "2", "3"]);
    }

    static async Task ExpandAsync(LoadBench bench, IngestNode node) =>
        (await node.Files.ExpandAsync(await bench.ClaimAsync(node, Archive), Two, null, Stop)).ShouldBe(Expansion.Done);

    static async Task EndAllAsync(IngestNode node, ClaimEnd end)
    {
        foreach (var claim in await node.Files.ClaimAsync("test", node.Id, 10, null, Stop))
            (await node.Files.EndClaimAsync(claim, end, "as the loader says", TimeSpan.Zero, Stop)).ShouldBeTrue();
    }
}
