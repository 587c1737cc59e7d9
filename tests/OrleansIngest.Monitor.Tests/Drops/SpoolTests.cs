using System.Security.Cryptography;
using System.Text;
using OrleansIngest.Monitor.Drops;
using OrleansIngest.Testing;

namespace OrleansIngest.Monitor.Tests.Drops;

public sealed class SpoolTests : IDisposable
{
    const int Most = 100;

    readonly TempDirectory _root = new();
    readonly List<SpooledFile> _files = [];

    string Uploads => _root["uploads"];

    public void Dispose()
    {
        foreach (var file in _files) file.Folder.Dispose();
        _root.Dispose();
    }

    async Task<SpooledFile> ReceiveAsync(Spool spool, string text, string name = "a.csv", long? length = null)
    {
        var file = await spool.ReceiveAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), length, name,
            TestContext.Current.CancellationToken);
        _files.Add(file);
        return file;
    }

    [Fact]
    public async Task Receive_File_IsStoredUnderItsContentsHashForItsOwnerOnly()
    {
        var file = await ReceiveAsync(new Spool(Uploads, Most), "id\n1\n");

        file.Size.ShouldBe(5);
        file.Sha256.ShouldBe(SHA256.HashData("id\n1\n"u8));
        file.Path.ShouldBe(Path.Combine(Uploads, Convert.ToHexStringLower(file.Sha256), "a.csv"));
        (await File.ReadAllTextAsync(file.Path, TestContext.Current.CancellationToken)).ShouldBe("id\n1\n");
        Directory.GetDirectories(Uploads).Length.ShouldBe(1); // nothing stays of its arrival
        if (OperatingSystem.IsWindows()) return;
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead
            | UnixFileMode.OtherWrite;
        (File.GetUnixFileMode(file.Path) & others).ShouldBe(UnixFileMode.None);
        (File.GetUnixFileMode(Uploads) & others).ShouldBe(UnixFileMode.None);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(101L)]
    public async Task Receive_TooLarge_LeavesNothingAndSaysWhatToDo(long? length)
    {
        var spool = new Spool(Uploads, Most);

        var refusal = await Should.ThrowAsync<UploadException>(
            () => ReceiveAsync(spool, new string('x', Most + 1), length: length));

        refusal.Status.ShouldBe(413);
        refusal.Message.ShouldContain("limited to 100 bytes");
        refusal.Message.ShouldContain("pages.maxUploadBytes");
        if (Directory.Exists(Uploads)) Directory.GetFileSystemEntries(Uploads).ShouldBeEmpty();
        (await ReceiveAsync(spool, new string('x', Most))).Size.ShouldBe(Most);
    }

    [Fact]
    public async Task Receive_BrokenOff_LeavesNothing()
    {
        var spool = new Spool(Uploads, Most);

        await Should.ThrowAsync<EndOfStreamException>(
            async () => await spool.ReceiveAsync(new BreaksOff(), null, "a.csv", TestContext.Current.CancellationToken));

        Directory.GetFileSystemEntries(Uploads).ShouldBeEmpty();
    }

    [Fact]
    public async Task Receive_SameContentTwice_IsTwoFiles()
    {
        var spool = new Spool(Uploads, Most);
        var first = await ReceiveAsync(spool, "id\n1\n");
        var second = await ReceiveAsync(spool, "id\n1\n");

        second.Path.ShouldNotBe(first.Path);
        File.Exists(first.Path).ShouldBeTrue();
        first.Folder.Remove();
        (await ReceiveAsync(spool, "id\n1\n")).Path.ShouldBe(first.Path);
    }

    [Fact]
    public async Task Sweep_RemovesWhatNobodyHoldsAndNothingElse()
    {
        var spool = new Spool(Uploads, Most);
        var held = await ReceiveAsync(spool, "held");
        var abandoned = await ReceiveAsync(spool, "abandoned");
        abandoned.Folder.Dispose(); // as the kernel does for a program that was killed
        Directory.CreateDirectory(Path.Combine(Uploads, "arriving-0123456789abcdef0123456789abcdef"));
        Directory.CreateDirectory(Path.Combine(Uploads, "somebody's"));

        new Spool(Uploads, Most).Sweep();

        File.Exists(held.Path).ShouldBeTrue();
        Directory.GetDirectories(Uploads).Select(Path.GetFileName)
            .ShouldBe([Path.GetFileName(held.Folder.Directory), "somebody's"], ignoreOrder: true);
    }

    [Fact]
    public async Task Move_ToWhereAnEarlierUploadWas_HasItsNameAndTime()
    {
        var spool = new Spool(Uploads, Most);
        var file = await ReceiveAsync(spool, "id\n1\n", "new.csv");
        var earlier = Path.Combine(file.Folder.Directory + ".1", "old.csv");
        var time = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

        var moved = spool.Move(file, earlier, (time - DateTime.UnixEpoch).Ticks * 100)!;
        _files.Add(moved);

        moved.Path.ShouldBe(earlier);
        File.GetLastWriteTimeUtc(earlier).ShouldBe(time);
        Directory.GetDirectories(Uploads).ShouldBe([file.Folder.Directory + ".1"]);
        spool.Move(moved, Path.Combine(_root.Path, "elsewhere", "a.csv"), 0).ShouldBeNull();
        spool.Move(moved, Path.Combine(file.Folder.Directory, "..", "a.csv"), 0).ShouldBeNull();
    }

    [Fact]
    public async Task Receive_DirectoryThatCannotBeWritten_SaysWhich()
    {
        var file = _root.Write("file", "x");

        var refusal = await Should.ThrowAsync<UploadException>(
            () => ReceiveAsync(new Spool(Path.Combine(file, "uploads"), Most), "x"));

        refusal.Status.ShouldBe(507);
        refusal.Message.ShouldContain("pages.uploadDirectory");
    }

    sealed class BreaksOff : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position > 0) throw new EndOfStreamException("the client is gone");
            Position = 1;
            buffer.Span[0] = (byte)'x';
            return ValueTask.FromResult(1);
        }
    }
}
