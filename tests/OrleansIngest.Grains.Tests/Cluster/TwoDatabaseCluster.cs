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
using OrleansIngest.Silo;
using OrleansIngest.Testing;

namespace OrleansIngest.Grains.Tests.Cluster;

/// <summary>Silos in this process, each with a node in two real databases: the main one, and <c>second</c> behind a proxy per
/// silo that can be cut.</summary>
sealed class TwoDatabaseCluster : IAsyncDisposable
{
    public const string Second = "second";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    readonly ConcurrentDictionary<string, CuttableProxy> _proxies = new();
    readonly ConcurrentDictionary<string, (LocalNodes Nodes, DatabaseNodes Others)> _silos = new();
    readonly Dictionary<string, TestDatabase> _databases = [];
    readonly ConcurrentQueue<string> _log = new();
    readonly bool _startsCut;

    TwoDatabaseCluster(bool startsCut) => _startsCut = startsCut;

    public InProcessTestCluster Orleans { get; private set; } = null!;

    public IEnumerable<CuttableProxy> Proxies => _proxies.Values;

    /// <param name="silos">How many.</param>
    /// <param name="startsCut">Whether the second database refuses connections at first, and has no ledger yet.</param>
    public static async Task<TwoDatabaseCluster> StartAsync(short silos, bool startsCut = false)
    {
        var cluster = new TwoDatabaseCluster(startsCut);
        cluster._databases["main"] = await TestPostgres.CreateDatabaseAsync();
        cluster._databases[Second] = await TestPostgres.CreateDatabaseAsync(withSchema: !startsCut);
        foreach (var (name, database) in cluster._databases)
        {
            cluster.Folders[name] = TestPostgres.NewFolder();
            await using var command = database.DataSource.CreateCommand("CREATE TABLE t (id int NOT NULL, note text)");
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureHost(host => host.Logging.ClearProviders().AddProvider(new QueueLog(cluster._log)));
        builder.ConfigureSilo((options, silo) => cluster.Configure(silo, options.SiloName));
        cluster.Orleans = builder.Build();
        await cluster.Orleans.DeployAsync();
        return cluster;
    }

    public Dictionary<string, string> Folders { get; } = [];

    public LocalNodes NodesOf(string silo) => _silos[silo].Nodes;

    /// <summary>Writes under another name and renames, as producers should.</summary>
    public void WriteFile(string database, string name, int firstId, int rows)
    {
        var path = Path.Combine(Folders[database], name);
        File.WriteAllText(path + ".tmp",
            "id,note\n" + string.Concat(Enumerable.Range(firstId, rows).Select(i => $"{i},{database} {i}\n")));
        File.Move(path + ".tmp", path);
    }

    public Task LoadedAsync(string database, int files) =>
        UntilAsync(database, $"{files} files are loaded",
            $"SELECT count(*) FILTER (WHERE status = 'loaded') = {files} FROM ingest.file");

    public async Task UntilAsync(string database, string what, string sql)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        while (!await IsSoAsync(database, sql))
        {
            if (patience.IsCancellationRequested)
                Assert.Fail($"Not seen in {Patience} in {database}: {what}\n{string.Join('\n', _log.TakeLast(60))}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public async Task<T> ScalarAsync<T>(string database, string sql)
    {
        await using var command = _databases[database].DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>Until the connection is disposed nobody writes into the table, and everybody may read it.</summary>
    public async Task<NpgsqlConnection> LockTableAsync(string database)
    {
        var connection = await _databases[database].DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("BEGIN; LOCK TABLE t IN EXCLUSIVE MODE", connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    /// <summary>Each id from 1 to <paramref name="rows"/> once, from a file of this database, and nothing else.</summary>
    public async Task EachRowOnceAsync(string database, int rows) =>
        (await ScalarAsync<string>(database,
            $"SELECT concat_ws('|', count(*), count(DISTINCT id), min(id), max(id), count(*) FILTER (WHERE note LIKE '{database} "
                + "%')) FROM t"))
            .ShouldBe($"{rows}|{rows}|1|{rows}|{rows}");

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in Proxies) proxy.Mend();
        await Orleans.DisposeAsync();
        foreach (var (nodes, others) in _silos.Values)
        {
            await others.DisposeAsync();
            await nodes.Main.Node.DisposeAsync();
        }

        foreach (var proxy in Proxies) await proxy.DisposeAsync();
        foreach (var database in _databases.Values) await database.DisposeAsync();
        foreach (var folder in Folders.Values) Directory.Delete(folder, recursive: true);
    }

    async Task<bool> IsSoAsync(string database, string sql)
    {
        try
        {
            return await ScalarAsync<bool>(database, sql);
        }
        catch (PostgresException missing) when (missing.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return false; // no ledger yet
        }
    }

    PipelineOptions Pipeline(string database) => new()
    {
        Name = "test",
        Database = database == Second ? Second : null,
        Watch = [Folders[database]],
        Table = "public.t",
        SettleTime = TimeSpan.Zero,
        BatchRecords = 100,
    };

    void Configure(ISiloBuilder silo, string name)
    {
        var proxy = _proxies[name] = new CuttableProxy(_databases[Second].ConnectionString);
        if (_startsCut) proxy.Cut();
        var nodes = new LocalNodes(new LocalNode { Pipelines = ["test"] });
        var main = new IngestNodeOptions
        {
            ConnectionString = _databases["main"].ConnectionString,
            Node = new NodeId(name),
            Pipelines = [Pipeline("main")],
            Limits = new SharedLimits(1 << 20, 1 << 20),
        };
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services =>
        {
            var others = new DatabaseNodes(main, nodes, services.GetRequiredService<ILoggerFactory>(), TimeProvider.System);
            _silos[name] = (nodes, others);
            return new StartNodes(nodes, main, others, new SiloDatabase(Second, proxy.ConnectionString, [Pipeline(Second)]),
                services.GetRequiredService<ILoggerFactory>());
        });
        silo.AddAdoNetGrainStorage(OperatorState.Store, o =>
        {
            (o.Invariant, o.GrainStorageSerializer) = ("Npgsql", new OperatorStateSerializer());
            o.ConnectionString = new NpgsqlConnectionStringBuilder(_databases["main"].ConnectionString)
            { SearchPath = "orleans" }.ConnectionString;
        });
        silo.Configure<ClusterMembershipOptions>(
            o => (o.NumMissedProbesLimit, o.NumVotesForDeathDeclaration, o.ProbeTimeout) = (2, 1, TimeSpan.FromSeconds(1)));
        silo.Services.AddIngestGrains(nodes);
    }

    sealed class StartNodes(LocalNodes nodes, IngestNodeOptions options, DatabaseNodes others, SiloDatabase second,
        ILoggerFactory loggers) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle) =>
            lifecycle.Subscribe(nameof(StartNodes), ServiceLifecycleStage.First, async token =>
        {
            nodes.Main.Node = await IngestNode.StartAsync(options, loggers, TimeProvider.System, token);
            others.TryAdd(second.Name, second.ConnectionString, second.Pipelines, second.WithEvents);
        });
    }
}
