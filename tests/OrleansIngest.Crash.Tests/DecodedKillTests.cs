namespace OrleansIngest.Crash.Tests;

/// <summary>G2 for files that have to be decoded: SIGKILL at any moment loses nothing and doubles nothing. The next program
/// begins at a restart point, or decodes from the beginning what it passes over.</summary>
public sealed class DecodedKillTests
{
    static readonly string[] Points = RandomKills.BatchPoints;

    /// <summary>Kills for each kind of file: 70 with INGEST_LONG_TESTS=1, else 8.</summary>
    static readonly int Kills = Environment.GetEnvironmentVariable("INGEST_LONG_TESTS") == "1" ? 70 : 8;

    public static TheoryData<string> Kinds => ["gzip", "zstd", "zip", "parquet"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Kills_at_random_moments_leave_every_record_once(string kind)
    {
        var pack = kind switch
        {
            "gzip" => PackedFile.Gzip,
            "zstd" => PackedFile.Zstd,
            "zip" => PackedFile.Zip,
            _ => PackedFile.Parquet
        };
        await using var files = await KnownFiles.CreateAsync(files: 2, records: 60_000, batchRecords: 500, pack: pack);
        var random = new RandomKills(files, Points, new Random(20261125));

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
