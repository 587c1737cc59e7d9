using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Grains;

namespace OrleansIngest.Silo;

/// <summary>Starts the Engine's nodes for databases other than the main one. Each joins as soon as its database answers: one that
/// is unavailable delays neither the start nor the pipelines of another. Safe for concurrent use.</summary>
/// <param name="main">The options of the main node; the others have the same except for the database.</param>
/// <param name="nodes">The nodes of this process, to which they are added.</param>
/// <param name="loggers">For nodes and errors.</param>
/// <param name="time">The clock.</param>
public sealed partial class DatabaseNodes(IngestNodeOptions main, LocalNodes nodes, ILoggerFactory loggers,
    TimeProvider time) : IAsyncDisposable
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500), LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Two nodes of one name in one ledger would end each other's sessions, so databases join one after the other, and
    /// check first.</summary>
    readonly SemaphoreSlim _joining = new(1);
    readonly ConcurrentDictionary<string, Task> _starting = new();
    readonly CancellationTokenSource _stop = new();
    readonly ILogger _logger = loggers.CreateLogger<DatabaseNodes>();

    /// <summary>Adds a database; returns at once.</summary>
    /// <param name="database">Its name in the configuration.</param>
    /// <param name="connectionString">Npgsql's; the ledger is created or migrated if the role may do so.</param>
    /// <param name="pipelines">The initial pipelines.</param>
    /// <param name="withEvents">Whether to create the example's table too.</param>
    /// <returns>False when there is one of that name.</returns>
    public bool TryAdd(string database, string connectionString, IReadOnlyList<PipelineOptions> pipelines, bool withEvents)
    {
        var local = new LocalNode { Database = database };
        local.Apply(pipelines);
        if (!nodes.TryAdd(local)) return false;
        var options = main with { Database = database, ConnectionString = connectionString, Pipelines = pipelines };
        _starting[database] = Task.Run(() => StartAsync(local, options, withEvents));
        return true;
    }

    /// <summary>Ends starting and started nodes, in parallel.</summary>
    public async ValueTask DisposeAsync()
    {
        // The host and the service container both dispose it.
        await _stop.CancelAsync();
        await Task.WhenAll(_starting.Values);
        await Task.WhenAll(nodes.All.Where(n => n.Database is not null).Select(async n =>
        {
            if (n.Running is { } node) await node.DisposeAsync();
        }));
    }

    async Task StartAsync(LocalNode local, IngestNodeOptions options, bool withEvents)
    {
        await using var connections = PostgresDataSource.Create(options.ConnectionString);
        var (isAlone, said) = (false, "");
        for (var pause = FirstPause; !_stop.IsCancellationRequested; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await Migrations.ApplyAsync(connections, _stop.Token, withEvents);
                await _joining.WaitAsync(_stop.Token);
                try
                {
                    // A second attempt would find what the first has left.
                    if (!isAlone && await new NodeLedger(connections).KnowsAsync(nodes.Main.Node.Id, _stop.Token))
                    {
                        LogTwice(options.Database!);
                        return;
                    }

                    isAlone = true;
                    local.Node = await IngestNode.StartAsync(options, loggers, time, _stop.Token);
                }
                finally
                {
                    _joining.Release();
                }

                LogJoined(options.Database!);
                return;
            }
            catch (Exception failure)
            {
                // Whatever fails concerns only this database.
                if (_stop.IsCancellationRequested) return;
                if (said != failure.Message) LogNotReached(options.Database!, failure.Message);
                said = failure.Message;
            }

            await Task.Delay(pause, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
