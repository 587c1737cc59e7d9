using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.TestingHost;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Testing;

namespace OrleansIngest.Grains.Tests.Cluster;

/// <summary>Silos in this process, each with a node of its own on one real PostgreSQL, each
/// behind a proxy that can be cut.</summary>
sealed class IngestCluster : IAsyncDisposable
{
    /// <summary>A batch with the row whose id is <see cref="StopAt"/> waits in the database for as long as the test
    /// holds this advisory lock.</summary>
    const long GateKey = 4242;

    public const int StopAt = 555;

    readonly ConcurrentDictionary<string, CuttableProxy> _proxies = new();
    readonly ConcurrentDictionary<string, LocalNode> _nodes = new();
    readonly ConcurrentQueue<string> _log = new();
    InProcessTestCluster _cluster = null!;
    NpgsqlConnection? _gate;
    Action<PipelineOptions>? _change;

    IngestCluster(TestDatabase database, string folder) => (Database, Folder) = (database, folder);

    public TestDatabase Database { get; }

    public string Folder { get; }

    public InProcessTestCluster Orleans => _cluster;

    /// <summary>Everything that Orleans does for a test takes far less; more is a hang.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    /// <param name="silos">How many at the start.</param>
    /// <param name="coordinated">Whether the pipeline has a coordinator; without one the test
    /// claims and hands over by itself.</param>
    /// <param name="change">Changes the options of the pipeline; null for none.</param>
    public static async Task<IngestCluster> StartAsync(
        short silos, bool coordinated = true, Action<PipelineOptions>? change = null)
    {
        var database = await TestPostgres.CreateDatabaseAsync();
        var cluster = new IngestCluster(database, TestPostgres.NewFolder()) { _change = change };
        await cluster.ExecuteAsync(
            $"""
            CREATE TABLE t (id int NOT NULL, note text);
            CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM pg_advisory_xact_lock_shared({GateKey}); RETURN NEW; END';
            CREATE TRIGGER gate BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.id = {StopAt}) EXECUTE FUNCTION gate();
            """);
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureHost(host => host.Logging.ClearProviders().AddProvider(new QueueLog(cluster._log)));
        builder.ConfigureSilo((options, silo) => cluster.Configure(silo, options.SiloName, coordinated));
        cluster._cluster = builder.Build();
        await cluster._cluster.DeployAsync();
        return cluster;
    }

    public LocalNode LocalOf(string silo) => _nodes[silo];

    public IngestNode NodeOf(string silo) => _nodes[silo].Node;

    public CuttableProxy ProxyOf(string silo) => _proxies[silo];

    public InProcessSiloHandle Silo(string name) => _cluster.Silos.Single(s => s.Name == name);

    public T ServiceOf<T>(string silo) where T : notnull => Silo(silo).ServiceProvider.GetRequiredService<T>();

    public T Grain<T>(string key) where T : IGrainWithStringKey => _cluster.Client.GetGrain<T>(key);

    public ICoordinatorGrain Coordinator => Grain<ICoordinatorGrain>(PipelineName);

    public static string PipelineName => "test";

