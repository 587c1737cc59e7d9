using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace OrleansIngest.Crash.Tests;

/// <summary>SIGTERM ends the program in less than ten seconds, whatever it does and whatever the database does.</summary>
/// <remarks>The promise is 10 s. The tests allow 30 s, for a machine that is busy with other tests; without the
/// bound a stop took 60 to 120 s.</remarks>
public sealed class StopTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public enum Database
    {
        Answers,
        Hangs,
        IsGone,
    }

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Database.Answers)]
    [InlineData(Database.Hangs)]
    [InlineData(Database.IsGone)]
    public async Task Idle_silo_that_is_asked_to_end_does_so_in_time_with_exit_code_0(Database database)
    {
        await using var server = await StallingDatabase.StartAsync();
        await using var files = await KnownFiles.CreateAsync(files: 2, records: 100, batchRecords: 100, server.ConnectionString);
        using var silo = Start(files, "up");
        await UntilAsync(files, silo, "SELECT (count(*) FILTER (WHERE status = 'loaded') = 2)::text FROM ingest.file");

        await ShouldEndInTimeAsync(silo, server, database, exitCode: 0);
    }

    [Theory]
    [InlineData(Database.Answers)]
    [InlineData(Database.Hangs)]
    [InlineData(Database.IsGone)]
    public async Task Silo_in_mid_load_that_is_asked_to_end_does_so_in_time_with_exit_code_0(Database database)
    {
        await using var server = await StallingDatabase.StartAsync();
        await using var files = await KnownFiles.CreateAsync(files: 8, records: 50_000, batchRecords: 100,
            server.ConnectionString);
        using var silo = Start(files, "up");
        await UntilAsync(files, silo, "SELECT (count(*) > 2000)::text FROM t");

        await ShouldEndInTimeAsync(silo, server, database, exitCode: 0);
    }

    [Theory]
    [InlineData(Database.Answers)]
    [InlineData(Database.Hangs)]
    [InlineData(Database.IsGone)]
    public async Task Load_that_is_asked_to_end_does_so_in_time_with_exit_code_130(Database database)
    {
        await using var server = await StallingDatabase.StartAsync();
        await using var files = await KnownFiles.CreateAsync(files: 8, records: 50_000, batchRecords: 100,
            server.ConnectionString);
        using var load = IngestProcess.Start(files.ConnectionString, null, "load", files.Watched, "--config", files.Config);
        await UntilAsync(files, load, "SELECT (count(*) > 2000)::text FROM t");

        await ShouldEndInTimeAsync(load, server, database, exitCode: 130);
    }

    [Theory]
    [InlineData(Database.Answers)]
    [InlineData(Database.Hangs)]
    [InlineData(Database.IsGone)]
    public async Task Monitor_that_is_asked_to_end_does_so_in_time_with_exit_code_0(Database database)
    {
        await using var server = await StallingDatabase.StartAsync();
        await using var files = await KnownFiles.CreateAsync(files: 1, records: 1, batchRecords: 100, server.ConnectionString);
        using var monitor = IngestProcess.Start(files.ConnectionString, null, "monitor", "--config", files.Config, "--http",
            "127.0.0.1:0");
        await UntilAsync(files, monitor,
            "SELECT (count(*) > 0)::text FROM pg_stat_activity WHERE application_name LIKE 'ingest/%'");

        await ShouldEndInTimeAsync(monitor, server, database, exitCode: 0);
    }

    [Theory]
    [InlineData("up", 0)]
    [InlineData("load", 130)]
    public async Task Program_that_waits_for_its_first_answer_of_the_database_ends_in_time(string verb, int exitCode)
    {
        await using var files = await KnownFiles.CreateAsync(files: 1, records: 1, batchRecords: 100);
        using var deaf = new TcpListener(IPAddress.Loopback, 0);
        deaf.Start();
        var connectionString = new NpgsqlConnectionStringBuilder(files.ConnectionString)
        { Port = ((IPEndPoint)deaf.LocalEndpoint).Port }.ConnectionString;
        string[] command = verb == "up" ? ["up", "--config", files.Config, "--http", "127.0.0.1:0"]
            : ["load", files.Watched, "--config", files.Config];
        using var starting = IngestProcess.Start(connectionString, null, command);
        using var connection = await deaf.AcceptSocketAsync(Token);

        await ShouldEndInTimeAsync(starting, null, Database.Answers, exitCode);
    }

    [Fact]
    public async Task Silo_whose_database_hangs_while_it_joins_the_cluster_ends_in_time_with_exit_code_0()
    {
        await using var files = await KnownFiles.CreateAsync(files: 1, records: 1, batchRecords: 100);
        await using var proxy = new HangingProxy(files.ConnectionString, hangsAt: "/orleans");
        using var joining = IngestProcess.Start(proxy.ConnectionString, null, "up", "--config", files.Config, "--http",
            "127.0.0.1:0");
        await proxy.Hangs.WaitAsync(TimeSpan.FromMinutes(1), Token);

        await ShouldEndInTimeAsync(joining, null, Database.Answers, exitCode: 0);
    }

    [Fact]
    public async Task Second_signal_ends_a_silo_at_once()
    {
        await using var server = await StallingDatabase.StartAsync();
        await using var files = await KnownFiles.CreateAsync(files: 8, records: 50_000, batchRecords: 100,
            server.ConnectionString);
        using var silo = Start(files, "up");
        await UntilAsync(files, silo, "SELECT (count(*) > 2000)::text FROM t");
        await server.HangAsync();

        silo.Signal("TERM");
        await silo.SaidAsync("stopping");
        // Within half a second it would be the same request.
        await Task.Delay(TimeSpan.FromSeconds(0.6), TimeProvider.System, Token);
        silo.Signal("INT");

        await silo.WaitAsync(Patience);
        silo.ExitCode.ShouldBe(130);
    }

    [Fact]
    public async Task Two_signals_at_once_let_a_load_end_as_one_does()
    {
        await using var server = await StallingDatabase.StartAsync();
        await using var files = await KnownFiles.CreateAsync(files: 8, records: 50_000, batchRecords: 100,
            server.ConnectionString);
        using var load = IngestProcess.Start(files.ConnectionString, null, "load", files.Watched, "--config", files.Config);
        await UntilAsync(files, load, "SELECT (count(*) > 2000)::text FROM t");

        load.Signal("INT");
        load.Signal("TERM");

        var said = await load.WaitAsync(Patience);
        load.ExitCode.ShouldBe(130, said);
        said.ShouldContain("ingest: interrupted");
        (await files.LinesAsync("SELECT count(*)::text FROM ingest.node WHERE state = 'alive'")).ShouldBe(["0"]);
    }

    static IngestProcess Start(KnownFiles files, string verb) =>
        IngestProcess.Start(files.ConnectionString, null, verb, "--config", files.Config, "--http", "127.0.0.1:0");

    static async Task ShouldEndInTimeAsync(IngestProcess process, StallingDatabase? server, Database database, int exitCode)
    {
        if (database == Database.Hangs) await server!.HangAsync();
        if (database == Database.IsGone) await server!.DieAsync();
        var clock = Stopwatch.StartNew();
        process.Signal("TERM");

        var said = await process.WaitAsync(Patience);

        TestContext.Current.TestOutputHelper!.WriteLine($"ended after {clock.Elapsed.TotalSeconds:0.0} s");
        process.ExitCode.ShouldBe(exitCode, said);
    }

    static async Task UntilAsync(KnownFiles files, IngestProcess process, string sql)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while ((await files.LinesAsync(sql)) is not ["true"])
        {
            if (process.HasExited) Assert.Fail($"it ended with {process.ExitCode} before: {sql}\n{await process.WaitAsync()}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }
}
