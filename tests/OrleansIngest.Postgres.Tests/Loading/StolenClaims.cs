using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Coordination;

namespace OrleansIngest.Postgres.Tests.Loading;

/// <summary>Nodes that take files from each other in mid-commit, at random moments.</summary>
/// <param name="bench">Where they load.</param>
/// <param name="seed">Of the moments, and of whose files are taken.</param>
sealed class StolenClaims(LoadBench bench, int seed)
{
    /// <summary>So many claims must have been stolen before anything is proved. A quick machine is done sooner: more files come
    /// until there were enough.</summary>
    const int Enough = 4;

    readonly Random _random = new(seed);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public int Nodes { get; init; } = 3;
    /// <summary>How many files one node may have at a time.</summary>
    public int ClaimsAtOnce { get; init; } = 4;
    /// <summary>The longest pause between two rounds, in milliseconds.</summary>
    public int LongestPause { get; init; } = 40;
    /// <summary>After so many rounds files are left to who has them, if enough were stolen.</summary>
    public int Rounds { get; init; } = int.MaxValue;
    /// <summary>Asked in every round, while files load.</summary>
    public Func<Task> Look { get; init; } = () => Task.CompletedTask;

    /// <summary>Loads files until all are done and enough claims were stolen.</summary>
    /// <param name="files">How many files at first, and how many more each time when too few claims were stolen.</param>
    /// <param name="write">Writes the file of this number, from 0, and returns its path.</param>
    /// <returns>How many files there are: a multiple of <paramref name="files"/>.</returns>
    public async Task<int> LoadAsync(int files, Func<int, string> write)
    {
        var nodes = new IngestNode[Nodes];
        for (var n = 0; n < nodes.Length; n++) nodes[n] = await bench.StartNodeAsync();
        var workers = nodes.Select(n => new TaskFileWorkers(n, NullLoggerFactory.Instance)).ToArray();
        var (written, thefts) = (0, 0);
        for (var round = 0; ; round++)
        {
            if (await bench.ScalarAsync<long>("SELECT count(*) FROM ingest.file WHERE status NOT IN ('loaded', 'ignored')") == 0)
            {
                if (written > 0 && thefts >= Enough) break;
                var paths = Enumerable.Range(written, files).Select(write).ToArray();
                await nodes[0].Files.NoteFilesAsync("test", [.. paths.Select(LoadBench.Stat)], "ready", null, Stop);
                written += files;
            }

            // Whatever is being loaded is taken away in mid-commit, and given to whoever comes.
            if (round < Rounds || thefts < Enough)
                await bench.ExecuteAsync(
                    $"UPDATE ingest.file SET status = 'ready' WHERE status = 'loading' AND file_id % 3 = {_random.Next(3)}");
            var thief = _random.Next(nodes.Length);
            var claims = await nodes[thief].Files.ClaimAsync("test", nodes[thief].Id, ClaimsAtOnce, null, Stop);
            thefts += claims.Count(c => c.Epoch > 1);
            await workers[thief].StartAsync(claims, Stop);
            await Look();
            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(1, LongestPause)), TimeProvider.System, Stop);
        }

        foreach (var worker in workers) await worker.DisposeAsync();
        return written;
    }
}
