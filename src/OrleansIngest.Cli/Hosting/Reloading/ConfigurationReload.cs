using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Views;
using OrleansIngest.Engine.Loading;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Differences;
using OrleansIngest.Engine.Targets.Postgres.Tables;
using OrleansIngest.Grains;

namespace OrleansIngest.Cli.Hosting.Reloading;

/// <summary>In a silo: follows the configuration's files and the pipelines in the database. A valid configuration is applied; an
/// invalid one is reported in the log, in the ledger and on the pages, and the previous one stays in force.</summary>
sealed partial class ConfigurationReload(
    FollowedConfiguration followed, LocalNodes nodes, FollowedDatabases databases, TimeProvider time,
    ILogger<ConfigurationReload> logger) : BackgroundService
{
    static readonly TimeSpan DatabasePollInterval = TimeSpan.FromMilliseconds(900); // at each poll while nothing changes

    /// <summary>Another database may hang.</summary>
    static readonly TimeSpan NotesWithin = TimeSpan.FromSeconds(2);

    readonly ConfigurationWatch _watch = new(followed.Read, followed.Texts, time);
    ConfigurationTexts _texts = followed.Texts;
    ConfigurationTexts _sound = followed.Texts;
    DesiredConfiguration _inForce = followed.Start;
    string _stamp = followed.Stamp;
    int _version = 1;
    string? _problem;
    IReadOnlyList<string> _restart = [];
    string? _later;
    bool _isNoted;
    readonly Dictionary<LocalNode, bool> _noted = [];
    bool _isDue; // until the change is evaluated: the database may be unavailable meanwhile
    long _askedAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PollAsync(stoppingToken);
            }
            catch (Exception failure)
            {
                // Usually the database is unavailable: the change is evaluated and recorded in a later
                // round. Nothing here may end the silo.
                if (!stoppingToken.IsCancellationRequested && _later != failure.Message) LogLater(failure.Message);
                _later = failure.Message;
            }

            await Task.Delay(_watch.NextPoll, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task PollAsync(CancellationToken cancellationToken)
    {
        if (_watch.Poll() is { } texts) (_texts, _isDue) = (texts, true);
        var stamp = _stamp;
        if (followed.FollowsDatabase && (_askedAt == 0 || time.GetElapsedTime(_askedAt) >= DatabasePollInterval))
        {
            _askedAt = time.GetTimestamp();
            stamp = await new PipelineStore(nodes.Main.Node.LedgerSource).StampAsync(cancellationToken);
        }

        if (_isDue || stamp != _stamp) await EvaluateAsync(stamp, cancellationToken);
        if (!_isNoted) await NoteAsync(cancellationToken);
    }

    async Task EvaluateAsync(string stamp, CancellationToken cancellationToken)
    {
        _isDue = true;
        IReadOnlyList<StoredPipeline> kept = followed.FollowsDatabase
            ? await new PipelineStore(nodes.Main.Node.LedgerSource).ListAsync(cancellationToken) : [];
        (_isDue, _stamp, _isNoted) = (false, stamp, false);
        _noted.Clear();
        string? problem = null;
        try
        {
            await ApplyAsync(Choose(kept), cancellationToken);
        }
        catch (CliException wrong)
        {
            problem = wrong.Message;
            await ApplySoundAsync(kept, cancellationToken);
        }

        if (problem is not null && problem != _problem) LogWrong(_version, problem);
        if (problem is null && _problem is not null) LogSound(_version);
        _problem = problem;
    }

    DesiredConfiguration Choose(IReadOnlyList<StoredPipeline> kept)
    {
        if (!_sound.Main.IsMissing && _texts.Main.IsMissing)
            throw CliException.Usage($"{_texts.Main.Name} is missing: restore it, or restart without it");
        var wanted = followed.Choose(_texts, kept);
        _sound = _texts;
        return wanted;
    }

    /// <summary>An invalid file does not prevent changes in the database from being applied.</summary>
    async Task ApplySoundAsync(IReadOnlyList<StoredPipeline> kept, CancellationToken cancellationToken)
    {
        if (_sound.Equals(_texts)) return;
        try
        {
            await ApplyAsync(followed.Choose(_sound, kept), cancellationToken);
        }
        catch (CliException)
        {
            // Both are invalid: the files are reported first, the database once they are corrected.
        }
    }

    async Task ApplyAsync(DesiredConfiguration wanted, CancellationToken cancellationToken)
    {
        followed.Prepare(wanted.Pipelines);
        var settings = followed.Connect(wanted.Options);
        PipelineOptions[] moved = [.. wanted.Pipelines.Where(
            p => !_inForce.Pipelines.Any(q => q.Name == p.Name && q.Database == p.Database))];
        await databases.CheckMovesAsync(moved, _inForce.Pipelines, cancellationToken);
        List<string> added = [], changed = [], removed = [];
        // Removals first: a pipeline that moves to another database must not run twice.
        foreach (var local in nodes.All)
        {
            var change = local.Apply([.. wanted.Pipelines.Where(p => p.Database == local.Database)]);
            added.AddRange(change.Added);
            changed.AddRange(change.Changed);
            removed.AddRange(change.Removed);
        }

        foreach (var (database, place) in databases.AddNew(settings, wanted.Pipelines))
        {
            LogDatabase(database.Name, place);
            added.AddRange(database.Pipelines.Select(p => p.Name));
        }

        var changes = new PipelineChanges(added, changed, removed);
        _inForce = wanted;
        if (!changes.IsEmpty) LogApplied(++_version, changes.ToString());
        string[] restart = [.. RestartNeeded(wanted), .. databases.RestartNeeded(settings)];
        foreach (var setting in restart.Except(_restart)) LogRestart(setting);
        _restart = restart;
        foreach (var name in changes.Added.Concat(changes.Changed))
            await CheckTableAsync(wanted.Pipelines.First(p => p.Name == name), cancellationToken);
    }

    /// <summary>Settings that are fixed for the lifetime of the process.</summary>
    IEnumerable<string> RestartNeeded(DesiredConfiguration wanted)
    {
        foreach (var (path, before, after) in OptionDifference.Between(followed.Start.Settings,
            wanted.Settings).Where(d => !d.Path.StartsWith("databases", StringComparison.Ordinal)))
            yield return $"{path}: restart needed: running with {before ?? "nothing"}, the file has {after ?? "nothing"}";
        foreach (var local in nodes.All)
        {
            if (local.Running is { } node
                && wanted.Pipelines.Where(p => p.Database == local.Database).MaxBy(p => p.Lanes) is { } widest
                && widest.Lanes > node.Lanes)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"lanes of pipeline {widest.Name}: restart needed: this silo has {node.Lanes} for all its pipelines of the "
                        + $"database, the configuration requires {widest.Lanes}");
            }
        }
    }

    async Task CheckTableAsync(PipelineOptions pipeline, CancellationToken cancellationToken)
    {
        try
        {
            if (nodes.Find(pipeline.Database)?.Running is not { } node) return;
            await using var connection = await node.LedgerSource.OpenConnectionAsync(cancellationToken);
            await PipelineTable.CheckAsync(pipeline, connection, cancellationToken);
        }
        catch (TargetTableException failure)
        {
            LogTable(pipeline.Name, failure.Message);
        }
        catch (NpgsqlException)
        {
            // A hint only: the files report it again when they are loaded.
        }
    }

    /// <summary>Reports to each ledger what runs there. An unavailable database, or one not joined yet, gets its report later,
    /// and delays nothing.</summary>
    async Task NoteAsync(CancellationToken cancellationToken)
    {
        var noted = await Task.WhenAll(nodes.All.Where(n => n.Running is not null && !_noted.ContainsKey(n)).Select(async local =>
        {
            try
            {
                await NoteAsync(local, cancellationToken).WaitAsync(NotesWithin, time, cancellationToken);
                return local;
            }
            catch (Exception) when (local.Database is not null && !cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }));
        foreach (var local in noted.OfType<LocalNode>()) _noted[local] = true;
        _isNoted = nodes.All.All(_noted.ContainsKey);
    }

    async Task NoteAsync(LocalNode local, CancellationToken cancellationToken)
    {
        await local.Node.NotePipelinesAsync(cancellationToken);
        await new NodeConfigurations(local.Node.LedgerSource).WriteAsync(new NodeConfiguration
        {
            Node = local.Node.Id.Value,
            Version = _version,
            Files = _texts.Existing,
            Pipelines = _inForce.ToRunning(local.Database),
            Settings = followed.Start.Settings, // fixed for the lifetime of the process
            Problem = _problem,
            RestartNeeded = _restart,
        }, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Database {Database:l} is new in the configuration: {Place:l}")]
    partial void LogDatabase(string database, string place);

    [LoggerMessage(Level = LogLevel.Information, Message = "Configuration {Version} is in force: {Changes:l}")]
    partial void LogApplied(int version, string changes);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "The new configuration cannot be applied; version {Version} stays in force: {Problem:l}")]
    partial void LogWrong(int version, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "The configuration is valid again; version {Version} is in force")]
    partial void LogSound(int version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Configuration: {Setting:l}")]
    partial void LogRestart(string setting);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "{Pipeline}: {Reason:l} Its files will fail and be retried until the table can be loaded.")]
    partial void LogTable(string pipeline, string reason);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Checking for configuration changes failed and will be retried: {Reason:l}")]
    partial void LogLater(string reason);
}
