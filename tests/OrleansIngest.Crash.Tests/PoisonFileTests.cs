namespace OrleansIngest.Crash.Tests;

/// <summary>G6: a file that kills whoever loads it does not do so for ever, and takes no other file with it.</summary>
public sealed class PoisonFileTests
{
    [Fact]
    public async Task File_whose_owners_die_again_and_again_is_quarantined_and_loads_once_an_operator_says_so()
    {
        await using var files = await KnownFiles.CreateAsync(files: 1, records: 300, batchRecords: 100, maxOwnerDeaths: 3);
        // In the first seconds of a server's life free locks prove nothing, and nobody is declared dead.
        while ((await files.LinesAsync("SELECT (clock_timestamp() - pg_postmaster_start_time() > interval '6 s')::text"))[0]
            != "true")
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken);
        for (var death = 1; death <= 3; death++)
        {
            using var killed = IngestProcess.Start(files.ConnectionString, "enqueued:1", "load", files.Watched, "--config",
                files.Config);
            await killed.WaitAsync();
            killed.ExitCode.ShouldBe(137, $"run {death} did not die");
        }

        using var next = IngestProcess.Start(files.ConnectionString, null, "load", files.Watched, "--config", files.Config);
        var said = await next.WaitAsync();

        next.ExitCode.ShouldBe(1, said);
        said.ShouldContain("3 consecutive workers crashed");
        (await files.LinesAsync("SELECT status || ' ' || owner_deaths FROM ingest.file")).ShouldBe(["quarantined 3"]);
        (await files.LinesAsync("SELECT kind FROM ingest.history WHERE kind LIKE 'file.%'")).ShouldBe(["file.quarantined"]);

        using var retry = IngestProcess.Start(files.ConnectionString, null, "retry", Directory.GetFiles(files.Watched).Single(),
            "--why", "mended");
        said = await retry.WaitAsync();
        retry.ExitCode.ShouldBe(0, said);
        using var last = IngestProcess.Start(files.ConnectionString, null, "load", files.Watched, "--config", files.Config);
        said = await last.WaitAsync();
        last.ExitCode.ShouldBe(0, said);
        await files.ShouldBeLoadedExactlyOnceAsync();
    }
}
