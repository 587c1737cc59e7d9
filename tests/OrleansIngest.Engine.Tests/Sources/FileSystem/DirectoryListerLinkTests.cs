using OrleansIngest.Engine.Sources.FileSystem;

namespace OrleansIngest.Engine.Tests.Sources.FileSystem;

public sealed class DirectoryListerLinkTests : IDisposable
{
    readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void List_PipesAndLinks_AreFollowedOnlyToFilesInside()
    {
        using var outside = new TemporaryDirectory();
        var data = _directory.Write("_staging/data.csv", "12345");
        var secret = outside.Write("secret.csv", "x");
        File.CreateSymbolicLink(_directory["inside.csv"], "_staging/data.csv");
        File.CreateSymbolicLink(_directory["outside.csv"], secret);
        File.CreateSymbolicLink(_directory["broken.csv"], _directory["nothing"]);
        File.CreateSymbolicLink(_directory["loop.csv"], _directory["loop.csv"]);
        File.CreateSymbolicLink(_directory["directory.csv"], outside.Root);
        File.CreateSymbolicLink(_directory["hidden.csv.tmp"], data);
        // Leads inside by its text, and outside in truth.
        File.CreateSymbolicLink(_directory["detour.csv"], "directory.csv/secret.csv");
        TemporaryDirectory.Shell($"mkfifo {_directory["pipe.csv"]}");
        var lister = Create(recursive: true);

        var listing = lister.List();

        listing.New.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            file => file.Path.ShouldBe(_directory["inside.csv"]), file => file.Size.ShouldBe(5));
        listing.Excluded.Select(file => (Path.GetFileName(file.File.Path), file.Reason)).Order().ShouldBe(new[]
        {
            ("broken.csv", ExclusionReason.LinkToNoFile),
            ("detour.csv", ExclusionReason.LinkLeadsOutside),
            ("hidden.csv.tmp", ExclusionReason.NeverData),
            ("outside.csv", ExclusionReason.LinkLeadsOutside),
            ("pipe.csv", ExclusionReason.NotAFile),
        }.Order());
        listing.Problems.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            problem => problem.Kind.ShouldBe(ProblemKind.FileUnreadable),
            problem => problem.Path.ShouldBe(_directory["loop.csv"]));
        lister.List().ShouldSatisfyAllConditions(again => again.New.ShouldBeEmpty(), again => again.Excluded.ShouldBeEmpty());

        // A link that was good, bent to the outside: the file is gone, and the link is passed over.
        File.Delete(_directory["inside.csv"]);
        File.CreateSymbolicLink(_directory["inside.csv"], secret);
        var bent = lister.List();
        bent.Vanished.ShouldHaveSingleItem().Path.ShouldBe(_directory["inside.csv"]);
        bent.Excluded.ShouldHaveSingleItem().Reason.ShouldBe(ExclusionReason.LinkLeadsOutside);
    }

    [Fact]
    public void List_RootIsALinkToADirectory_IsListed()
    {
        using var target = new TemporaryDirectory();
        target.Write("a.csv", "x");
        File.CreateSymbolicLink(target["link.csv"], "a.csv");
        Directory.CreateSymbolicLink(_directory["root"], target.Root);

        var listing = Create(roots: _directory["root"]).List();

        listing.New.Select(file => file.Path).Order().ShouldBe([_directory["root/a.csv"], _directory["root/link.csv"]]);
    }

    [Fact]
    public void ListOnly_KnownFileCannotBeLookedAt_IsAProblemAndNotGone()
    {
        var path = _directory.Write("a.csv", "x");
        var lister = Create();
        lister.List();
        File.Delete(path);
        File.CreateSymbolicLink(path, path);

        foreach (var listing in new[] { lister.ListOnly([path]), lister.List() })
        {
            listing.Vanished.ShouldBeEmpty();
            listing.VouchesFor(path).ShouldBeFalse();
            listing.Problems.ShouldHaveSingleItem().Kind.ShouldBe(ProblemKind.FileUnreadable);
        }
    }

    DirectoryLister Create(bool recursive = false, params string[] roots) =>
        new(new() { Roots = roots.Length > 0 ? roots : [_directory.Root], Recursive = recursive }, TimeProvider.System);
}
