namespace OrleansIngest.Crash.Tests;

/// <summary>G2 for files that several parsers read at once: SIGKILL at any moment loses nothing and doubles nothing, whatever
/// part was committed first.</summary>
public sealed class PartKillTests
{
    /// <summary>Kills of each kind: 60 with INGEST_LONG_TESTS=1, else 8.</summary>
    static readonly int Kills = Environment.GetEnvironmentVariable("INGEST_LONG_TESTS") == "1" ? 60 : 8;

    [Theory]
    [InlineData("\"parsers\": 3, \"lanes\": 3,")]
    [InlineData("\"parsers\": 3, \"wholeFile\": true,")]
    public async Task Kills_at_random_moments_leave_every_record_once(string options)
    {
        await using var files = await KnownFiles.CreateAsync(files: 2, records: 30_000, batchRecords: 500, options: options);
        var random = new RandomKills(files, RandomKills.BatchPoints, new Random(20261126)) { MostOccurrences = 3 };

        var kills = await random.RunAsync(Kills, mostRuns: 6 * Kills, run =>
        {
            if (run > 0) files.AddFile(20_000); // so that there is always something to lose
        });

        kills.ShouldBeGreaterThanOrEqualTo(Kills);
        var (exitCode, said) = await random.LoadAsync();
        exitCode.ShouldBe(0, said);
        await files.ShouldBeLoadedExactlyOnceAsync();
    }
}
