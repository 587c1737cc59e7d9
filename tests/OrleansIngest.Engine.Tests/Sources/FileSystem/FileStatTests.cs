using System.Diagnostics;
using System.Globalization;
using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Sources.FileSystem;

public sealed class FileStatTests : IDisposable
{
    readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void TryStat_File_SaysWhatTheStatCommandSays()
    {
        var path = _directory.Write("a b.csv", "12345");

        FileStat.TryStat(path, out var seen).ShouldBeTrue();

        var start = new ProcessStartInfo("stat", ["-c", "%s %.9Y %d %i %.9Z", path]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var fields = process.StandardOutput.ReadToEnd().Trim().Split(' ');
        process.WaitForExit();
        seen.ShouldBe(new(path, 5, Nanoseconds(fields[1]), Number(fields[2]), Number(fields[3]), Nanoseconds(fields[4])));
        Number(fields[0]).ShouldBe(5ul);
    }

    [Fact]
    public void TryStat_OpenHandle_SaysWhatIsReadAndNotWhatTheNameMeansNow()
    {
        var path = _directory.Write("a.csv", "old");
        FileStat.TryStat(path, out var old).ShouldBeTrue();
        using var handle = File.OpenHandle(path);
        File.Move(_directory.Write("b.csv", "newer"), path, overwrite: true);

        FileStat.TryStat(handle, path, out var open).ShouldBeTrue();
        FileStat.TryStat(path, out var named).ShouldBeTrue();

        open.ShouldBe(old with { ChangedNanoseconds = open.ChangedNanoseconds }); // its name is gone, which is a change
        named.IsSameStateAs(open).ShouldBeFalse();
    }

    [Fact]
    public void TryStat_NoRegularFile_IsFalse()
    {
        FileStat.TryStat(_directory["nothing"], out _).ShouldBeFalse();
        FileStat.TryStat(_directory.Root, out _).ShouldBeFalse();
        FileStat.TryStat("/dev/null", out _).ShouldBeFalse();
        FileStat.TryStat(_directory.Write("a.csv", "") + "/below", out _).ShouldBeFalse();
        FileStat.TryStat(new string('x', 5_000), out _).ShouldBeFalse();
        File.CreateSymbolicLink(_directory["broken"], _directory["nothing"]);
        FileStat.TryStat(_directory["broken"], out _).ShouldBeFalse();
    }

    [Fact]
    public void TryStat_Link_IsThatOfItsTarget()
    {
        var target = _directory.Write("a.csv", "123");
        File.CreateSymbolicLink(_directory["link.csv"], target);
        FileStat.TryStat(target, out var expected).ShouldBeTrue();
        FileStat.TryStat(_directory["link.csv"], out var seen).ShouldBeTrue();
        seen.ShouldBe(expected with { Path = _directory["link.csv"] });
    }

    [Fact]
    public void TryStat_TimeBefore1970_IsNegative()
    {
        var path = _directory.Write("a.csv", "", new(1969, 12, 31, 23, 59, 59, 500, TimeSpan.Zero));
        FileStat.TryStat(path, out var seen).ShouldBeTrue();
        seen.ModifiedNanoseconds.ShouldBe(-500_000_000);
    }

    [Theory]
    [InlineData(1, 2, 3, 4, true)]
    [InlineData(9, 2, 3, 4, false)]
    [InlineData(1, 9, 3, 4, false)]
    [InlineData(1, 2, 9, 4, true)]
    [InlineData(1, 2, 3, 9, false)]
    [InlineData(1, 2, 3, 0, true)]
    public void IsSameStateAs_OneDifference_CountsUnlessItIsTheDevice(
        long size, long modified, ulong device, ulong inode, bool expected)
    {
        var file = new SeenFile("/a", 1, 2, 3, 4);
        var other = new SeenFile("/b", size, modified, device, inode);
        file.IsSameStateAs(other).ShouldBe(expected);
        other.IsSameStateAs(file).ShouldBe(expected);
    }

    [Theory]
    [InlineData(4, 5, true, true)]
    [InlineData(4, 6, false, false)]
    [InlineData(9, 5, false, true)]
    [InlineData(9, 6, false, false)]
    [InlineData(9, 0, false, false)]
    [InlineData(4, 0, true, true)]
    [InlineData(0, 5, true, true)]
    public void IsSameStateAs_InodeAndChangeTime_CountAndARemountMayRenumberInodes(
        ulong inode, long changed, bool expected, bool acrossMounts)
    {
        var file = new SeenFile("/a", 1, 2, 3, 4, 5);
        var other = new SeenFile("/a", 1, 2, 9, inode, changed);
        file.IsSameStateAs(other).ShouldBe(expected);
        other.IsSameStateAs(file).ShouldBe(expected);
        file.IsSameStateAcrossMounts(other).ShouldBe(acrossMounts);
        file.IsSameStateAcrossMounts(other with { Size = 7 }).ShouldBeFalse();
    }

    static long Nanoseconds(string seconds) => (long)(decimal.Parse(seconds, CultureInfo.InvariantCulture) * 1_000_000_000);

    static ulong Number(string text) => ulong.Parse(text, CultureInfo.InvariantCulture);
}
