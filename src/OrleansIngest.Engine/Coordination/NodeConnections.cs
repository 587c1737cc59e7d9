using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading.Bulk;

namespace OrleansIngest.Engine.Coordination;

/// <summary>The connection pools of a node. Each has a limit of its own, so that one kind of work cannot take the connections
/// of another.</summary>
sealed class NodeConnections : IAsyncDisposable
{
    readonly string _connectionString;
    readonly NodeId _node;
    readonly List<NpgsqlDataSource> _sources = [];

    /// <param name="connectionString">Of the database.</param>
    /// <param name="node">Named in each session.</param>
    /// <param name="kind">One of <see cref="NodeKind"/>: a load needs fewer connections.</param>
    /// <param name="lanes">Connections that copy and commit batches.</param>
    /// <param name="ledger">The node's pool for the ledger, which stays open; null: it opens one.</param>
    public NodeConnections(string connectionString, NodeId node, string kind, int lanes, NpgsqlDataSource? ledger)
    {
        (_connectionString, _node) = (connectionString, node);
        Ledger = ledger ?? Closed(NodeLedgerPool.CreateSource(connectionString, node, kind));
        Lane = Open("lane", lanes);
        // One statement is a whole file, or a whole index, so neither has a timeout.
        Publish = Open("publish", lanes + IndexRebuild.Spare, settings => settings.CommandTimeout = 0);
        // A load has published its files before it builds indexes; a silo publishes files in parallel.
        Index = kind == NodeKind.Load ? Publish
            : Open("index", lanes + IndexRebuild.Spare, settings => settings.CommandTimeout = 0);
    }

    /// <summary>Statements on the ledger.</summary>
    public NpgsqlDataSource Ledger { get; }

    /// <summary>COPY and commit of batches.</summary>
    public NpgsqlDataSource Lane { get; }

    /// <summary>Publishing of staged files.</summary>
    public NpgsqlDataSource Publish { get; }

    /// <summary>Building of indexes.</summary>
    public NpgsqlDataSource Index { get; }

    /// <summary>Opens another pool, closed with the others.</summary>
    /// <param name="purpose">Shown in the name of its sessions.</param>
    /// <param name="connections">How many at most.</param>
    /// <param name="change">Changes its settings; null for none. Default: null.</param>
    public NpgsqlDataSource Open(string purpose, int connections, Action<NpgsqlConnectionStringBuilder>? change = null) =>
        Closed(Create(_connectionString, _node, purpose, connections, change));

    /// <summary>A pool with the settings of all pools of a node.</summary>
    /// <param name="connectionString">Of the database.</param>
    /// <param name="node">Named in each session.</param>
    /// <param name="purpose">Shown in the name of its sessions.</param>
    /// <param name="connections">How many at most.</param>
    /// <param name="change">Changes its settings; null for none. Default: null.</param>
    public static NpgsqlDataSource Create(string connectionString, NodeId node, string purpose, int connections,
        Action<NpgsqlConnectionStringBuilder>? change = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            // The name by which the sessions of a node are found, and ended when it hangs.
            ApplicationName = $"ingest/{node}/{purpose}",
            MaxPoolSize = connections,
            MinPoolSize = 0,
            MaxAutoPrepare = 32,
            AutoPrepareMinUsages = 2,
            IncludeErrorDetail = true,
            IncludeFailedBatchedCommand = true, // distinguishes a refused COMMIT from a refused checkpoint
            Enlist = false,
            NoResetOnClose = true,
        };
        change?.Invoke(settings);
        return PostgresDataSource.Create(settings.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources) await source.DisposeAsync();
    }

    /// <summary>Closes a pool with the others.</summary>
    NpgsqlDataSource Closed(NpgsqlDataSource source)
    {
        _sources.Add(source);
        return source;
    }
}
