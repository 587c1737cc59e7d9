using Npgsql;

namespace OrleansIngest.Crash.Tests;

/// <summary>G6: sessions that the server ends at any moment, in mid-COPY, between the checkpoint and COMMIT, while a row is
/// looked for: nothing of it is a file's fault.</summary>
public sealed class EndedSessionTests
{
    const int Ends = 20;

    [Theory]
    [InlineData("load")]
    [InlineData("up")]
    public async Task Sessions_ended_at_random_count_against_no_file_and_every_record_is_there_once(string verb)
    {
        await using var files = await KnownFiles.CreateAsync(files: 6, records: 8_000, batchRecords: 200);
        string[] command = verb == "load" ? ["load", files.Watched, "--config", files.Config]
            : ["up", "--config", files.Config, "--exit-when-idle", "--http", "127.0.0.1:0"];
        using var run = IngestProcess.Start(files.ConnectionString, null, command);
        while (await files.LoadedRowsAsync() == 0 && !run.HasExited)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);

        var random = new Random(20261124);
        for (var ended = 0; ended < Ends && !run.HasExited;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 60)), TimeProvider.System,
                TestContext.Current.CancellationToken);
            // Those that do something: a lane in its transaction, or a ledger's statement.
            ended += await EndOneAsync(files, random.Next());
        }

        var said = await run.WaitAsync();
        run.ExitCode.ShouldBe(0, said);
        (await files.LinesAsync("SELECT DISTINCT concat_ws(' ', attempts, error) FROM ingest.file")).ShouldBe(["0"]);
        await files.ShouldBeLoadedExactlyOnceAsync();
    }

    static async Task<int> EndOneAsync(KnownFiles files, int choice)
    {
        var ended = await files.LinesAsync(
            $"""
            WITH busy AS (
                SELECT pid, row_number() OVER (ORDER BY pid) AS n, count(*) OVER () AS all_of_them FROM pg_stat_activity
                WHERE datname = current_database() AND application_name LIKE 'ingest/%' AND state <> 'idle'
            )
            SELECT pg_terminate_backend(pid)::text FROM busy WHERE n = 1 + {choice} % all_of_them
            """);
        return ended.Count;
    }
}
