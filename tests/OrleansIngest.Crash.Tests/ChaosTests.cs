using System.Globalization;
using Npgsql;
using OrleansIngest.EmbeddedPostgres;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Testing;

namespace OrleansIngest.Crash.Tests;

/// <summary>The whole cluster as processes, of which some die all the time. INGEST_CHAOS_SECONDS (20) says for how long,
/// INGEST_CHAOS_SEED (20261123) who dies when; deploy/chaos.sh runs it for minutes.</summary>
public sealed class ChaosTests
{
    const int Silos = 3;

    [Fact]
    public async Task Silos_killed_at_random_and_the_database_killed_once_leave_every_record_once()
    {
        var folder = TestPostgres.NewFolder();
        try
        {
            await using var server = await OwnServer.StartAsync(folder);
            await using (var dataSource = NpgsqlDataSource.Create(server.ConnectionString))
                await Migrations.ApplyAsync(dataSource, TestContext.Current.CancellationToken);
            await using var files = await KnownFiles.CreateAsync(files: 12, records: 5_000, batchRecords: 200,
                server.ConnectionString);
            using var silos = new SiloGroup(files);
            for (var i = 0; i < Silos; i++) silos.Start();
            await silos.AliveAsync(Silos);

            var kills = await KillAroundAsync(files, silos, server, Seconds);
            await silos.LoadedAsync();

            TestContext.Current.TestOutputHelper?.WriteLine($"{kills} silos and one database killed; {files.Records} records");
            kills.ShouldBeGreaterThanOrEqualTo(3);
            await files.ShouldBeLoadedExactlyOnceAsync();
            foreach (var silo in silos.Running.ToArray()) await silos.StopAsync(silo);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static int Seconds => Setting("INGEST_CHAOS_SECONDS") ?? 20;

    static int Seed => Setting("INGEST_CHAOS_SEED") ?? 20261123;

    static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value : null;

    /// <summary>A victim every second or two, its successor at once or later, and the database once, in the middle. There is
    /// always something to load.</summary>
    static async Task<int> KillAroundAsync(KnownFiles files, SiloGroup silos, EmbeddedPostgresServer server, int seconds)
    {
        var random = new Random(Seed);
        var from = TimeProvider.System.GetTimestamp();
        var kills = 0;
        var databaseIsDue = true;
        while (TimeProvider.System.GetElapsedTime(from).TotalSeconds < seconds)
        {
            for (var i = random.Next(1, 4); i > 0; i--) files.AddFile(random.Next(1, 8_000));
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(300, 2_000)), TimeProvider.System,
                TestContext.Current.CancellationToken);
            if (databaseIsDue && TimeProvider.System.GetElapsedTime(from).TotalSeconds > seconds / 2.0)
            {
                databaseIsDue = false;
                await KillDatabaseAsync(server);
            }

            foreach (var dead in silos.Running.Where(s => s.HasExited).ToArray())
            {
                // One that was starting when the database died is for whoever supervises it to start again; one that ran, and so
                // said what it watches, has to wait for the database.
                var said = await dead.WaitAsync();
                said.ShouldNotContain("\"@m\":\"watching ");
                said.ShouldMatch("(?m)Hosting failed to start|^ingest: the database "); // that it knows why, and not just a crash
                databaseIsDue.ShouldBeFalse();
                await silos.KillAsync(dead);
            }

            if (silos.Running.Count > 1)
            {
                await silos.KillAsync(silos.Running[random.Next(silos.Running.Count)]);
                kills++;
            }

            while (silos.Running.Count < Silos && (silos.Running.Count == 0 || random.Next(4) > 0)) silos.Start();
        }

        return kills;
    }

    static async Task KillDatabaseAsync(EmbeddedPostgresServer server)
    {
        await OwnServer.KillAsync(server);
        while (!await server.EnsureRunningAsync(TestContext.Current.CancellationToken))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
    }
}