    /// <summary>Writes under another name and renames, as producers should.</summary>
    public string WriteFile(string name, int firstId, int rows)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path + ".tmp",
            "id,note\n" + string.Concat(Enumerable.Range(firstId, rows).Select(i => $"{i},row {i}\n")));
        File.Move(path + ".tmp", path);
        return path;
    }

    /// <summary>From here on, batches with the row <see cref="StopAt"/> wait.</summary>
    public async Task CloseGateAsync()
    {
        _gate = await Database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand($"SELECT pg_advisory_lock({GateKey})", _gate);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public async Task OpenGateAsync()
    {
        await using var command = new NpgsqlCommand($"SELECT pg_advisory_unlock({GateKey})", _gate);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Until a batch waits at the gate.</summary>
    public Task SomebodyAtGateAsync(string node) => UntilAsync(
        $"a batch of {node} waits at the gate",
        $"SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.objid = "
            + $"{GateKey} AND NOT l.granted AND a.datname = current_database() AND a.application_name LIKE 'ingest/{node}/%')");

    public Task LoadedAsync(int files) => UntilAsync($"{files} files are loaded",
        $"SELECT count(*) FILTER (WHERE status = 'loaded') = {files} FROM ingest.file");

    /// <summary>Notes a file as ready and claims it for a node, as a coordinator would.</summary>
    public async Task<FileClaim> ClaimAsync(string path, string silo)
    {
        var node = NodeOf(silo);
        FileStat.TryStat(path, out var seen).ShouldBeTrue();
        await node.Files.NoteFilesAsync(PipelineName, [seen], "ready", null, TestContext.Current.CancellationToken);
        return (await node.Files.ClaimAsync(PipelineName, node.Id, 1, only: null,
            TestContext.Current.CancellationToken)).ShouldHaveSingleItem();
    }

    public string Log => string.Join((char)10, _log);

    public async Task UntilAsync(string what, string sql)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            while (!await ScalarAsync<bool>(sql))
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
        catch (OperationCanceledException)
        {
            var files = await ScalarAsync<string>("SELECT coalesce(string_agg(f::text, E'\\n'), 'no files') FROM ingest.file f");
            Assert.Fail($"Not seen in {Patience}: {what}\n{files}\n{string.Join('\n', _log.TakeLast(60))}");
        }
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Each id from 1 to <paramref name="rows"/> once, and nothing else.</summary>
    public async Task EachRowOnceAsync(int rows) =>
        (await ScalarAsync<string>("SELECT concat_ws('|', count(*), count(DISTINCT id), min(id), max(id)) FROM t")).ShouldBe(
            $"{rows}|{rows}|1|{rows}");

    public async ValueTask DisposeAsync()
    {
        if (_gate is not null) await _gate.DisposeAsync();
        foreach (var proxy in _proxies.Values) proxy.Mend();
        await _cluster.DisposeAsync();
        foreach (var local in _nodes.Values) await local.Node.DisposeAsync();
        foreach (var proxy in _proxies.Values) await proxy.DisposeAsync();
        await Database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>The options with which the silos start; a new object each time.</summary>
    public PipelineOptions Pipeline()
    {
        var pipeline = new PipelineOptions
        {
            Name = PipelineName,
            Watch = [Folder],
            Table = "public.t",
            SettleTime = TimeSpan.Zero,
            BatchRecords = 100,
        };
        _change?.Invoke(pipeline);
        return pipeline;
    }

    void Configure(ISiloBuilder silo, string name, bool coordinated)
    {
        var proxy = _proxies[name] = new CuttableProxy(Database.ConnectionString);
        var local = _nodes[name] = new LocalNode { Pipelines = coordinated ? [PipelineName] : [] };
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => new StartNode(local, new IngestNodeOptions
        {
            ConnectionString = proxy.ConnectionString,
            Node = new NodeId(name),
            Pipelines = [Pipeline()],
        }, services.GetRequiredService<ILoggerFactory>()));
        silo.AddAdoNetGrainStorage(OperatorState.Store, o =>
        {
            (o.Invariant, o.GrainStorageSerializer) = ("Npgsql", new OperatorStateSerializer());
            o.ConnectionString = new NpgsqlConnectionStringBuilder(proxy.ConnectionString)
            { SearchPath = "orleans" }.ConnectionString;
        });
        silo.Configure<ClusterMembershipOptions>(
            o => (o.NumMissedProbesLimit, o.NumVotesForDeathDeclaration, o.ProbeTimeout) = (2, 1, TimeSpan.FromSeconds(1)));
        silo.Services.AddIngestGrains(new LocalNodes(local));
    }

    sealed class StartNode(LocalNode local, IngestNodeOptions options,
        ILoggerFactory loggers) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle) =>
            lifecycle.Subscribe(nameof(StartNode), ServiceLifecycleStage.First, async token =>
            local.Node = await IngestNode.StartAsync(options, loggers, TimeProvider.System, token));
    }
}
