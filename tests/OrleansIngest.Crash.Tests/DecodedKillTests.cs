namespace OrleansIngest.Crash.Tests;

/// <summary>G2 for files that have to be decoded: SIGKILL at any moment loses nothing and doubles nothing. The next program
/// begins at a restart point, or decodes from the beginning what it passes over.</summary>
public sealed class DecodedKillTests
{
    static readonly string[] Points = ["claimed", "enqueued", "copying", "copied", "committing", "committed"];

    /// <summary>Kills for each kind of file: 70 with INGEST_LONG_TESTS=1, else 8.</summary>
    static readonly int Kills = Environment.GetEnvironmentVariable("INGEST_LONG_TESTS") == "1" ? 70 : 8;

    public static TheoryData<string> Kinds => ["gzip", "zstd", "zip", "parquet"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Kills_at_random_moments_leave_every_record_once(string kind)
    {
        var pack = kind switch { "gzip" => PackedFile.Gzip, "zstd" => PackedFile.Zstd, "zip" => PackedFile.Zip, _ => PackedFile.Parquet };
        await using var files = await KnownFiles.CreateAsync(files: 2, records: 60_000, batchRecords: 500, pack: pack);
        var random = new Random(20261125);
        var kills = 0;
        for (var tries = 0; kills < Kills && tries < 4 * Kills; tries++)
        {
            if (tries % 3 == 2) files.AddFile(20_000); // so that there is always something to lose
            // Two of three in the middle of the work, wherever that is; one at any moment, the start and the end included.
            var crashAt = tries % 3 == 0 ? null : $"{Points[random.Next(Points.Length)]}:{random.Next(1, 6)}";
            using var run = IngestProcess.Start(files.ConnectionString, crashAt, "load", files.Watched, "--config", files.Config);
            if (crashAt is null)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 2000)), TimeProvider.System, TestContext.Current.CancellationToken);
                run.Kill();
            }

            await run.WaitAsync();
            if (run.ExitCode == 137) kills++;
        }

        kills.ShouldBeGreaterThanOrEqualTo(Kills);
        using var last = IngestProcess.Start(files.ConnectionString, null, "load", files.Watched, "--config", files.Config);
        var said = await last.WaitAsync();
        last.ExitCode.ShouldBe(0, said);
        await files.ShouldBeLoadedExactlyOnceAsync();
    }
}
