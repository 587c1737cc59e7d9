using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Postgres.Tests.Loading.Tailing;

/// <summary>Followed files of which nothing is loaded yet when they are claimed: only their inode identifies them under
/// another name, and file systems give the inode of a deleted file to the next new one.</summary>
public sealed class TailInodeTests
{
    const string Rows = "SELECT id, note, line, rec FROM t ORDER BY id";

    const string Versions =
        "SELECT substring(path FROM '[^/]*$'), version, status, reason FROM ingest.file ORDER BY path, version";

    [Fact]
    public async Task Tail_RenamedBeforeItIsOpened_IsReadToItsEnd()
    {
        await using var bench = await CreateAsync();
        var seen = LoadBench.Stat(bench.Write("app.log", "id,note\n1,a\n2,no end"));
        File.Move(seen.Path, seen.Path + ".1");
        await LoadAsync(bench, seen);

        (await bench.RowsAsync(Rows)).ShouldBe(["1|a|2|1", "2|no end|3|2"]);
        (await bench.RowsAsync(Versions)).ShouldBe(["app.log|1|loaded|it was renamed or deleted, and read to its end"]);
    }

    [Fact]
    public async Task Tail_NewFileHasTheInodeOfADeletedOne_IsNotTakenForIt()
    {
        await using var bench = await CreateAsync();
        var (gone, there) = Reuse(bench);
        await LoadAsync(bench, gone);

        (await bench.RowsAsync(Rows)).ShouldBeEmpty();
        (await bench.RowsAsync(Versions)).ShouldBe(["app.log.1|1|vanished|the file is gone"]);

        await LoadAsync(bench, there);
        await LoadsTheRestAsync(bench, there.Path);
    }

    /// <summary>Where no time of creation shows it, or where both times are equal.</summary>
    [Fact]
    public async Task Tail_NewFileIsTakenForADeletedOne_HalfALineWaitsForItsRest()
    {
        await using var bench = await CreateAsync();
        var (gone, there) = Reuse(bench);
        await LoadAsync(bench, gone with { ChangedNanoseconds = 0 }, there);

        (await bench.RowsAsync(Rows)).ShouldBe(["1|a|2|1"]);
        await LoadsTheRestAsync(bench, there.Path);
    }

    /// <summary>A deleted file, and a younger one with its inode. The inode is invented: another process may have taken
    /// the real one.</summary>
    static (SeenFile Gone, SeenFile There) Reuse(LoadBench bench)
    {
        var gone = LoadBench.Stat(bench.Write("app.log.1", "id,note\n"));
        File.Delete(gone.Path);
        SeenFile there;
        do
        {
            File.Delete(Path.Combine(bench.Folder, "app.log"));
            there = LoadBench.Stat(bench.Write("app.log", "id,note\n1,a\n2,half"));
        }
        while (there.ChangedNanoseconds == gone.ChangedNanoseconds); // the clock of the file system goes in steps
        return (gone with { Device = there.Device, Inode = there.Inode }, there);
    }

    static async Task LoadsTheRestAsync(LoadBench bench, string path)
    {
        File.AppendAllText(path, " a line\n");
        await LoadAsync(bench, LoadBench.Stat(path));
        (await bench.RowsAsync(Rows)).ShouldBe(["1|a|2|1", "2|half a line|3|2"]);
    }

    static Task<LoadBench> CreateAsync() => LoadBench.CreateAsync(
        "CREATE TABLE t (id int, note text, line bigint, rec bigint)", p =>
        {
            (p.Tail, p.TailIdle) = (true, TimeSpan.FromMilliseconds(300));
            p.Metadata = new Dictionary<string, string> { ["line"] = "{line}", ["rec"] = "{record}" };
        });

    static async Task<IReadOnlyList<FileState>> LoadAsync(LoadBench bench, params SeenFile[] files)
    {
        var node = bench.Node ?? await bench.StartNodeAsync();
        await using var workers = new TaskFileWorkers(node, NullLoggerFactory.Instance);
        return await new OneShotLoad(node, bench.Pipeline.Name, workers).RunAsync(files, null,
            TestContext.Current.CancellationToken);
    }
}
