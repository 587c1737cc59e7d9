using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Sources.FileSystem;

/// <summary>Real events of the file system are awaited; the limit only says when to give up.</summary>
public sealed class ChangeHintTests(ITestOutputHelper output) : IDisposable
{
    static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(30);
    readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task WaitAsync_FileIsRenamedIntoPlace_EndsSoon()
    {
        using var hint = new ChangeHint(recursive: false);
        using var elsewhere = new TemporaryDirectory();
        hint.WatchRoots([new(_directory.Root, 1, 1)]);
        hint.Problems.ShouldBeEmpty();
        var path = elsewhere.Write("a.csv", "x");
        var wait = hint.WaitAsync(GiveUp, TimeProvider.System, CancellationToken.None);

        var watch = Stopwatch.StartNew();
        File.Move(path, _directory["a.csv"]);

        (await wait).ShouldBeTrue();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{watch.Elapsed.TotalMilliseconds:F1} ms from rename to signal"));
        hint.TakePaths().ShouldContain(_directory["a.csv"]);
        hint.TakePaths().ShouldBeEmpty();
    }

    [Fact]
    public async Task WaitAsync_HintsCameBefore_CountOnce()
    {
        using var hint = new ChangeHint(recursive: false);
        hint.WatchRoots([new(_directory.Root, 1, 1)]);
        for (var i = 0; i < 10; i++)
            _directory.Write($"{i}.csv", "x");
        var seen = new HashSet<string>();
        while (seen.Count < 10)
        {
            (await hint.WaitAsync(GiveUp, TimeProvider.System, CancellationToken.None)).ShouldBeTrue();
            seen.UnionWith(hint.TakePaths());
        }

        var time = new FakeTimeProvider();
        // All events have arrived, at most one hint is left of them.
        await hint.WaitAsync(TimeSpan.Zero, time, CancellationToken.None);
        (await hint.WaitAsync(TimeSpan.Zero, time, CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task WaitAsync_TimePasses_EndsWithoutHint()
    {
        var time = new FakeTimeProvider();
        using var hint = new ChangeHint(recursive: false);
        var wait = hint.WaitAsync(TimeSpan.FromSeconds(1), time, CancellationToken.None);
        time.Advance(TimeSpan.FromMilliseconds(999));
        wait.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromMilliseconds(1));
        (await wait.WaitAsync(GiveUp)).ShouldBeFalse();
    }

    [Fact]
    public async Task WaitAsync_Cancelled_Throws()
    {
        using var hint = new ChangeHint(recursive: false);
        using var cancellation = new CancellationTokenSource();
        var wait = hint.WaitAsync(GiveUp, TimeProvider.System, cancellation.Token);
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(wait);
        await Should.ThrowAsync<OperationCanceledException>(hint.WaitAsync(GiveUp, TimeProvider.System, cancellation.Token));
    }

    [Fact]
    public async Task WatchRoots_RootIsDeletedAndMadeAgain_WatchesTheNewOne()
    {
        var root = Directory.CreateDirectory(_directory["root"]).FullName;
        using var hint = new ChangeHint(recursive: true);
        hint.WatchRoots([new(root, 1, 1)]);
        Directory.Delete(root);
        hint.WatchRoots([]);
        hint.Problems.ShouldBeEmpty();
        Directory.CreateDirectory(root);
        hint.WatchRoots([new(root, 1, 2)]);
        hint.TakePaths();

        var path = _directory.Write("root/a.csv", "x");

        await Until(hint, path);
    }

    [Fact]
    public async Task WatchRoots_SameRootWithAnotherInode_IsWatchedAnew()
    {
        var root = Directory.CreateDirectory(_directory["root"]).FullName;
        using var hint = new ChangeHint(recursive: false);
        hint.WatchRoots([new(root, 1, 1)]);
        Directory.Move(root, _directory["old"]);
        Directory.CreateDirectory(root);
        hint.WatchRoots([new(root, 1, 2)]);

        await Until(hint, _directory.Write("root/a.csv", "x"));
    }

    [Fact]
    public async Task WatchRoots_RootCannotBeWatched_IsAProblemUntilItCan()
    {
        using var hint = new ChangeHint(recursive: false);
        hint.WatchRoots([new(_directory["later"], 1, 1)]);
        hint.Problems.ShouldHaveSingleItem().Kind.ShouldBe(ProblemKind.NoHints);
        (await hint.WaitAsync(TimeSpan.Zero, TimeProvider.System, CancellationToken.None)).ShouldBeFalse();

        Directory.CreateDirectory(_directory["later"]);
        hint.WatchRoots([new(_directory["later"], 1, 1)]);
        hint.Problems.ShouldBeEmpty();
        await Until(hint, _directory.Write("later/a.csv", "x"));
    }

    [Fact]
    public async Task WaitAsync_DirectoryIsMadeBelow_HintsAtFilesInIt()
    {
        using var hint = new ChangeHint(recursive: true);
        hint.WatchRoots([new(_directory.Root, 1, 1)]);
        Directory.CreateDirectory(_directory["sub"]);
        await Until(hint, _directory["sub"]);
    }

    [Fact]
    public async Task WaitAsync_EventsWereLost_HintsAndGoesOn()
    {
        using var hint = new ChangeHint(recursive: false);
        hint.WatchRoots([new(_directory.Root, 1, 1)]);
        hint.RaiseError(_directory.Root, new InternalBufferOverflowException());
        (await hint.WaitAsync(GiveUp, TimeProvider.System, CancellationToken.None)).ShouldBeTrue();
        hint.Problems.ShouldBeEmpty();
        await Until(hint, _directory.Write("a.csv", "x"));
    }

    [Fact]
    public async Task WatchRoots_WatcherFailed_IsAProblemUntilItIsReplaced()
    {
        using var hint = new ChangeHint(recursive: false);
        hint.WatchRoots([new(_directory.Root, 1, 1)]);
        hint.RaiseError(_directory.Root,
            new IOException("The configured user limit on the number of inotify watches has been reached."));
        (await hint.WaitAsync(GiveUp, TimeProvider.System, CancellationToken.None)).ShouldBeTrue();
        hint.Problems.ShouldHaveSingleItem().Detail.ShouldContain("inotify");

        hint.WatchRoots([new(_directory.Root, 1, 1)]);
        hint.Problems.ShouldBeEmpty();
        await Until(hint, _directory.Write("a.csv", "x"));
    }

    [Fact]
    public void Dispose_Twice_IsHarmlessAndWatchesNothingMore()
    {
        var hint = new ChangeHint(recursive: false);
        hint.WatchRoots([new(_directory.Root, 1, 1)]);
        hint.Dispose();
        hint.Dispose();
        hint.WatchRoots([new(_directory.Root, 1, 1)]);
        hint.Problems.ShouldBeEmpty();
    }

    static async Task Until(ChangeHint hint, string path)
    {
        while (!hint.TakePaths().Contains(path))
            (await hint.WaitAsync(GiveUp, TimeProvider.System, CancellationToken.None)).ShouldBeTrue(
                $"no hint at {path} within {GiveUp}");
    }
}
