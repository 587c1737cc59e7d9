using System.Diagnostics;
using System.Globalization;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Sources.FileSystem;

public sealed class DirectoryListerCostTests(ITestOutputHelper output) : IDisposable
{
    readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(50)]
    [InlineData(2_000)]
    public void List_KnownFiles_AllocatesTheSameHoweverManyThereAre(int files)
    {
        Fill(files);
        var lister = Create();
        lister.List().New.Count.ShouldBe(files);
        lister.List();

        long bytes;
        int collections;
        do
        {
            // A collection, by whichever test beside this one, counts the rest of the thread's
            // allocation context (8 KiB) as allocated.
            collections = GC.CollectionCount(0);
            var before = GC.GetAllocatedBytesForCurrentThread();
            lister.List().KnownFiles.ShouldBe(files);
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        while (GC.CollectionCount(0) != collections);

        bytes.ShouldBeLessThan(8 * 1024);
    }

    /// <summary>A measurement, run by hand: <c>-explicit only -class …DirectoryListerCostTests -showLiveOutput</c>. Asserts the
    /// design's limit.</summary>
    [Fact(Explicit = true)]
    public void List_HundredThousandKnownFiles_StaysUnderThreeHundredMilliseconds()
    {
        const int Files = 100_000;
        const int Passes = 10;
        Fill(Files);
        var lister = Create();
        var watch = Stopwatch.StartNew();
        lister.List().New.Count.ShouldBe(Files);
        Print($"first pass, all new: {watch.Elapsed.TotalMilliseconds:F0} ms");
        var held = GC.GetTotalMemory(forceFullCollection: true);
        lister.List();

        var cpu = Environment.CpuUsage.TotalTime;
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        watch.Restart();
        for (var i = 0; i < Passes; i++)
            lister.List();
        watch.Stop();
        var cpuPerPass = (Environment.CpuUsage.TotalTime - cpu) / Passes;
        bytes = (GC.GetAllocatedBytesForCurrentThread() - bytes) / Passes;
        Print($"pass over {Files} known files: {watch.Elapsed.TotalMilliseconds / Passes:F0} ms");
        Print($"{cpuPerPass.TotalMilliseconds:F0} ms of CPU, {bytes} bytes allocated; heap with the snapshot {held >> 20} MiB");
        cpuPerPass.ShouldBeLessThan(TimeSpan.FromMilliseconds(300));
    }

    void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    DirectoryLister Create() => new(new() { Roots = [_directory.Root], Include = ["*.csv"] }, TimeProvider.System);

    void Fill(int files)
    {
        for (var i = 0; i < files; i++)
            File.WriteAllBytes(_directory[$"events-2026-05-01-{i:D6}.csv"], []);
    }
}
