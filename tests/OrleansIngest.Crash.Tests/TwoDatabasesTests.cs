using Npgsql;
using OrleansIngest.EmbeddedPostgres;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Testing;

namespace OrleansIngest.Crash.Tests;

/// <summary>Two databases in one configuration: each record is once in its own, whatever dies; and one that is away stops nothing
/// of the other.</summary>
public sealed class TwoDatabasesTests
{
    static readonly string[] Points = RandomKills.BatchPoints;

    /// <summary>50 with INGEST_LONG_TESTS=1, else 10.</summary>
    static readonly int Kills = Environment.GetEnvironmentVariable("INGEST_LONG_TESTS") == "1" ? 50 : 10;

    [Fact]
    public async Task Kills_of_silos_that_load_two_databases_leave_every_record_once()
    {
        await using var files = await TwoDatabases.CreateAsync(files: 2, records: 3_000);
        var random = new Random(20261127);
        var kills = 0;
        for (var run = 0; kills < Kills && run < 60; run++)
        {
            // Two at once: they take each other's files over, in both databases.
            IngestProcess[] silos = [.. Enumerable.Range(0, 2).Select(
                i => files.Up(i == 0 && run % 2 == 0 ? $"{Points[random.Next(Points.Length)]}:{random.Next(1, 100)}" : null))];
            foreach (var silo in silos) await silo.RunsAsync();
            files.Main.AddFile(random.Next(1, 1_500));
            files.Second.AddFile(random.Next(1, 1_500));
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 1_500)), TimeProvider.System,
                TestContext.Current.CancellationToken);
            foreach (var silo in silos)
            {
                silo.Kill();
                await silo.WaitAsync();
                if (silo.ExitCode == 137) kills++;
                silo.Dispose();
            }
        }

        kills.ShouldBeGreaterThanOrEqualTo(Kills);
        using var last = files.Up(null, "--exit-when-idle");
        var end = await last.WaitAsync(TimeSpan.FromMinutes(4));
        last.ExitCode.ShouldBe(0, end);
        await files.ShouldBeLoadedExactlyOnceAsync();
        foreach (var ledger in new[] { files.Main, files.Second })
            (await ledger.LinesAsync("SELECT (count(*) > 1)::text FROM ingest.node WHERE kind = 'silo'")).ShouldBe(["true"],
                "the silos join each ledger");
    }

    /// <summary>Its batches keep their part of the memory, and its loaders their files, for as long as it is away.</summary>
    [Theory]
    [InlineData("second")]
    [InlineData("main")]
    public async Task Database_that_is_away_stops_nothing_of_the_other(string away)
    {
        var folder = TestPostgres.NewFolder();
        try
        {
            await using var server = await OwnServer.StartAsync(folder);
            if (away == "main")
            {
                await using var dataSource = NpgsqlDataSource.Create(server.ConnectionString);
                await Migrations.ApplyAsync(dataSource, TestContext.Current.CancellationToken);
            }

            await using var files = await TwoDatabases.CreateAsync(
                files: 3, records: 3_000, away == "main" ? server.ConnectionString : null,
                away == "main" ? null : server.ConnectionString);
            var (there, gone) = away == "main" ? (files.Second, files.Main) : (files.Main, files.Second);
            if (away == "second") await OwnServer.KillAsync(server); // it is not there when the silo starts
            using var silo = files.Up(null);
            await silo.SaidAsync("watching ");
            await AllLoadedAsync(silo, there);
            if (away == "second")
            {
                while (!await server.EnsureRunningAsync(TestContext.Current.CancellationToken)) await PauseAsync();
            }

            // In the middle of its work: files come until some are not loaded yet when it goes.
            long open;
            do
            {
                for (var i = 0; i < 3; i++) gone.AddFile(20_000);
                while (await gone.LoadedRowsAsync() < 3_000) await PauseAsync();
                await OwnServer.KillAsync(server);
                // What the server had when it died is asked for when it is back: until then it stays away.
                for (var round = 0; round < 3; round++)
                {
                    there.AddFile(3_000);
                    await AllLoadedAsync(silo, there);
                }

                while (!await server.EnsureRunningAsync(TestContext.Current.CancellationToken)) await PauseAsync();
                open = long.Parse((await gone.LinesAsync("SELECT count(*)::text FROM ingest.file WHERE status <> 'loaded'"))[0],
                    System.Globalization.CultureInfo.InvariantCulture);
            }
            while (open == 0);

            await AllLoadedAsync(silo, gone);
            silo.Signal("TERM");
            var said = await silo.WaitAsync();
            silo.ExitCode.ShouldBe(0, said);
            await files.ShouldBeLoadedExactlyOnceAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Database_that_comes_into_the_file_is_joined_and_a_pipeline_that_moves_is_refused()
    {
        await using var files = await TwoDatabases.CreateAsync(files: 2, records: 500);
        var both = await File.ReadAllTextAsync(files.Config, TestContext.Current.CancellationToken);
        var one = both[..both.IndexOf("\"databases\"", StringComparison.Ordinal)]
            + both[both.IndexOf("\"pipelines\"", StringComparison.Ordinal)..both.IndexOf(",\n    { \"name\": \"other\"",
                StringComparison.Ordinal)] + "\n  ]\n}";
        Replace(files.Config, one);
        using var silo = files.Up(null);
        await AllLoadedAsync(silo, files.Main);

        Replace(files.Config, both);
        await silo.SaidAsync("Database second is new in the configuration: postgres://");
        await AllLoadedAsync(silo, files.Second);
        Replace(files.Config, both.Replace("\"name\": \"crash\",", "\"name\": \"crash\", \"database\": \"second\",",
            StringComparison.Ordinal));
        await silo.SaidAsync("pipeline crash would move to database second, but the ledger of the main database has 2 files "
            + "of this pipeline");
        Replace(files.Config, both);
        await silo.SaidAsync("The configuration is valid again");
        files.Main.AddFile(100);
        files.Second.AddFile(100);
        await AllLoadedAsync(silo, files.Main);
        await AllLoadedAsync(silo, files.Second);

        silo.Signal("TERM");
        var said = await silo.WaitAsync();
        silo.ExitCode.ShouldBe(0, said);
        said.ShouldNotContain(new NpgsqlConnectionStringBuilder(files.Second.ConnectionString).Password!);
        await files.ShouldBeLoadedExactlyOnceAsync();
    }

    static void Replace(string path, string text)
    {
        File.WriteAllText(path + "~", text);
        File.Move(path + "~", path, overwrite: true);
    }

    static async Task AllLoadedAsync(IngestProcess silo, KnownFiles files)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while (!await IsLoadedAsync(files))
        {
            if (silo.HasExited) Assert.Fail($"it ended with {silo.ExitCode}: {await silo.WaitAsync()}");
            if (patience.IsCancellationRequested)
                Assert.Fail($"the files of a database that is there are not loaded:\n{await OpenFilesAsync(files)}\n{silo.Said}");
            await PauseAsync();
        }
    }

    static async Task<bool> IsLoadedAsync(KnownFiles files)
    {
        try
        {
            return await files.LinesAsync(
                $"SELECT (count(*) FILTER (WHERE status = 'loaded') = {Directory.GetFiles(files.Watched, "*.csv").Length})::text "
                    + "FROM ingest.file") is ["true"];
        }
        catch (PostgresException missing) when (missing.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return false; // the silo makes the ledger when it gets there
        }
    }

    static async Task<string> OpenFilesAsync(KnownFiles files) => string.Join('\n', await files.LinesAsync(
        """
        SELECT concat_ws(' ', f.path, f.status, f.owner_node, 'epoch', f.epoch, 'attempts', f.attempts, f.next_attempt_at,
            f.reason, f.error)
        FROM ingest.file f WHERE f.status <> 'loaded'
        UNION ALL SELECT concat_ws(' ', 'node', node, state, heartbeat_at) FROM ingest.node
        UNION ALL SELECT concat_ws(' ', 'session', application_name, state, wait_event, left(query, 80)) FROM pg_stat_activity
            WHERE application_name LIKE 'ingest/%'
        UNION ALL SELECT concat_ws(' ', 'now', clock_timestamp())
        """));

    static Task PauseAsync() => Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System,
        TestContext.Current.CancellationToken);
}
