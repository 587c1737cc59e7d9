using Npgsql;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Grains;
using OrleansIngest.Monitor;
using OrleansIngest.Silo;

namespace OrleansIngest.Cli.Hosting.Reloading;

/// <summary>The databases beside the main one while the configuration changes: new ones are added, changes that need a restart
/// are named.</summary>
sealed class FollowedDatabases(FollowedConfiguration followed, LocalNodes nodes, DatabaseNodes databases, MonitorDatabases shown)
{
    readonly Dictionary<string, string> _connected =
        followed.Connect(followed.Start.Options).ToDictionary(d => d.Key, d => Connection(d.Key, d.Value),
            StringComparer.Ordinal);

    /// <summary>Adds the databases that this silo does not have yet.</summary>
    /// <returns>The added ones, with their places.</returns>
    public IReadOnlyList<(SiloDatabase Database, string Place)> AddNew(
        IReadOnlyDictionary<string, DatabaseSettings> settings, IReadOnlyList<PipelineOptions> pipelines)
    {
        var added = new List<(SiloDatabase, string)>();
        foreach (var (name, connection) in settings.Where(d => nodes.Find(d.Key) is null))
        {
            var database = SiloDatabases.Of(name, connection, pipelines);
            if (!databases.TryAdd(name, database.ConnectionString, database.Pipelines, database.WithEvents)) continue;
            shown.TryAdd(name, database.ConnectionString);
            _connected[name] = database.ConnectionString;
            added.Add((database, $"{connection}"));
        }

        return added;
    }

    /// <summary>Asks the ledgers whether pipelines that are new in their database were in another one. One that does not answer
    /// matters only to the pipelines that this silo has run there.</summary>
    /// <exception cref="CliException">One was, and its files are still known there; or that cannot be checked.</exception>
    public async Task CheckMovesAsync(IReadOnlyList<PipelineOptions> moved, IReadOnlyList<PipelineOptions> inForce,
        CancellationToken cancellationToken)
    {
        foreach (var local in moved.Count == 0 ? [] : nodes.All)
        {
            try
            {
                if (local.Running is not { } node) Refuse(local, "has not been reached yet");
                else await DatabaseMoves.CheckAsync(local.Database, node.LedgerSource, moved, cancellationToken);
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException or IOException)
            {
                Refuse(local, $"is not responding: {failure.Message}");
            }
        }

        void Refuse(LocalNode local, string why)
        {
            if (moved.FirstOrDefault(m => inForce.Any(p => p.Name == m.Name && p.Database == local.Database)) is not { } pipeline)
                return;
            throw CliException.Usage(
                $"pipeline {pipeline.Name} cannot move to another database yet: "
                + $"{(local.Database is { } name ? $"database {name}" : "the main database")}, which may have files of the "
                + $"pipeline, {why}; save the configuration again once that database is available");
        }
    }

    /// <summary>Databases whose connection settings changed, which needs a restart.</summary>
    public IEnumerable<string> RestartNeeded(IReadOnlyDictionary<string, DatabaseSettings> settings)
    {
        foreach (var (name, connection) in _connected)
        {
            if (!settings.TryGetValue(name, out var now))
                yield return $"database {name}: restart needed to disconnect from it: it is no longer in the file and has no "
                    + "pipelines here";
            else if (Connection(name, now) != connection)
                yield return $"database {name}: restart needed: this silo keeps the connection settings it started with";
        }
    }

    static string Connection(string name, DatabaseSettings settings) => SiloDatabases.Of(name, settings, []).ConnectionString;
}
