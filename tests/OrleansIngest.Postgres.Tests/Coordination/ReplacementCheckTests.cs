using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Coordination;

/// <summary>Files whose size and mtime say that nothing happened to them.</summary>
public sealed class ReplacementCheckTests
{
    const string Table = "CREATE TABLE t (id int)";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Load_FileReplacedWithEqualSizeAndTime_LoadsTheNewContent()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var (written, renamed) = (Write(bench, "a.csv", "id\n1\n"), Write(bench, "b.csv", "id\n2\n"));
        await bench.LoadAsync(written, renamed);
        var before = (LoadBench.Stat(written), LoadBench.Stat(renamed));

        Overwrite(written, "id\n3\n");
        Rename(bench, renamed, "id\n4\n");
        before.Item1.IsSameVersionAs(LoadBench.Stat(written)).ShouldBeTrue("size and mtime are to be as before");
        before.Item2.IsSameVersionAs(LoadBench.Stat(renamed)).ShouldBeTrue("size and mtime are to be as before");
        var states = await bench.LoadAsync(written, renamed);

        states.Select(s => (s.Status, s.WasHandled)).ShouldBe([("loaded", true), ("loaded", true)]);
        (await bench.RowsAsync("SELECT id FROM t ORDER BY 1")).ShouldBe(["1", "2", "3", "4"]);
        (await bench.RowsAsync("SELECT path, max(version) FROM ingest.file GROUP BY 1 ORDER BY 1")).ShouldBe(
            [$"{written}|2", $"{renamed}|2"]);
    }

    [Fact]
    public async Task Load_RightsLinksAndNumbersChanged_OnlyNotesThem()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var (rights, inode) = (Write(bench, "a.csv", "id\n1\n"), Write(bench, "b.csv", "id\n2\n"));
        await bench.LoadAsync(rights, inode);

        File.SetUnixFileMode(rights, UnixFileMode.UserRead);
        Rename(bench, inode, "id\n2\n");
        var states = await bench.LoadAsync(rights, inode);

        states.ShouldAllBe(s => s.Status == "loaded" && !s.WasHandled);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.file")).ShouldBe(2);
        await ShouldKnowAsync(bench, rights, inode);
    }

    /// <summary>What happened while no program ran, and what happens under its eyes.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunRound_FilesReplacedOrOnlyRenumbered_AreNewVersionsOrNothing(bool isRunning)
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.SettleTime = TimeSpan.Zero);
        var (written, renamed, rights, unreadable) = (
            Write(bench, "a.csv", "id\n1\n"), Write(bench, "b.csv", "id\n2\n"), Write(bench, "c.csv", "id\n3\n"),
            Write(bench, "d.csv", "id\n4\n"));
        await bench.LoadAsync(written, renamed, rights, unreadable);
        var node = await bench.StartNodeAsync();
        await using var workers = new TaskFileWorkers(node, NullLoggerFactory.Instance);
        using var coordinator = node.CreateCoordinator("test", workers);
        if (isRunning) await coordinator.RunRoundAsync(Stop);

        Overwrite(written, "id\n5\n");
        Rename(bench, renamed, "id\n6\n");
        File.SetUnixFileMode(rights, UnixFileMode.UserRead);
        do
        {
            await coordinator.WaitAsync(await coordinator.RunRoundAsync(Stop), Stop);
        }
        while (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.file WHERE status = 'ready'") < 2
            || await bench.ScalarAsync<long>($"SELECT ctime_ns FROM ingest.file WHERE path = '{rights}'")
                != LoadBench.Stat(rights).ChangedNanoseconds);

        (await bench.RowsAsync("SELECT path, version, status FROM ingest.file WHERE version > 1 ORDER BY 1")).ShouldBe(
            [$"{written}|2|ready", $"{renamed}|2|ready"]);
        await ShouldKnowAsync(bench, written, renamed, rights, unreadable);
        (await bench.LoadAsync(written, renamed)).ShouldAllBe(s => s.Status == "loaded");
        (await bench.RowsAsync("SELECT id FROM t ORDER BY 1")).ShouldBe(["1", "2", "3", "4", "5", "6"]);
    }

    [Fact]
    public async Task WorkAsync_ManyFiles_WorksInSlicesAndKeepsWhatCouldNotBeWritten()
    {
        const int Files = 450;
        await using var bench = await LoadBench.CreateAsync(Table);
        var paths = Enumerable.Range(0, Files).Select(f => bench.Write($"{f}.csv", $"id\n{f:000}\n")).ToArray();
        await bench.LoadAsync(paths);
        foreach (var path in paths) File.SetUnixFileMode(path, UnixFileMode.UserRead);
        SeenFile[] suspects = [.. paths.Select(LoadBench.Stat)];
        using var check = new ReplacementCheck("test", new ContentLedger(bench.Database.DataSource), TimeProvider.System);
        check.Add(suspects);
        check.Add(suspects);

        await bench.ExecuteAsync("ALTER TABLE ingest.file RENAME COLUMN ctime_ns TO away");
        await Should.ThrowAsync<Npgsql.PostgresException>(check.WorkAsync(TimeSpan.Zero, Stop));
        await bench.ExecuteAsync("ALTER TABLE ingest.file RENAME COLUMN away TO ctime_ns");
        var slices = 0;
        for (; !check.IsIdle; slices++) (await check.WorkAsync(TimeSpan.Zero, Stop)).ShouldBe(0);

        slices.ShouldBe(Files, "a slice without time is one file");
        await ShouldKnowAsync(bench, paths);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.file")).ShouldBe(Files);
    }

    static async Task ShouldKnowAsync(LoadBench bench, params string[] paths)
    {
        var known = await new ContentLedger(bench.Database.DataSource).NewestAsync("test", paths, Stop);
        known.Select(k => k.File).OrderBy(f => f.Path, StringComparer.Ordinal)
            .ShouldBe(paths.Order(StringComparer.Ordinal).Select(LoadBench.Stat));
    }

    /// <summary>With an mtime that can be set again: .NET knows steps of 100 ns.</summary>
    static string Write(LoadBench bench, string name, string content)
    {
        var path = bench.Write(name, content);
        SameContentTests.Touch(path, 0);
        return path;
    }

    static void Overwrite(string path, string content)
    {
        var modified = File.GetLastWriteTimeUtc(path);
        File.WriteAllText(path, content);
        File.SetLastWriteTimeUtc(path, modified);
    }

    static void Rename(LoadBench bench, string path, string content)
    {
        var other = bench.Write(".other", content);
        File.SetLastWriteTimeUtc(other, File.GetLastWriteTimeUtc(path));
        File.Move(other, path, overwrite: true);
    }
}
