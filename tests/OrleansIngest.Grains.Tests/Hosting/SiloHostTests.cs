using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Runtime;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Grains.Tests.Cluster;
using OrleansIngest.Grains.Tests.Clustering;
using OrleansIngest.Silo;
using OrleansIngest.Testing;

namespace OrleansIngest.Grains.Tests.Hosting;

/// <summary>Whole silos, with sockets and the membership table in PostgreSQL.</summary>
public sealed class SiloHostTests : IAsyncLifetime
{
    readonly string _folder = TestPostgres.NewFolder();
    TestDatabase _database = null!;
    OrleansQueries _orleans = null!;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        _orleans = new OrleansQueries(_database);
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Started_silo_is_ready_serves_the_dashboard_and_loads_files()
    {
        await using var silo = Build();
        await silo.StartAsync(Token);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{silo.Http}") };

        (await http.GetStringAsync("/health/live", Token)).ShouldBe("alive\n");
        (await http.GetStringAsync("/health/ready", Token)).ShouldBe("ready\n");
        var dashboard = await http.GetStringAsync("/cluster/", Token);
        dashboard.ShouldContain("Orleans");
        dashboard.ShouldContain("<a href=\"/nodes\"");
        File.WriteAllText(Path.Combine(_folder, "a.csv"), "user_id,action,event_time\n1,view,2024-01-01T00:00:00Z\n");
        await UntilAsync("SELECT count(*) = 1 FROM events");
        await silo.StopAsync(Token);

        (await ScalarAsync<string>("SELECT state FROM ingest.node")).ShouldBe("left");
        (await MembersAsync()).ShouldHaveSingleItem()["Status"].ShouldBe((int)SiloStatus.Dead);
    }

    [Fact]
    public async Task Silo_that_cannot_leave_the_cluster_in_time_has_left_the_ledger()
    {
        await using var silo = Build(_database.ConnectionString, shutdownTimeout: TimeSpan.FromSeconds(3));
        await silo.StartAsync(Token);
        await using var locking = await _database.DataSource.OpenConnectionAsync(Token);
        await using var transaction = await locking.BeginTransactionAsync(Token);
        // Orleans says there that it leaves.
        await using var locked = new NpgsqlCommand("LOCK TABLE orleans.membership", locking, transaction);
        await locked.ExecuteNonQueryAsync(Token);

        await silo.StopAsync(Token);

        await UntilAsync("SELECT state = 'left' FROM ingest.node");
        (await ScalarAsync<long>("SELECT count(*) FROM ingest.history WHERE kind = 'node.dead'")).ShouldBe(0);
    }

    [Fact]
    public async Task Silo_that_is_cut_off_from_the_database_is_not_ready_but_alive_and_ready_again_afterwards()
    {
        await using var proxy = new CuttableProxy(_database.ConnectionString);
        await using var silo = Build(proxy.ConnectionString);
        await silo.StartAsync(Token);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{silo.Http}") };
        await AnswersAsync(http, "/health/ready", HttpStatusCode.OK, "ready\n");

        proxy.Cut();
        await AnswersAsync(http, "/health/ready", HttpStatusCode.ServiceUnavailable,
            "not ready: the database has been unreachable for more than 8 s\n");
        await AnswersAsync(http, "/health/live", HttpStatusCode.OK, "alive\n");
        proxy.Mend();
        await AnswersAsync(http, "/health/ready", HttpStatusCode.OK, "ready\n");

        await silo.StopAsync(Token);
    }

    [Fact]
    public async Task Stop_while_the_database_is_away_is_given_up_after_its_limit()
    {
        await using var proxy = new CuttableProxy(_database.ConnectionString);
        await using var silo = Build(proxy.ConnectionString, TimeSpan.FromSeconds(2));
        await silo.StartAsync(Token);
        proxy.Cut();

        // Orleans alone would try for two minutes.
        await silo.StopAsync(Token).WaitAsync(TimeSpan.FromSeconds(30), Token);
    }

    [Fact]
    public async Task Second_silo_on_the_machine_takes_the_next_ports_and_joins()
    {
        await using var first = Build();
        await first.StartAsync(Token);
        await using var second = Build();
        await second.StartAsync(Token);

        second.Endpoint.Value.Port.ShouldBeGreaterThan(first.Endpoint.Value.Port);
        second.Http.Port.ShouldNotBe(first.Http.Port);
        (await MembersAsync()).Count(m => m["Status"] is (int)SiloStatus.Active).ShouldBe(2);
        (await ScalarAsync<string>("SELECT string_agg(address, ' ' ORDER BY address) FROM ingest.node WHERE state = 'alive'"))
            .ShouldBe($"{first.Endpoint} {second.Endpoint}");
        await second.StopAsync(Token);
        await first.StopAsync(Token);
    }

