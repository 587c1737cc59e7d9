using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Sources.FileSystem;

public sealed class DirectoryListerTests : IDisposable
{
    readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void List_OddlyNamedFiles_AreFoundUnderTheirNames()
    {
        string[] names = [" ", "a b.csv", "line\nbreak", "tab\tname", "-rf", "*?[x]{y}", "back\\slash", "größe-数据-🐘", "quote'\"",
            "\uFFFD.csv", new('x', 255), "é", "e\u0301"];
        foreach (var name in names)
            _directory.Write(name, "x");

        var listing = Create().List();

        listing.New.Select(file => Path.GetFileName(file.Path)).Order().ShouldBe(names.Order());
        listing.Problems.ShouldBeEmpty();
    }

    [Fact]
    public void List_NameIsNotUtf8_IsPassedOverWithAReason()
    {
        _directory.Write("good.csv", "x");
        TemporaryDirectory.Shell($"printf x > \"$(printf '{_directory.Root}/bad\\377.csv')\"");
        var lister = Create();

        var listing = lister.List();

        listing.New.Count.ShouldBe(1);
        listing.Excluded.ShouldHaveSingleItem().Reason.ShouldBe(ExclusionReason.InvalidName);
        lister.List().Excluded.ShouldBeEmpty();
        TemporaryDirectory.Shell($"rm \"$(printf '{_directory.Root}/bad\\377.csv')\"");
        lister.List().NoLongerExcluded.Count.ShouldBe(1);
    }

    [Fact]
    public void List_Recursive_LeavesOutHiddenExcludedAndLinkedDirectories()
    {
        foreach (var name in new[] { "a.csv", "x/b.csv", "x/y/c.csv", ".git/d.csv", "_tmp/e.csv", "old/f.csv" })
            _directory.Write(name, "x");
        Directory.CreateSymbolicLink(_directory["circle"], _directory.Root);
        var options = new DiscoveryOptions { Roots = [_directory.Root], Recursive = true, Exclude = ["old/**"] };

        var listing = new DirectoryLister(options, TimeProvider.System).List();

        listing.New.Select(file => file.Path).Order().ShouldBe(
            [_directory["a.csv"], _directory["x/b.csv"], _directory["x/y/c.csv"]]);
        Create().List().New.ShouldHaveSingleItem().Path.ShouldBe(_directory["a.csv"]);
    }

    [Fact]
    public void List_RootsOverlap_EachFileOnce()
    {
        _directory.Write("x/a.csv", "x");
        _directory.Write("b.csv", "x");
        foreach (var roots in new[] { new[] { _directory.Root, _directory["x"] },
            [_directory["x"], _directory.Root, _directory.Root + "/"] })
        {
            var lister = Create(recursive: true, roots: roots);
            lister.List().New.Count.ShouldBe(2);
            lister.List().Changed.ShouldBeEmpty();
        }
    }

    [Fact]
    public void List_RootWithPattern_FindsDirectoriesAsTheyCome()
    {
        _directory.Write("one/in/a.csv", "x");
        _directory.Write(".hidden/in/a.csv", "x");
        var lister = Create(roots: _directory["*/in"]);
        lister.List().New.ShouldHaveSingleItem().Path.ShouldBe(_directory["one/in/a.csv"]);
        lister.Roots.ShouldHaveSingleItem().Path.ShouldBe(_directory["one/in"]);

        _directory.Write("two/in/b.csv", "x");
        lister.List().New.ShouldHaveSingleItem().Path.ShouldBe(_directory["two/in/b.csv"]);

        Directory.Delete(_directory["one"], recursive: true);
        lister.List().Vanished.ShouldHaveSingleItem().Path.ShouldBe(_directory["one/in/a.csv"]);
    }

    [Fact]
    public void List_RootNameLooksLikeAPattern_IsTakenAsItIs()
    {
        _directory.Write("[x]/a.csv", "x");
        Create(roots: _directory["[x]"]).List().New.Count.ShouldBe(1);
    }

    [Fact]
    public void List_RootGoesAway_IsAProblemAndItsFilesAreNotGone()
    {
        var path = _directory.Write("root/a.csv", "x");
        var lister = Create(roots: _directory["root"]);
        lister.List().New.Count.ShouldBe(1);

        Directory.Move(_directory["root"], _directory["unmounted"]);
        lister.ListOnly([path]).ShouldSatisfyAllConditions(
            glance => glance.Vanished.ShouldBeEmpty(), glance => glance.VouchesFor(path).ShouldBeFalse());
        var without = lister.List();
        without.Problems.ShouldHaveSingleItem().Kind.ShouldBe(ProblemKind.RootMissing);
        without.Vanished.ShouldBeEmpty();
        without.VouchesFor(path).ShouldBeFalse();

        Directory.Move(_directory["unmounted"], _directory["root"]);
        var back = lister.List();
        back.Problems.ShouldBeEmpty();
        back.New.ShouldBeEmpty();
        back.VouchesFor(path).ShouldBeTrue();

        Directory.Delete(_directory["root"], recursive: true);
        Directory.CreateDirectory(_directory["root"]);
        lister.List().Vanished.ShouldHaveSingleItem().Path.ShouldBe(path);
    }

