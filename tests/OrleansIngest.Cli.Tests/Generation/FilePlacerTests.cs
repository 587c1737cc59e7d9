using System.Security.Cryptography;
using System.Threading.Channels;
using OrleansIngest.Generator;
using OrleansIngest.Testing;

namespace OrleansIngest.Cli.Tests.Generation;

public sealed class FilePlacerTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    GeneratorOptions Options => new() { OutputDirectory = _temp["in"], Interval = TimeSpan.Zero, Files = 1 };

    [Fact]
    public async Task WriteAsync_WatchedWhileItWrites_NeverShowsAPartOfAFile()
    {
        Directory.CreateDirectory(_temp["in"]);
        using var done = new CancellationTokenSource();
        var firstSight = new Dictionary<string, string>();
        var watcher = Task.Run(() =>
        {
            do
            {
                foreach (var path in Directory.EnumerateFiles(_temp["in"], "*.csv"))
                    firstSight.TryAdd(Path.GetFileName(path), Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))));
            }
            while (!done.IsCancellationRequested);
        });

        var manifest = await EventGenerator.WriteAsync(Options with { Files = 60, RowsPerFile = 5000 }, null, TimeProvider.System,
            CancellationToken.None);
        await done.CancelAsync();
        await watcher;

        foreach (var file in manifest.Files)
            firstSight.GetValueOrDefault(file.Name, file.Sha256).ShouldBe(file.Sha256, file.Name);
        firstSight.Count.ShouldBeGreaterThan(1);
        Directory.EnumerateFiles(_temp["in"]).Count().ShouldBe(60);
    }

    [Fact]
    public async Task WriteAsync_SlowWrite_ShowsHalfAFileUntilThePauseEnds()
    {
        var time = new SignallingTime();
        var writing = EventGenerator.WriteAsync(Options with { SlowWritePause = TimeSpan.FromSeconds(2) }, null, time,
            CancellationToken.None);

        await time.Waiting;
        var path = Path.Combine(_temp["in"], "events-000001.csv");
        var half = new FileInfo(path).Length;
        time.Advance(TimeSpan.FromSeconds(2));
        var file = (await writing).Files[0];

        half.ShouldBe(file.Bytes / 2);
        Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path))).ShouldBe(file.Sha256);
    }

    [Fact]
    public async Task WriteAsync_Interval_WaitsForItBetweenFiles()
    {
        var time = new SignallingTime();
        var placed = Channel.CreateUnbounded<GeneratedFile>();
        var progress = new Reporter(file => placed.Writer.TryWrite(file));
        var writing = EventGenerator.WriteAsync(Options with { Files = 3, Interval = TimeSpan.FromSeconds(5) }, progress, time,
            CancellationToken.None);

        var first = await placed.Reader.ReadAsync();
        Manifest.Load(_temp["manifest.json"]).Files.Count.ShouldBe(1);
        time.Advance(TimeSpan.FromSeconds(5));
        var second = await placed.Reader.ReadAsync();
        time.Advance(TimeSpan.FromSeconds(4.9));
        placed.Reader.TryRead(out _).ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(0.1));
        await writing;

        (second.PlacedAt - first.PlacedAt).ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task WriteAsync_Cancelled_KeepsWhatIsCompleteAndSaysSo()
    {
        using var cancel = new CancellationTokenSource();
        var progress = new Reporter(file =>
        {
            if (file.Number == 3)
                cancel.Cancel();
        });

        await Should.ThrowAsync<OperationCanceledException>(
            () => EventGenerator.WriteAsync(Options with { Files = 0 }, progress, TimeProvider.System, cancel.Token));

        Manifest.Load(_temp["manifest.json"]).Files.Select(file => file.Name).ShouldBe(
            Directory.EnumerateFiles(_temp["in"]).Select(Path.GetFileName).Order()!);
        Directory.EnumerateFiles(_temp["in"]).Count().ShouldBe(3);
    }

    [Fact]
    public async Task WriteAsync_FilesExist_RefusesAppendsOrOverwrites()
    {
        var first = await WriteAsync(ExistingFiles.Refuse);

        (await Should.ThrowAsync<FilesExistException>(() => WriteAsync(ExistingFiles.Refuse))).ExistingPath.ShouldEndWith(
            "events-000001.csv");
        File.Delete(Path.Combine(_temp["in"], "events-000001.csv")); // as a loader would that moves files away
        var appended = await WriteAsync(ExistingFiles.Append);
        var overwritten = await WriteAsync(ExistingFiles.Overwrite);

        appended.Files.Select(file => file.Name).ShouldBe(["events-000001.csv", "events-000002.csv"]);
        appended.Good.ShouldBe(200);
        overwritten.Files.ShouldHaveSingleItem().Sha256.ShouldBe(first.Files[0].Sha256);

        Task<Manifest> WriteAsync(ExistingFiles existing) =>
            EventGenerator.WriteAsync(Options with { Existing = existing }, null, TimeProvider.System, CancellationToken.None);
    }

    /// <summary>Progress on the caller's thread, unlike <see cref="Progress{T}"/>.</summary>
    sealed class Reporter(Action<GeneratedFile> report) : IProgress<GeneratedFile>
    {
        public void Report(GeneratedFile value) => report(value);
    }
}
