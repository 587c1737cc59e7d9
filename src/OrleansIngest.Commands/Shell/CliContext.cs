using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Logging;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Commands.Shell;

/// <summary>The context of a command. Everything is created at its first use, so that a command that needs neither database nor
/// log pays for neither.</summary>
public sealed class CliContext : IDisposable
{
    /// <summary>The operator's name for the history.</summary>
    public static string Who => $"{Environment.UserName}@{Environment.MachineName}";

    readonly ParseResult _parsed;
    readonly Lazy<ConfigurationTexts> _texts;
    readonly Lazy<IngestOptions> _configuration;
    readonly Lazy<DatabaseSettings?> _database;
    readonly Lazy<IReadOnlyDictionary<string, DatabaseSettings>> _databases;
    DatabaseSettings? _chosen;
    readonly Lazy<CliLog> _log;

    /// <summary>The context of one call.</summary>
    public CliContext(ParseResult parsed, CliSurroundings surroundings)
    {
        _parsed = parsed;
        Surroundings = surroundings;
        _texts = new(ReadConfiguration);
        _configuration = new(() => IngestFile.Understand(_texts.Value));
        _database = new(FindDatabase);
        _databases = new(() => DatabasesOf(Configuration));
        _log = new(CreateLog);
    }

    /// <summary>The program that was called, with all its commands.</summary>
    internal Command Root => _parsed.RootCommandResult.Command;

    /// <summary>The process.</summary>
    public CliSurroundings Surroundings { get; }

    /// <summary>For results.</summary>
    public TextWriter Output => Surroundings.Output;

    /// <summary>For everything else.</summary>
    public TextWriter Error => Surroundings.Error;

    /// <summary>The default log level; set it before the log is first used. Default: info.</summary>
    public string StandardLogLevel { get; set; } = "info";

    /// <summary>Whether the command itself prints why files failed, so that standard error need not have it from the log too;
    /// <c>--log-level</c> and <c>--log-file</c> still get it. Set it before the log is first used. Default: false.</summary>
    public bool ReportsFailedFiles { get; set; }

    /// <summary>Whether results are wanted as JSON.</summary>
    public bool Json => _parsed.GetValue(GlobalOptions.Json);

    /// <summary>The clock.</summary>
    public TimeProvider Time => Surroundings.Time;

    /// <summary>The configuration, read and checked; directories in it are absolute.</summary>
    /// <exception cref="CliException">It is invalid.</exception>
    public IngestOptions Configuration => _configuration.Value;

    /// <summary>The texts of <see cref="Configuration"/>.</summary>
    internal ConfigurationTexts ConfigurationTexts => _texts.Value;

    /// <summary>The configuration's files as they are now.</summary>
    internal ConfigurationTexts ReadConfiguration() =>
        ConfigurationTexts.Read(_parsed.GetValue(GlobalOptions.Config), Surroundings.WorkingDirectory);

    /// <summary>The database that the command works with; null means the embedded PostgreSQL. It is the one that the command line
    /// names, else that of
    /// <see cref="ChooseDatabaseOf"/>, else the main one.</summary>
    /// <exception cref="CliException">It is configured wrongly.</exception>
    public DatabaseSettings? Database => _chosen ?? _database.Value;

    /// <summary>The databases beside the main one, by name.</summary>
    /// <exception cref="CliException">One is configured wrongly.</exception>
    internal IReadOnlyDictionary<string, DatabaseSettings> Databases => _databases.Value;

    /// <summary>Whether the command line names a database of the configuration, other than the main one.</summary>
    internal bool NamesDatabase => NamedDatabase is not null;

    /// <summary>The name that the command line gives; null for a URL, the main one, or none.</summary>
    internal string? NamedDatabase =>
        _parsed.GetValue(GlobalOptions.Db) is { } given && given != NamedDatabases.Main
            && !given.Contains("://", StringComparison.Ordinal) ? given : null;

    /// <summary>The name of the database that was chosen by a pipeline; null for none, or the main one.</summary>
    internal string? ChosenDatabase { get; private set; }

