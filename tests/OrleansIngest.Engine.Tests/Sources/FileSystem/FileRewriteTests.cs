using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Sources.FileSystem;

public sealed class FileRewriteTests : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("ingest-rewrite-").FullName;

    string PathOf(string name) => Path.Combine(_directory, name);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Write_File_HasTheNewContentAndItsOldMode()
    {
        File.WriteAllText(PathOf("a"), "a longer text");
        File.SetUnixFileMode(PathOf("a"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        FileRewrite.Write(PathOf("a"), "short"u8);

        File.ReadAllText(PathOf("a")).ShouldBe("short");
        File.GetUnixFileMode(PathOf("a")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Directory.GetFileSystemEntries(_directory).ShouldBe([PathOf("a")]);
    }

    [Fact]
    public async Task Write_FileOfAnotherUser_StaysTheirs()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can give a file away");
        await File.WriteAllTextAsync(PathOf("a"), "old", TestContext.Current.CancellationToken);
        await System.Diagnostics.Process.Start("chown", ["4321:1234", PathOf("a")])
            .WaitForExitAsync(TestContext.Current.CancellationToken);

        FileRewrite.Write(PathOf("a"), "new"u8);

        using var stat = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%u:%g", PathOf("a")]) { RedirectStandardOutput = true })!;
        (await stat.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim().ShouldBe("4321:1234");
        (await File.ReadAllTextAsync(PathOf("a"), TestContext.Current.CancellationToken)).ShouldBe("new");
    }

    [Fact]
    public void Write_LinkOrMissingFile_ChangesNothing()
    {
        File.WriteAllText(PathOf("a"), "old");
        File.CreateSymbolicLink(PathOf("link"), PathOf("a"));

        Should.Throw<IOException>(() => FileRewrite.Write(PathOf("link"), "new"u8)).Message.ShouldContain("is a link");
        Should.Throw<IOException>(() => FileRewrite.Write(PathOf("none"), "new"u8));

        File.ReadAllText(PathOf("a")).ShouldBe("old");
        File.Exists(PathOf("none")).ShouldBeFalse();
    }
}
