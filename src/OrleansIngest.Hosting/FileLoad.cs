using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Sources.FileSystem;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Hosting;

/// <summary>Loads given files once, as <c>ingest load</c> does.</summary>
public static class FileLoad
{
    /// <summary>Loads files into the pipeline's table, each exactly once: files that the pipeline has loaded before are
    /// skipped, and a file whose load was killed resumes at its last commit.</summary>
    /// <param name="connectionString">Npgsql connection string; the ledger is created if it is missing.</param>
    /// <param name="pipeline">The pipeline; <see cref="PipelineOptions.Watch"/> is not used.</param>
    /// <param name="files">Paths of complete files.</param>
    /// <param name="loggers">Logs progress and failures. Default: none.</param>
    /// <param name="cancellationToken">Stops at the next batch; the next call continues there.</param>
    /// <returns>The outcome of each file, in the given order; the members of an archive follow it.</returns>
    /// <exception cref="ArgumentException">An option is invalid; the message lists all problems.</exception>
    /// <exception cref="FileNotFoundException">A path does not exist, or is not a file.</exception>
    /// <exception cref="Npgsql.NpgsqlException">The database cannot be reached.</exception>
    /// <exception cref="TargetTableException">The table does not exist or cannot be loaded.</exception>
    public static async Task<IReadOnlyList<LoadedFile>> RunAsync(
        string connectionString, PipelineOptions pipeline, IEnumerable<string> files, ILoggerFactory? loggers = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        loggers ??= NullLoggerFactory.Instance;
        pipeline = pipeline.Copy();
        if (pipeline.Watch.Count == 0) pipeline.Watch = ["."];
        if (pipeline.Validate(nameof(pipeline)) is { Count: > 0 } problems)
            throw new ArgumentException(string.Join("; ", problems), nameof(pipeline));
        SeenFile[] seen = [.. files.Select(Stat).DistinctBy(file => file.Path)];

        await using (var connections = PostgresDataSource.Create(connectionString))
        {
            await Migrations.ApplyAsync(connections, cancellationToken, withEvents: false);
            await using var connection = await connections.OpenConnectionAsync(cancellationToken);
            await PipelineTable.CheckAsync(pipeline, connection, cancellationToken);
        }

        var options = new IngestNodeOptions { ConnectionString = connectionString, Kind = NodeKind.Load, Pipelines = [pipeline] };
        await using var node = await IngestNode.StartAsync(options, loggers, TimeProvider.System, cancellationToken);
        await using var workers = new TaskFileWorkers(node, loggers);
        var states = await new OneShotLoad(node, pipeline.Name, workers).RunAsync(seen, started: null, cancellationToken);
        return [.. states.Select(Result)];
    }

    static SeenFile Stat(string path)
    {
        path = Path.GetFullPath(path);
        return FileStat.TryStat(path, out var seen) ? seen
            : throw new FileNotFoundException($"{path} does not exist, or is not a file", path);
    }

    static LoadedFile Result(FileState state)
    {
        var outcome = state.IsRepeat || (state.Status == FileStatus.Loaded.ToName() && !state.WasHandled)
            ? FileOutcome.LoadedBefore
            : state.Status == FileStatus.Loaded.ToName() ? FileOutcome.Loaded
            : state.Status == FileStatus.Loading.ToName() ? FileOutcome.InUse
            : FileOutcome.NotLoaded;
        return new LoadedFile(state.Path, outcome, state.Totals.Loaded, state.Totals.Rejected, state.Reason);
    }
}
