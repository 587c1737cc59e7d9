using Microsoft.Extensions.Time.Testing;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Sources.FileSystem;

public sealed class SettleGateTests
{
    static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(500);
    static readonly DiscoveryOptions Options = new() { Roots = ["/in"], SettleTime = Settle };
    static readonly DiscoveryOptions WithSentinel = Options with { SentinelSuffix = ".done" };
    readonly FakeTimeProvider _time = new(new(2026, 5, 1, 12, 0, 0, 123, TimeSpan.Zero));

    [Fact]
    public void Observe_JustModified_IsReadyWhenItHasRested()
    {
        var gate = new SettleGate(Options, _time);
        var file = File(age: TimeSpan.Zero);
        gate.Observe(new() { New = [file] }).ShouldBeEmpty();
        gate.Waiting.ShouldBe([new(file, WaitReason.Settling)]);
        gate.NextCheck.ShouldBe(Settle);

        _time.Advance(Settle - TimeSpan.FromMilliseconds(1));
        gate.Observe(new()).ShouldBeEmpty();
        gate.NextCheck.ShouldBe(TimeSpan.FromMilliseconds(1));

        _time.Advance(TimeSpan.FromMilliseconds(1));
        gate.Observe(new()).ShouldBe([file]);
        gate.Waiting.ShouldBeEmpty();
        gate.NextCheck.ShouldBeNull();
        gate.Observe(new()).ShouldBeEmpty();
    }

    [Fact]
    public void Observe_GrowsWhileSettling_StartsAnew()
    {
        var gate = new SettleGate(Options, _time);
        gate.Observe(new() { New = [File(TimeSpan.Zero)] });
        _time.Advance(TimeSpan.FromMilliseconds(400));
        var grown = File(TimeSpan.Zero, size: 2);
        gate.Observe(new() { Changed = [grown] }).ShouldBeEmpty();
        _time.Advance(TimeSpan.FromMilliseconds(400));
        gate.Observe(new()).ShouldBeEmpty();
        _time.Advance(TimeSpan.FromMilliseconds(100));
        gate.Observe(new()).ShouldBe([grown]);
    }

    [Fact]
    public void Observe_SettleTimeZero_IsReadyAtFirstSight()
    {
        var gate = new SettleGate(Options with { SettleTime = TimeSpan.Zero }, _time);
        var file = File(TimeSpan.FromHours(-1));
        gate.Observe(new() { New = [file] }).ShouldBe([file]);
    }

    [Theory]
    [InlineData(509, false)]
    [InlineData(510, true)]
    public void Observe_OldAtFirstSight_IsReadyAtOnceLessTheClocksTick(int ageMilliseconds, bool expected)
    {
        var gate = new SettleGate(Options, _time);
        gate.Observe(new() { New = [File(TimeSpan.FromMilliseconds(ageMilliseconds))] }).Count.ShouldBe(expected ? 1 : 0);
    }

    [Fact]
    public void Observe_HalfOldAtFirstSight_WaitsOnlyForTheRest()
    {
        var gate = new SettleGate(Options, _time);
        gate.Observe(new() { New = [File(TimeSpan.FromMilliseconds(300))] }).ShouldBeEmpty();
        gate.NextCheck.ShouldBe(TimeSpan.FromMilliseconds(210));
        _time.Advance(TimeSpan.FromMilliseconds(210));
        gate.Observe(new()).Count.ShouldBe(1);
    }

    [Fact]
    public void Observe_ModifiedInFuture_IsNeitherReadyAtOnceNorStuck()
    {
        var gate = new SettleGate(Options, _time);
        gate.Observe(new() { New = [File(TimeSpan.FromDays(-400))] }).ShouldBeEmpty();
        gate.Waiting.ShouldHaveSingleItem().Reason.ShouldBe(WaitReason.ModifiedInFuture);
        gate.NextCheck.ShouldBe(Settle);
        _time.Advance(Settle);
        gate.Observe(new()).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(long.MinValue, true)]
    [InlineData(long.MaxValue, false)]
    public void Observe_AbsurdTimes_DoNotOverflow(long modified, bool readyAtOnce)
    {
        var gate = new SettleGate(Options, _time);
        gate.Observe(new() { New = [new("/in/a.csv", 1, modified, 1, 1)] }).Count.ShouldBe(readyAtOnce ? 1 : 0);
        _time.Advance(Settle);
        gate.Observe(new()).Count.ShouldBe(readyAtOnce ? 0 : 1);
    }

    /// <summary>A whole second is what a file system with coarse times shows: the file may have been written 2 s later.</summary>
    [Fact]
    public void Observe_CoarseTimes_NeedTwoSecondsMoreToCountAsOld()
    {
        var gate = new SettleGate(Options, _time);
        var file = File(TimeSpan.FromMilliseconds(2_123));
        (file.ModifiedNanoseconds % 1_000_000_000).ShouldBe(0);
        gate.Observe(new() { New = [file] }).ShouldBeEmpty();
        _time.Advance(TimeSpan.FromMilliseconds(377));
        gate.Observe(new()).Count.ShouldBe(1);
    }

