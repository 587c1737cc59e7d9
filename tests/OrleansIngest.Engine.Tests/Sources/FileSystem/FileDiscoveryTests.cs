using Microsoft.Extensions.Time.Testing;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Sources.FileSystem;

public sealed class FileDiscoveryTests : IDisposable
{
    readonly TemporaryDirectory _directory = new();
    readonly FakeTimeProvider _time = new(new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Scan_FileRests_IsReportedReadyOnce()
    {
        using var discovery = Create(new() { Roots = [_directory.Root], Include = ["*.csv"] });
        var path = _directory.Write("a.csv", "x", _time.GetUtcNow());

        var first = discovery.Scan();
        first.New.ShouldHaveSingleItem().Path.ShouldBe(path);
        first.Ready.ShouldBeEmpty();
        first.Waiting.ShouldHaveSingleItem().Reason.ShouldBe(WaitReason.Settling);
        var wait = first.NextCheck.ShouldNotBeNull();
        wait.ShouldBeInRange(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(500));

        _time.Advance(wait);
        var second = discovery.Poll();
        second.IsFull.ShouldBeFalse();
        second.Ready.ShouldHaveSingleItem().Path.ShouldBe(path);
        second.New.ShouldBeEmpty();
        second.NextCheck.ShouldBeNull();

        _time.Advance(wait);
        discovery.Scan().IsQuiet.ShouldBeTrue();
    }

    [Fact]
    public void Scan_FileGrowsAfterReady_IsReportedChangedAndSettlesAnew()
    {
        using var discovery = Create(new() { Roots = [_directory.Root] });
        var path = _directory.Write("a.csv", "x", _time.GetUtcNow().AddMinutes(-1));
        discovery.Scan().Ready.ShouldHaveSingleItem().Size.ShouldBe(1);

        _directory.Write("a.csv", "xy", _time.GetUtcNow());
        var changed = discovery.Scan();
        changed.Changed.ShouldHaveSingleItem().Size.ShouldBe(2);
        changed.Ready.ShouldBeEmpty();

        _time.Advance(TimeSpan.FromMilliseconds(500));
        discovery.Poll().Ready.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            file => file.Path.ShouldBe(path), file => file.Size.ShouldBe(2));
    }

    [Fact]
    public void Scan_FilesRemembered_AreNewsOnlyWhenTheyDiffer()
    {
        var old = _time.GetUtcNow().AddHours(-1);
        var same = _directory.Write("same.csv", "1", old);
        var other = _directory.Write("other.csv", "1", old);
        var gone = _directory.Write("gone.csv", "1", old);
        FileStat.TryStat(same, out var sameSeen).ShouldBeTrue();
        FileStat.TryStat(other, out var otherSeen).ShouldBeTrue();
        FileStat.TryStat(gone, out var goneSeen).ShouldBeTrue();
        File.Delete(gone);
        using var discovery = Create(new() { Roots = [_directory.Root] });
        // Another mount of the same file system: another device number.
        discovery.Remember([sameSeen with { Device = 77 }, otherSeen with { Size = 99 }, goneSeen,
            sameSeen with { Path = "/elsewhere/x.csv" }]);

        var found = discovery.Scan();

        found.New.ShouldBeEmpty();
        found.Changed.ShouldHaveSingleItem().ShouldBe(otherSeen);
        found.Ready.ShouldHaveSingleItem().ShouldBe(otherSeen);
        found.Vanished.ShouldHaveSingleItem().Path.ShouldBe(gone);
        found.KnownFiles.ShouldBe(2);
    }

    [Fact]
    public void Forget_NewsThatCouldNotBeKept_IsToldAgain()
    {
        using var discovery = Create(new()
        {
            Roots = [_directory.Root],
            SettleTime = TimeSpan.Zero,
            ExclusionDelay = TimeSpan.Zero
        });
        var data = _directory.Write("a.csv", "x");
        var hidden = _directory.Write(".b.csv", "x");
        discovery.Scan().Ready.ShouldHaveSingleItem();
        discovery.Scan().IsQuiet.ShouldBeTrue();

        discovery.Forget([data, hidden]);

        var again = discovery.Scan();
        again.New.ShouldHaveSingleItem().Path.ShouldBe(data);
        again.Ready.ShouldHaveSingleItem().Path.ShouldBe(data);
        again.Excluded.ShouldHaveSingleItem().File.Path.ShouldBe(hidden);
    }

    [Fact]
    public void TellAgain_NewsOfAllKinds_IsToldAgain()
    {
        using var discovery = Create(new()
        {
            Roots = [_directory.Root],
            SettleTime = TimeSpan.Zero,
            ExclusionDelay = TimeSpan.Zero
        });
        var gone = _directory.Write("gone.csv", "x");
        var changed = _directory.Write("changed.csv", "x");
        var goneHidden = _directory.Write(".gone.csv", "x");
        discovery.Scan();
        File.Delete(gone);
        File.Delete(goneHidden);
        _directory.Write("changed.csv", "xy");
        var added = _directory.Write("new.csv", "x");
        var hidden = _directory.Write(".hidden.csv", "x");

        var news = discovery.Scan();
        for (var again = 0; again < 3; again++)
        {
            news.New.Concat(news.Changed).Select(file => file.Path).Order().ShouldBe(new[] { added, changed }.Order());
            news.Ready.Select(file => file.Path).Order().ShouldBe(new[] { added, changed }.Order());
            news.Vanished.Select(file => file.Path).Order().ShouldBe(new[] { gone, goneHidden }.Order());
            news.Excluded.ShouldHaveSingleItem().File.Path.ShouldBe(hidden);
            discovery.Requeue(news);
            news = discovery.Scan();
        }

        discovery.Scan().IsQuiet.ShouldBeTrue();
    }

