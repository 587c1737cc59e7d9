namespace OrleansIngest.Crash.Tests;

/// <summary>Loads a folder again and again, and dies of it: two of three times in the middle of the work, wherever that is; one
/// at any moment, the start and the end included.</summary>
/// <param name="files">What is loaded.</param>
/// <param name="points">Names of <c>CrashPoint.Hit</c>.</param>
/// <param name="random">Chooses among them.</param>
sealed class RandomKills(KnownFiles files, string[] points, Random random)
{
    /// <summary>The points that every load passes, in their order.</summary>
    public static readonly string[] BatchPoints = ["claimed", "enqueued", "copying", "copied", "committing", "committed"];

    /// <summary>A point is died of at one of its first occurrences in a run. Default: 5.</summary>
    public int MostOccurrences { get; init; } = 5;

    /// <summary>Which of three runs in a row dies at any moment. Default: 0.</summary>
    public int AnyMoment { get; init; }

    /// <summary>Kills, and says how often.</summary>
    /// <param name="kills">After so many it ends.</param>
    /// <param name="mostRuns">After so many runs too: not each dies in time.</param>
    /// <param name="before">Called before each run, with its number from 0.</param>
    public async Task<int> RunAsync(int kills, int mostRuns, Action<int> before)
    {
        var killed = 0;
        for (var run = 0; killed < kills && run < mostRuns; run++)
        {
            before(run);
            var crashAt = run % 3 == AnyMoment ? null
                : $"{points[random.Next(points.Length)]}:{random.Next(1, MostOccurrences + 1)}";
            using var process = IngestProcess.Start(files.ConnectionString, crashAt, "load", files.Watched, "--config",
                files.Config);
            if (crashAt is null)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 2000)), TimeProvider.System,
                    TestContext.Current.CancellationToken);
                process.Kill();
            }

            await process.WaitAsync();
            if (process.ExitCode == 137) killed++;
        }

        return killed;
    }

    /// <summary>Loads once more, in peace.</summary>
    /// <returns>The exit code, and what was printed.</returns>
    public async Task<(int ExitCode, string Said)> LoadAsync()
    {
        using var last = IngestProcess.Start(files.ConnectionString, null, "load", files.Watched, "--config", files.Config);
        var said = await last.WaitAsync();
        return (last.ExitCode, said);
    }
}