    [Fact]
    public async Task Request_that_never_ends_does_not_hold_up_a_stop()
    {
        var entered = new TaskCompletionSource();
        await using var silo = SiloHost.Build(
            Options() with { ShutdownTimeout = TimeSpan.FromSeconds(60) },
            services => services.AddLogging(),
            web => web.MapGet("/endless", async context =>
            {
                entered.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            }));
        await silo.StartAsync(Token);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{silo.Http}") };
        var request = http.GetAsync("/endless", Token);
        await entered.Task;

        await silo.StopAsync(Token).WaitAsync(TimeSpan.FromSeconds(30), Token);

        await Should.ThrowAsync<HttpRequestException>(() => request);
        (await ScalarAsync<string>("SELECT state FROM ingest.node")).ShouldBe("left");
    }

    [Fact]
    public async Task Silos_that_died_without_a_word_do_not_hold_up_a_start()
    {
        // Nobody listens at these ports; their signs of life are so fresh that Orleans itself would wait for them for an hour.
        await InsertDeadSiloAsync(port: 1, version: 0, host: Dns.GetHostName(), aliveFor: TimeSpan.FromHours(1));
        await InsertDeadSiloAsync(port: 2, version: 1, host: Dns.GetHostName(), aliveFor: TimeSpan.FromHours(1));
        await using var silo = Build();

        await silo.StartAsync(Token).WaitAsync(TimeSpan.FromSeconds(30), Token);

        var members = await MembersAsync();
        members.Count(m => m["Status"] is (int)SiloStatus.Dead).ShouldBe(2);
        members.Count(m => m["Status"] is (int)SiloStatus.Active).ShouldBe(1);
        await silo.StopAsync(Token);
    }

    [Fact]
    public async Task Dead_silo_whose_port_another_process_has_taken_does_not_hold_up_a_start()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await InsertDeadSiloAsync(port, version: 0, host: Dns.GetHostName(), aliveFor: TimeSpan.FromHours(1));
        await ScalarAsync<string>(
            $"INSERT INTO ingest.node (node, kind, host, pid, version, cores, memory_bytes, lanes, capacity, state, lock_key) "
                + $"VALUES ('dead-{port}', 'silo', 'h', 1, 'v', 1, 1, 1, 1, 'dead', 1) RETURNING node");
        await using var silo = Build();

        await silo.StartAsync(Token).WaitAsync(TimeSpan.FromSeconds(30), Token);

