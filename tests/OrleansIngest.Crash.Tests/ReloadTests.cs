namespace OrleansIngest.Crash.Tests;

/// <summary>One silo whose configuration is changed in files and in the database.</summary>
public sealed class ReloadTests
{
    [Fact]
    public async Task A_wrong_file_is_said_and_changes_in_the_database_are_applied_beside_what_was_in_force()
    {
        await using var files = await KnownFiles.CreateAsync(files: 1, records: 500, batchRecords: 50);
        using var silos = new SiloGroup(files);
        var silo = silos.Start();
        await silo.SaidAsync("watching ");
        var sound = await File.ReadAllTextAsync(files.Config, TestContext.Current.CancellationToken);

        await File.WriteAllTextAsync(files.Config, sound.Replace("\"t\"", "\"t\",\n  \"lanes\": 0", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        await silo.SaidAsync("The new configuration cannot be applied; version 1 stays in force: ");
        await RunAsync(files, "pipeline", "add", "other", "--set", "table=t", "--set",
            $"watch={Path.Combine(files.Folder, "other")}");
        await silo.SaidAsync("Configuration 2 is in force: added other");
        await silos.UntilAsync("the node says what is wrong",
            "SELECT coalesce(bool_or(problem LIKE '%ingest.json line 2, column 3: pipelines[0].lanes: must be from 1 to 64, not "
                + "0'), false)::text FROM ingest.node_configuration");
        await RunAsync(files, "pipeline", "remove", "other");
        await silo.SaidAsync("Configuration 3 is in force: removed other");
        await File.WriteAllTextAsync(files.Config, sound, TestContext.Current.CancellationToken);
        await silo.SaidAsync("The configuration is valid again; version 3 is in force");

        files.AddFile(500);
        await silos.LoadedAsync();
        await silos.StopAsync(silo);
        await files.ShouldBeLoadedExactlyOnceAsync();
    }

    [Fact]
    public async Task Settings_of_the_process_are_named_as_waiting_for_a_restart_and_the_rest_is_applied()
    {
        await using var files = await KnownFiles.CreateAsync(files: 1, records: 10, batchRecords: 5);
        using var silos = new SiloGroup(files);
        var silo = silos.Start();
        await silo.SaidAsync("watching ");

        await File.WriteAllTextAsync(files.Config, """
            { "alerts": { "databaseAway": "3m" },
              "pipelines": [ { "name": "crash", "watch": ["in"], "table": "t", "settleTime": "0", "lanes": 5 } ] }
            """, TestContext.Current.CancellationToken);
        await silo.SaidAsync("Configuration 2 is in force: changed crash");

        await silos.UntilAsync("both are named",
            "SELECT coalesce(bool_or(restart[1] LIKE 'alerts.databaseAway: restart needed%' AND restart[2] LIKE 'lanes of "
                + "pipeline crash: restart needed%'), false)::text FROM ingest.node_configuration");
        await silos.StopAsync(silo);
    }

    static async Task RunAsync(KnownFiles files, params string[] command)
    {
        using var run = IngestProcess.Start(files.ConnectionString, null, command);
        var said = await run.WaitAsync();
        run.ExitCode.ShouldBe(0, said);
    }
}
