namespace OrleansIngest.Crash.Tests;

/// <summary>G2: SIGKILL at any moment loses nothing and doubles nothing.</summary>
public sealed class KillTests
{
    static readonly string[] Points = RandomKills.BatchPoints;

    [Fact]
    public async Task Fifty_kills_at_named_points_and_at_random_moments_leave_every_record_once()
    {
        await using var files = await KnownFiles.CreateAsync(files: 16, records: 6_000, batchRecords: 150);
        var random = new Random(20261122);
        var kills = 0;
        var reached = new HashSet<string>();
        // At each point of the protocol, at its 1st, 2nd, 5th and 9th occurrence of a run.
        foreach (var count in new[] { 1, 2, 5, 9 })
        {
            foreach (var point in Points.Where(p => count == 1 || p != "claimed"))
            {
                if (!await RunAndDieAsync(files, $"{point}:{count}")) continue;
                kills++;
                reached.Add(point);
            }
        }

        reached.ShouldBe(Points, ignoreOrder: true);
        // At random moments of start-up, loading and the end; each run finds a new file, so
        // that there is always something to lose.
        for (var tries = 0; kills < 52 && tries < 200; tries++)
        {
            files.AddFile(3_000);
            using var run = IngestProcess.Start(files.ConnectionString, null, "load", files.Watched, "--config", files.Config);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 300)), TimeProvider.System);
            run.Kill();
            await run.WaitAsync();
            if (run.ExitCode == 137) kills++;
        }

        kills.ShouldBeGreaterThanOrEqualTo(50);
        using var last = IngestProcess.Start(files.ConnectionString, null, "load", files.Watched, "--config", files.Config);
        var said = await last.WaitAsync();
        last.ExitCode.ShouldBe(0, said);
        await files.ShouldBeLoadedExactlyOnceAsync();
    }

    [Fact]
    public async Task A_silo_killed_in_mid_file_goes_on_after_its_restart()
    {
        await using var files = await KnownFiles.CreateAsync(files: 4, records: 6_000, batchRecords: 150);
        foreach (var point in new[] { "claimed:1", "copied:3", "committing:6", "committed:12" })
        {
            using var killed = Up(files, point);
            await killed.WaitAsync();
            killed.ExitCode.ShouldBe(137, $"the silo did not reach {point}");
        }

        using var last = Up(files, null);
        var said = await last.WaitAsync();
        last.ExitCode.ShouldBe(0, said);
        await files.ShouldBeLoadedExactlyOnceAsync();
    }

    static IngestProcess Up(KnownFiles files, string? crashAt) =>
        IngestProcess.Start(files.ConnectionString, crashAt, "up", "--config", files.Config, "--exit-when-idle");

    static async Task<bool> RunAndDieAsync(KnownFiles files, string crashAt)
    {
        using var run = IngestProcess.Start(files.ConnectionString, crashAt, "load", files.Watched, "--config", files.Config);
        await run.WaitAsync();
        return run.ExitCode == 137;
    }
}