        (await MembersAsync()).Count(m => m["Status"] is (int)SiloStatus.Dead).ShouldBe(1);
        await silo.StopAsync(Token);
    }

    [Fact]
    public async Task Loopback_address_beside_a_silo_of_another_host_is_refused()
    {
        await InsertDeadSiloAsync(port: 1, version: 0, host: "elsewhere");
        await using var silo = Build();

        var failure = await Should.ThrowAsync<OrleansConfigurationException>(() => silo.StartAsync(Token));

        failure.Message.ShouldContain("elsewhere");
        failure.Message.ShouldContain(nameof(SiloOptions.AdvertisedAddress));
    }

    [Fact]
    public async Task Http_port_that_was_asked_for_and_is_taken_is_an_error()
    {
        await using var first = Build();
        var options = Options() with { Http = first.Http, HttpIsExplicit = true };

        Should.Throw<InvalidOperationException>(() => SiloHost.Build(options, _ => { })).Message.ShouldContain(
            first.Http.ToString());

        await using var next = SiloHost.Build(options with { HttpIsExplicit = false }, _ => { });
        next.Http.Port.ShouldNotBe(first.Http.Port);
    }

    [Fact]
    public void Option_out_of_range_is_named()
    {
        Should.Throw<ArgumentException>(
            () => SiloHost.Build(Options() with { ShutdownTimeout = TimeSpan.Zero }, _ => { })).Message
            .ShouldContain("SiloOptions.ShutdownTimeout");
        Should.Throw<ArgumentException>(
            () => SiloHost.Build(Options() with { SiloPort = 31111 }, _ => { })).Message.ShouldContain("SiloOptions.GatewayPort");
        Should.Throw<ArgumentException>(
            () => SiloHost.Build(Options() with { AdvertisedAddress = IPAddress.Any }, _ => { })).Message
            .ShouldContain("SiloOptions.AdvertisedAddress");
    }

    /// <summary>Orleans tells silos with the same ports apart by the second of their start.</summary>
    [Fact]
    public async Task Silo_that_is_started_in_the_second_of_its_predecessor_is_not_taken_for_it()
    {
        var options = Options() with { SiloPort = 21711, GatewayPort = 22711 };
        var last = SiloGeneration.Of(TimeProvider.System.GetUtcNow()) + 2; // so that a slow machine is in time
        using (var before = PortPair.Take(IPAddress.Loopback, options.SiloPort, options.GatewayPort)) before.Generation = last;
        await using var silo = SiloHost.Build(options, services => services.AddLogging());

        await silo.StartAsync(Token);

        // Orleans' own number is ahead of the clock in a process that has started many silos.
        SiloGeneration.Of(TimeProvider.System.GetUtcNow()).ShouldBeGreaterThan(last);
        silo.Endpoint.ToString().ShouldEndWith(":21711");
        var started = silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.Generation;
        started.ShouldBeGreaterThan(last);
        await silo.StopAsync(Token);
        await silo.DisposeAsync();
        using var after = PortPair.Take(IPAddress.Loopback, options.SiloPort, options.GatewayPort);
        after.Generation.ShouldBe(started);
    }

    [Fact]
    public async Task Silo_whose_predecessor_started_before_the_clock_was_set_back_does_not_wait()
    {
        using var ports = PortPair.Take(IPAddress.Loopback, 21811, 22811);
        ports.Generation = SiloGeneration.Of(TimeProvider.System.GetUtcNow()) + 3600;

        await SiloGeneration.WaitAsync(ports, TimeProvider.System, Token).WaitAsync(TimeSpan.FromMinutes(1), Token);
    }

    [Fact]
    public void Taken_pair_of_ports_is_left_to_its_owner()
    {
        using var first = PortPair.Take(IPAddress.Loopback, 21511, 22511);
        using var second = PortPair.Take(IPAddress.Loopback, 21511, 22511);

        second.SiloPort.ShouldBeGreaterThan(first.SiloPort);
        (second.GatewayPort - second.SiloPort).ShouldBe(1000);
    }

    SiloProgram Build() => SiloHost.Build(Options(), services => services.AddLogging());

    SiloProgram Build(string connectionString, TimeSpan? shutdownTimeout = null)
    {
        var options = Options();
        return SiloHost.Build(
            options with
            {
                Engine = options.Engine with { ConnectionString = connectionString },
                ShutdownTimeout = shutdownTimeout ?? options.ShutdownTimeout
            },
            services => services.AddLogging());
    }

    static async Task AnswersAsync(HttpClient http, string path, HttpStatusCode status, string text)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            using var response = await http.GetAsync(path, patience.Token);
            if (response.StatusCode == status && await response.Content.ReadAsStringAsync(patience.Token) == text) return;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }

    SiloOptions Options()
    {
        var pipeline = BuiltInPipelines.Events();
        pipeline.Watch = [_folder];
        pipeline.SettleTime = TimeSpan.Zero;
        return new SiloOptions
        {
            Engine = new IngestNodeOptions { ConnectionString = _database.ConnectionString, Pipelines = [pipeline] },
            AdvertisedAddress = IPAddress.Loopback, // in a container (DOTNET_RUNNING_IN_CONTAINER) the default is its own address
            SiloPort = 21111,
            GatewayPort = 31111,
            Http = new IPEndPoint(IPAddress.Loopback, 28080),
        };
    }

    Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> MembersAsync() =>
        _orleans.RunAsync("MembershipReadAllKey", ("DeploymentId", "ingest"));

    async Task InsertDeadSiloAsync(int port, int version, string host, TimeSpan aliveFor = default)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        await _orleans.RunAsync("InsertMembershipVersionKey", ("DeploymentId", "ingest"));
        (await _orleans.RunAsync("InsertMembershipKey",
            ("DeploymentId", "ingest"), ("Address", "127.0.0.1"), ("Port", port), ("Generation", 7), ("SiloName", $"dead-{port}"),
            ("HostName", host),
            ("Status", (int)SiloStatus.Active), ("ProxyPort", 0), ("StartTime", now), ("IAmAliveTime", now + aliveFor),
            ("Version", version)))
            .ShouldHaveSingleItem()["row_count"].ShouldBe(1);
    }

    async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Token))!;
    }

    async Task UntilAsync(string sql)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await ScalarAsync<bool>(sql))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
    }
}
