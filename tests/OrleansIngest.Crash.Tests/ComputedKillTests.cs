namespace OrleansIngest.Crash.Tests;

/// <summary>G2 for pipelines that compute columns: SIGKILL at any moment loses nothing and doubles nothing, whether a record
/// becomes a row, is refused by an expression, or by a constraint behind it.</summary>
public sealed class ComputedKillTests
{
    static readonly string[] Points = RandomKills.BatchPoints;

    /// <summary>75 with INGEST_LONG_TESTS=1, else 8.</summary>
    static readonly int Kills = Environment.GetEnvironmentVariable("INGEST_LONG_TESTS") == "1" ? 75 : 8;

    [Fact]
    public async Task Kills_at_random_moments_leave_every_record_once()
    {
        // What is computed is what was read, by way of a text, or nothing at all for the records that are bad: the
        // comparison is that of all kill tests.
        await using var files = await KnownFiles.CreateAsync(
            files: 2, records: 60_000, batchRecords: 500,
            options: """
                "compute": { "id": "trim(id)::int + 0 * (1 / (trim(id)::int % 97 + 1))", "note": "substr('>' || note, 2)" },
                """);
        var random = new RandomKills(files, Points, new Random(20261126));

        var kills = await random.RunAsync(Kills, mostRuns: 4 * Kills, run =>
        {
            if (run % 3 == 2) files.AddFile(20_000); // so that there is always something to lose
        });

        kills.ShouldBeGreaterThanOrEqualTo(Kills);
        var (exitCode, said) = await random.LoadAsync();
        exitCode.ShouldBe(0, said);
        await files.ShouldBeLoadedExactlyOnceAsync();
    }
}
