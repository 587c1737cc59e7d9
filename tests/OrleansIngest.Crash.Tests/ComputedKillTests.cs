namespace OrleansIngest.Crash.Tests;

/// <summary>G2 for pipelines that compute columns: SIGKILL at any moment loses nothing and doubles nothing, whether a record becomes a row, is refused by an
/// expression, or by a constraint behind it.</summary>
public sealed class ComputedKillTests
{
    static readonly string[] Points = ["claimed", "enqueued", "copying", "copied", "committing", "committed"];

    /// <summary>75 with INGEST_LONG_TESTS=1, else 8.</summary>
    static readonly int Kills = Environment.GetEnvironmentVariable("INGEST_LONG_TESTS") == "1" ? 75 : 8;

    [Fact]
    public async Task Kills_at_random_moments_leave_every_record_once()
    {
        // What is computed is what was read, by way of a text, or nothing at all for the records that are bad: the comparison is that of all kill tests.
        await using var files = await KnownFiles.CreateAsync(
            files: 2, records: 60_000, batchRecords: 500,
            options: """ "compute": { "id": "trim(id)::int + 0 * (1 / (trim(id)::int % 97 + 1))", "note": "substr('>' || note, 2)" }, """);
        var random = new Random(20261126);
        var kills = 0;
        for (var tries = 0; kills < Kills && tries < 4 * Kills; tries++)
        {
            if (tries % 3 == 2) files.AddFile(20_000); // so that there is always something to lose
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
