using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Sources.FileSystem;

public sealed class ReadablePathTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("ingest-readable-").FullName;

    string Path(string relative) => System.IO.Path.Combine(_root, relative);

    public ReadablePathTests()
    {
        Directory.CreateDirectory(Path("in/sub"));
        Directory.CreateDirectory(Path("inside"));
        Directory.CreateDirectory(Path("shops/a/new"));
        Directory.CreateDirectory(Path("shops/b/old"));
        Directory.CreateDirectory(Path("secret"));
        foreach (var file in new[] { "in/a.csv", "in/sub/b.csv", "inside/c.csv", "shops/a/new/d.csv", "shops/b/old/e.csv",
            "secret/key" }) File.WriteAllText(Path(file), "x");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("in/a.csv", true)]
    [InlineData("in/sub/b.csv", true)]
    [InlineData("in/missing.csv", true)] // whether it exists is asked later
    [InlineData("in/./sub/../a.csv", true)]
    [InlineData("in", false)]
    [InlineData("inside/c.csv", false)]
    [InlineData("secret/key", false)]
    [InlineData("in/../secret/key", false)]
    [InlineData("in/sub/../../secret/key", false)]
    [InlineData("shops/a/new/d.csv", true)]
    [InlineData("shops/b/old/e.csv", false)]
    [InlineData("shops/a/new/../../b/old/e.csv", false)]
    public void TryResolve_Path_IsInTheDirectoriesOrNot(string path, bool isReadable) =>
        ReadablePath.TryResolve(Path(path), [Path("in"), Path("shops/*/new")], out _).ShouldBe(isReadable);

    [Fact]
    public void TryResolve_LinkThatLeadsElsewhere_IsRefused()
    {
        File.CreateSymbolicLink(Path("in/link.csv"), Path("secret/key"));
        Directory.CreateSymbolicLink(Path("in/dir"), Path("secret"));
        File.CreateSymbolicLink(Path("in/relative.csv"), "../secret/key");
        File.CreateSymbolicLink(Path("in/round"), Path("in/round"));

        foreach (var path in new[] { "in/link.csv", "in/dir/key", "in/relative.csv", "in/dir/../secret/key", "in/round" })
            ReadablePath.TryResolve(Path(path), [Path("in")], out _).ShouldBeFalse(path);
    }

    [Fact]
    public void TryResolve_LinkThatStays_GivesTheRealPath()
    {
        Directory.CreateSymbolicLink(Path("watched"), Path("in"));
        File.CreateSymbolicLink(Path("in/again.csv"), "sub/b.csv");

        ReadablePath.TryResolve(Path("watched/again.csv"), [Path("watched")], out var real).ShouldBeTrue();

        ReadablePath.TryResolve(Path("in/sub/b.csv"), [Path("in")], out var plain).ShouldBeTrue();
        real.ShouldBe(plain);
    }

    [Theory]
    [InlineData("relative.csv")]
    [InlineData("")]
    [InlineData("/tmp/\0")]
    public void TryResolve_WhatIsNoAbsolutePath_IsRefused(string path) =>
        ReadablePath.TryResolve(path, ["/"], out _).ShouldBeFalse();

    [Fact]
    public void TryResolve_RelativeDirectory_AllowsNothing() =>
        ReadablePath.TryResolve(Path("in/a.csv"), [".", ""], out _).ShouldBeFalse();
}