    [Fact]
    public void List_OneRootMissing_OtherRootGoesOn()
    {
        var path = _directory.Write("here/a.csv", "x");
        var lister = Create(roots: [_directory["here"], _directory["*/nothing"]]);
        lister.List().ShouldSatisfyAllConditions(
            listing => listing.New.Count.ShouldBe(1), listing => listing.Problems.Count.ShouldBe(1),
            listing => listing.VouchesFor(path).ShouldBeTrue());
        File.Delete(path);
        lister.List().Vanished.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("loop")]
    public void List_RootIsNoDirectory_IsAProblem(string kind)
    {
        var root = _directory["root"];
        if (kind == "file")
            File.WriteAllText(root, "");
        else
            File.CreateSymbolicLink(root, root);
        Create(roots: root).List().Problems.ShouldHaveSingleItem().Path.ShouldBe(root);
    }

    [Fact]
    public void List_PatternExcludesWhatWasRemembered_SaysNothing()
    {
        var path = _directory.Write("a.txt", "x");
        var lister = new DirectoryLister(new() { Roots = [_directory.Root], Include = ["*.csv"] }, TimeProvider.System);
        lister.Remember([new(path, 99, 1, 1, 1)]);
        var listing = lister.List();
        listing.ShouldSatisfyAllConditions(
            found => found.Changed.ShouldBeEmpty(), found => found.Vanished.ShouldBeEmpty(),
            found => found.Excluded.ShouldBeEmpty(),
            found => found.KnownFiles.ShouldBe(0));
    }

    [Fact]
    public void List_SameSizeAndTimeButAnotherInode_IsASuspect()
    {
        var instant = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
        var path = _directory.Write("a.csv", "1", instant);
        var lister = Create();
        lister.List();
        File.Move(_directory.Write("b.csv", "2", instant), path, overwrite: true);
        var listing = lister.List();
        listing.Suspects.ShouldHaveSingleItem().Path.ShouldBe(path);
        listing.Changed.ShouldBeEmpty();
        lister.List().Suspects.ShouldBeEmpty();
    }

    [Fact]
    public void List_InodesRenumberedSinceTheLastStart_IsQuietWhereTheChangeTimeIsKnown()
    {
        var (known, unknown) = (_directory.Write("a.csv", "1"), _directory.Write("b.csv", "1"));
        FileStat.TryStat(known, out var a).ShouldBeTrue();
        FileStat.TryStat(unknown, out var b).ShouldBeTrue();
        var lister = Create();
        lister.Remember([a with { Inode = a.Inode + 1, Device = 77 }, b with { Inode = b.Inode + 1, ChangedNanoseconds = 0 }]);
        lister.List().Suspects.ShouldHaveSingleItem().Path.ShouldBe(unknown);
    }

    [Fact]
    public void ListOnly_PathsOfAllKinds_SaysWhatIsDifferentAboutThemOnly()
    {
        var old = _directory.Write("old.csv", "x");
        var gone = _directory.Write("gone.csv", "x");
        var lister = Create(recursive: true);
        lister.ListOnly([old]).New.ShouldBeEmpty();
        lister.List().New.Count.ShouldBe(2);
        _directory.Write("old.csv", "xy");
        var added = _directory.Write("new.csv", "x");
        _directory.Write("other.csv", "x");
        _directory.Write("sub/deep/a.csv", "x");
        File.Delete(gone);

        var listing = lister.ListOnly([old, gone, added, _directory["sub"], _directory["nothing"], "/elsewhere/a.csv",
            _directory["sub/deep/a.csv"]]);

        listing.IsFull.ShouldBeFalse();
        listing.New.Select(file => file.Path).Order().ShouldBe([added, _directory["sub/deep/a.csv"]]);
        listing.Changed.ShouldHaveSingleItem().Path.ShouldBe(old);
        listing.Vanished.ShouldHaveSingleItem().Path.ShouldBe(gone);
        listing.VouchesFor(old).ShouldBeTrue();
        listing.VouchesFor(_directory["other.csv"]).ShouldBeFalse();
        lister.List().New.ShouldHaveSingleItem().Path.ShouldBe(_directory["other.csv"]);
    }

    [Fact]
    public void List_New_OldestFirstThenNaturalName()
    {
        var instant = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
        _directory.Write("part-10.csv", "x", instant);
        _directory.Write("part-9.csv", "x", instant);
        _directory.Write("z.csv", "x", instant.AddSeconds(-1));
        Create().List().New.Select(file => Path.GetFileName(file.Path)).ShouldBe(["z.csv", "part-9.csv", "part-10.csv"]);
    }

    DirectoryLister Create(bool recursive = false, params string[] roots) =>
        new(new() { Roots = roots.Length > 0 ? roots : [_directory.Root], Recursive = recursive }, TimeProvider.System);
}
