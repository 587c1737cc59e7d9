using Npgsql;
using OrleansIngest.EmbeddedPostgres;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Testing;

namespace OrleansIngest.Crash.Tests;

/// <summary>G6: a database that dies and comes back, in mid-file, stops nothing for good.</summary>
public sealed class DatabaseOutageTests
{
    [Theory]
    [InlineData("load")]
    [InlineData("up")]
    public async Task A_database_killed_twice_in_mid_load_is_waited_for_and_every_record_is_there_once(string verb)
    {
        var folder = TestPostgres.NewFolder();
        try
        {
            await using var server = await OwnServer.StartAsync(folder);
            await using (var dataSource = NpgsqlDataSource.Create(server.ConnectionString))
                await Migrations.ApplyAsync(dataSource, TestContext.Current.CancellationToken);
            await using var files = await KnownFiles.CreateAsync(files: 4, records: 20_000, batchRecords: 100,
                server.ConnectionString);
            string[] command = verb == "load" ? ["load", files.Watched, "--config", files.Config]
                : ["up", "--config", files.Config, "--exit-when-idle", "--http", "127.0.0.1:0"];
            using var run = IngestProcess.Start(files.ConnectionString, null, command);
            foreach (var rows in new[] { 2_000, 30_000 })
            {
                while (await files.LoadedRowsAsync() < rows)
                {
                    if (run.HasExited)
                        Assert.Fail($"it ended with {run.ExitCode} before {rows} rows were loaded: {await run.WaitAsync()}");
                    await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
                }

                await OwnServer.KillAsync(server);
                var port = server.Port;
                while (!await server.EnsureRunningAsync(TestContext.Current.CancellationToken))
                    await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
                server.Port.ShouldBe(port);
            }

            var said = await run.WaitAsync();
            run.ExitCode.ShouldBe(0, said);
            await files.ShouldBeLoadedExactlyOnceAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