    [Fact]
    public void Observe_AnotherMachinesClock_NeedsAMinuteMoreToCountAsOld()
    {
        var remote = new HashSet<ulong> { 7 };
        var gate = new SettleGate(Options, _time);
        var recent = File(TimeSpan.FromSeconds(59)) with { Device = 7 };
        var old = File(TimeSpan.FromSeconds(61)) with { Device = 7, Path = "/in/old.csv" };
        gate.Observe(new() { New = [recent, old], RemoteDevices = remote }).ShouldBe([old]);
        _time.Advance(Settle);
        gate.Observe(new() { RemoteDevices = remote }).ShouldBe([recent]);
    }

    [Fact]
    public void Observe_LookDidNotReachTheFile_GoesOnWaiting()
    {
        var gate = new SettleGate(Options, _time);
        var file = File(TimeSpan.Zero);
        gate.Observe(new() { New = [file] });
        _time.Advance(Settle);
        gate.Observe(new() { NotSeen = new HashSet<string> { file.Path } }).ShouldBeEmpty();
        gate.Waiting.Count.ShouldBe(1);
        gate.NextCheck.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);
        gate.Observe(new() { IsFull = false, Only = new HashSet<string> { "/in/b.csv" } }).ShouldBeEmpty();
        gate.Observe(new() { IsFull = false, Only = new HashSet<string> { file.Path } }).ShouldBe([file]);
    }

    [Fact]
    public void Observe_VanishesOrIsForgottenWhileSettling_IsNeverReady()
    {
        var gate = new SettleGate(Options, _time);
        var file = File(TimeSpan.Zero);
        var other = file with { Path = "/in/b.csv" };
        gate.Observe(new() { New = [file, other] });
        _time.Advance(Settle);
        gate.Forget([other.Path]);
        gate.Observe(new() { Vanished = [file] }).ShouldBeEmpty();
        gate.Waiting.ShouldBeEmpty();
    }

    [Fact]
    public void Observe_SentinelConfigured_OnlyTheSentinelCounts()
    {
        var gate = new SettleGate(WithSentinel, _time);
        var file = File(TimeSpan.FromHours(1));
        gate.Observe(new() { New = [file] }).ShouldBeEmpty();
        _time.Advance(TimeSpan.FromHours(1));
        gate.Observe(new()).ShouldBeEmpty();
        gate.Waiting.ShouldHaveSingleItem().Reason.ShouldBe(WaitReason.AwaitingSentinel);
        gate.NextCheck.ShouldBeNull();

        gate.Observe(new() { Sentinels = [File(TimeSpan.Zero) with { Path = "/in/a.csv.done" }] }).ShouldBe([file]);
    }

    [Fact]
    public void Observe_SentinelBeforeItsFile_MakesItReadyAtFirstSight()
    {
        var gate = new SettleGate(WithSentinel, _time);
        gate.Observe(new() { Sentinels = [File(TimeSpan.Zero) with { Path = "/in/a.csv.done" }] });
        gate.Observe(new() { New = [File(TimeSpan.Zero)] }).Count.ShouldBe(1);
    }

    [Fact]
    public void Observe_ModifiedAfterItsSentinel_HasToRestOrGetANewSentinel()
    {
        var gate = new SettleGate(WithSentinel, _time);
        var sentinel = File(TimeSpan.FromSeconds(1)) with { Path = "/in/a.csv.done" };
        var file = File(TimeSpan.Zero);
        gate.Observe(new() { New = [file], Sentinels = [sentinel] }).ShouldBeEmpty();
        gate.Waiting.ShouldHaveSingleItem().Reason.ShouldBe(WaitReason.SentinelOlder);
        gate.NextCheck.ShouldBe(Settle);
        _time.Advance(Settle);
        gate.Observe(new()).ShouldBe([file]);

        var rewritten = File(TimeSpan.Zero, size: 9);
        gate.Observe(new() { Changed = [rewritten] }).ShouldBeEmpty();
        gate.Observe(new() { Sentinels = [File(TimeSpan.Zero) with { Path = sentinel.Path }] }).ShouldBe([rewritten]);
    }

    [Fact]
    public void Observe_SentinelGone_DoesNotCountAnyMore()
    {
        var gate = new SettleGate(WithSentinel, _time);
        var sentinel = File(TimeSpan.Zero) with { Path = "/in/a.csv.done" };
        gate.Observe(new() { Sentinels = [sentinel] });
        gate.Observe(new() { SentinelsGone = [sentinel] });
        gate.Observe(new() { New = [File(TimeSpan.Zero)] }).ShouldBeEmpty();
    }

    [Fact]
    public void Observe_ManyReady_OldestFirstThenNaturalOrder()
    {
        var gate = new SettleGate(Options, _time);
        var nine = File(TimeSpan.FromHours(1)) with { Path = "/in/9.csv" };
        var ten = nine with { Path = "/in/10.csv" };
        var older = File(TimeSpan.FromHours(2)) with { Path = "/in/z.csv" };
        gate.Observe(new() { New = [ten, nine, older] }).ShouldBe([older, nine, ten]);
    }

    SeenFile File(TimeSpan age, long size = 1) =>
        new("/in/a.csv", size, (_time.GetUtcNow() - age - DateTimeOffset.UnixEpoch).Ticks * 100, 1, 1);
}