    [Fact]
    public void Scan_LinkBecomesAFile_IsNewAndNotVanished()
    {
        using var discovery = Create(new()
        {
            Roots = [_directory.Root],
            SettleTime = TimeSpan.Zero,
            ExclusionDelay = TimeSpan.Zero
        });
        File.CreateSymbolicLink(_directory["a.csv"], _directory["b/c.csv"]);
        discovery.Scan().Excluded.ShouldHaveSingleItem().Reason.ShouldBe(ExclusionReason.LinkToNoFile);

        _directory.Write("b/c.csv", "x");
        var found = discovery.Scan();
        found.Ready.ShouldHaveSingleItem().Path.ShouldBe(_directory["a.csv"]);
        found.Vanished.ShouldBeEmpty();

        File.Delete(_directory["b/c.csv"]);
        found = discovery.Scan();
        found.Excluded.ShouldHaveSingleItem().File.Path.ShouldBe(_directory["a.csv"]);
        found.Vanished.ShouldBeEmpty();
    }

    [Fact]
    public void Forget_FileThatWaitsAndThenGoes_IsNeverReady()
    {
        using var discovery = Create(new() { Roots = [_directory.Root] });
        var path = _directory.Write("a.csv", "x", _time.GetUtcNow());
        discovery.Scan().Waiting.Count.ShouldBe(1);

        discovery.Forget([path]);
        File.Delete(path);
        _time.Advance(TimeSpan.FromSeconds(5));

        discovery.Scan().ShouldSatisfyAllConditions(found => found.Ready.ShouldBeEmpty(), found => found.Waiting.ShouldBeEmpty());
    }

    [Fact]
    public async Task Glance_RealHintAboutAFile_FindsItWithoutListing()
    {
        using var discovery = new FileDiscovery(new() { Roots = [_directory.Root], SettleTime = TimeSpan.Zero },
            TimeProvider.System);
        discovery.Scan().Problems.ShouldBeEmpty();
        var path = _directory.Write("a.csv", "x");

        var ready = new List<string>();
        while (ready.Count == 0)
        {
            (await discovery.WaitForHintAsync(TimeSpan.FromSeconds(30), CancellationToken.None)).ShouldBeTrue(
                "no hint within 30 s");
            var found = discovery.Poll();
            found.IsFull.ShouldBeFalse();
            ready.AddRange(found.Ready.Select(file => file.Path));
        }

        ready.ShouldBe([path]);
    }

    [Fact]
    public void Scan_FilePassedOver_IsToldWhenItStaysAndWhenItGoes()
    {
        using var discovery = Create(new() { Roots = [_directory.Root], ExclusionDelay = TimeSpan.FromSeconds(5) });
        var brief = _directory.Write("brief.csv.tmp", "x");
        var stays = _directory.Write("stays.csv.tmp", "x");
        discovery.Scan().Excluded.ShouldBeEmpty();
        File.Move(brief, _directory["brief.csv"]);

        _time.Advance(TimeSpan.FromSeconds(5));
        var found = discovery.Scan();
        found.New.ShouldHaveSingleItem().Path.ShouldBe(_directory["brief.csv"]);
        found.Vanished.ShouldBeEmpty();
        var ignored = found.Excluded.ShouldHaveSingleItem();
        ignored.File.Path.ShouldBe(stays);
        ignored.File.Size.ShouldBe(1);
        ignored.Reason.ShouldBe(ExclusionReason.NeverData);
        ignored.Text.ShouldContain("*.tmp");

        File.Delete(stays);
        discovery.Scan().Vanished.ShouldHaveSingleItem().Path.ShouldBe(stays);
    }

    [Fact]
    public void Scan_ProblemStands_IsNewOnceAndStandsUntilItEnds()
    {
        var missing = _directory["later"];
        using var discovery = Create(new() { Roots = [missing], SettleTime = TimeSpan.Zero });

        var first = discovery.Scan();
        first.NewProblems.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            problem => problem.Kind.ShouldBe(ProblemKind.RootMissing), problem => problem.Path.ShouldBe(missing));
        var second = discovery.Scan();
        second.NewProblems.ShouldBeEmpty();
        second.Problems.Count.ShouldBe(1);

        _directory.Write("later/a.csv", "x");
        var third = discovery.Scan();
        third.Problems.ShouldBeEmpty();
        third.Ready.Count.ShouldBe(1);
    }

    [Fact]
    public void NextListing_DependsOnTheQuickerOfTheLastTwoPasses()
    {
        using var discovery = new FileDiscovery(new() { Roots = [_directory.Root] },
            new SteppingTime(TimeSpan.FromMilliseconds(100)));
        var second = TimeSpan.FromSeconds(1);
        discovery.NextListing(second).ShouldBe(second);
        discovery.Scan();
        discovery.NextListing(second).ShouldBe(second);
        discovery.Scan();
        discovery.NextListing(second).ShouldBe(TimeSpan.FromSeconds(3));
        discovery.NextListing(TimeSpan.FromSeconds(10)).ShouldBe(TimeSpan.FromSeconds(10));
    }

    FileDiscovery Create(DiscoveryOptions options) => new(options with { UseHints = false }, _time);

    /// <summary>A clock on which each reading is one step after the one before.</summary>
    sealed class SteppingTime(TimeSpan step) : TimeProvider
    {
        long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks += step.Ticks;
    }
}