    /// <summary>From here on the command works with the pipeline's database, unless the command line names one.</summary>
    internal void ChooseDatabaseOf(PipelineOptions pipeline)
    {
        if (pipeline.Database is not { } name || IsGiven(GlobalOptions.Db)) return;
        (_chosen, ChosenDatabase) = (NamedDatabases.Find(Databases, name), name);
    }

    /// <summary>The databases of a configuration, whose passwords are secrets from here on.</summary>
    internal IReadOnlyDictionary<string, DatabaseSettings> DatabasesOf(IngestOptions configuration)
    {
        var databases = NamedDatabases.Of(configuration, Surroundings);
        foreach (var database in databases.Values) Secrets.Add(database.Password);
        return databases;
    }

    /// <summary>The log, for hosts (<see cref="CliLogging.UseOnly"/>).</summary>
    public Serilog.ILogger Log => _log.Value.Serilog;

    /// <summary>The log, for classes.</summary>
    public ILoggerFactory Loggers => _log.Value.Factory;

    /// <summary>Secrets that no log line may show; every password that becomes known must be added.</summary>
    public SecretMask Secrets { get; } = new();

    /// <summary>The value of one of the command's own options.</summary>
    public T? Get<T>(Option<T> option) => _parsed.GetValue(option);

    /// <summary>The moment that one of the command's own options names; null for none. A duration is counted from the time of
    /// this call.</summary>
    internal DateTimeOffset? Get(MomentOption option) =>
        _parsed.GetValue(option) is not { } text ? null
            : LocalMoment.TryParse(text, Time, out var at) ? at
            : throw CliException.Usage($"{option.Name} must be {LocalMoment.Forms}, not '{text}'");

    /// <summary>The value of one of the command's own arguments.</summary>
    public T? Get<T>(Argument<T> argument) => _parsed.GetValue(argument);

    /// <summary>Whether the option was written on the command line.</summary>
    public bool IsGiven(Option option) => _parsed.GetResult(option) is { Implicit: false };

    /// <summary>A path as given, made absolute.</summary>
    public string FullPath(string path) => Path.GetFullPath(path, Surroundings.WorkingDirectory);

    /// <summary>Prints a result as one line of JSON.</summary>
    public void WriteJson<T>(T result, JsonTypeInfo<T> type) => Output.WriteLine(ReadableJson.Of(result, type));

    /// <summary>Checks that the log file can be written: the log itself would be silent about it, and a log that is missing is
    /// missed when it is too late.</summary>
    /// <exception cref="CliException">It cannot.</exception>
    internal void CheckLogFile()
    {
        if (_parsed.GetValue(GlobalOptions.LogFile) is not { } given) return;
        var file = FullPath(given);
        try
        {
            if (Directory.Exists(file)) throw new IOException("it is a directory");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            using var trial = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw CliException.Usage($"--log-file {file} cannot be written: {failure.Message}");
        }
    }

    /// <summary>Writes what is still in the log's buffers.</summary>
    public void Dispose()
    {
        if (_log.IsValueCreated)
            _log.Value.Dispose();
    }

    DatabaseSettings? FindDatabase()
    {
        var given = _parsed.GetValue(GlobalOptions.Db);
        if (NamesDatabase) return NamedDatabases.Find(Databases, given!);
        var database = DatabaseDiscovery.Find(given == NamedDatabases.Main ? null : given, Surroundings);
        Secrets.Add(database?.Password);
        return database;
    }

    CliLog CreateLog() => new(
        IsGiven(GlobalOptions.LogLevel) ? _parsed.GetValue(GlobalOptions.LogLevel)! : StandardLogLevel,
        Surroundings.ErrorIsTerminal,
        _parsed.GetValue(GlobalOptions.LogFile) is { } file ? FullPath(file) : null,
        Secrets,
        Error,
        ReportsFailedFiles && !IsGiven(GlobalOptions.LogLevel));
}
