namespace OrleansIngest.Engine.Diagnostics;

/// <summary>The names of all metrics, following OpenTelemetry's conventions: units are part of the instrument, not of its name.
/// Prometheus shows <c>ingest.batch.duration</c> in seconds as <c>ingest_batch_duration_seconds</c>, and adds <c>_total</c> to
/// counters. docs/monitoring.md lists them.</summary>
public static class MetricNames
{
    /// <summary>The meter, and the source of activities.</summary>
    public const string Meter = "OrleansIngest";

    /// <summary>Records of committed batches.</summary>
    public const string Records = "ingest.records";

    /// <summary>Rows committed to the target table.</summary>
    public const string RowsLoaded = "ingest.rows.loaded";

    /// <summary>Records committed to the table for rejects, by reason.</summary>
    public const string RowsRejected = "ingest.rows.rejected";

    /// <summary>Records without data, such as blank lines.</summary>
    public const string RowsSkipped = "ingest.rows.skipped";

    /// <summary>Bytes of files in committed batches.</summary>
    public const string Bytes = "ingest.read";

    /// <summary>Batches committed.</summary>
    public const string Batches = "ingest.batches";

    /// <summary>Batches that were not committed because another claim owns their file.</summary>
    public const string BatchesFenced = "ingest.batches.fenced";

    /// <summary>Transactions that committed batches.</summary>
    public const string Commits = "ingest.commits";

    /// <summary>Retried transactions.</summary>
    public const string Retries = "ingest.commit.retries";

    /// <summary>Claims that arrived.</summary>
    public const string Claims = "ingest.claims";

    /// <summary>Claims that ended, by outcome.</summary>
    public const string Files = "ingest.files";

    /// <summary>Time of a batch by phase: read, wait.</summary>
    public const string BatchDuration = "ingest.batch.duration";

    /// <summary>Time of a transaction by phase: copy, commit.</summary>
    public const string CommitDuration = "ingest.commit.duration";

    /// <summary>From a file in place to its rows visible.</summary>
    public const string FileLatency = "ingest.file.latency";

    /// <summary>Files in progress in this process, and their maximum.</summary>
    public const string FilesActive = "ingest.files.active", FilesCapacity = "ingest.files.capacity";

    /// <summary>Connections of this process that are committing, and how many there are.</summary>
    public const string LanesBusy = "ingest.lanes.busy", Lanes = "ingest.lanes";

    /// <summary>Memory of batches in this process, and its bound.</summary>
    public const string MemoryUsed = "ingest.batch.memory.used", MemoryLimit = "ingest.batch.memory.limit";

    /// <summary>Whether the database answers this process: 1 or 0.</summary>
    public const string DatabaseUp = "ingest.database.up";

    /// <summary>Of the whole cluster, from the ledger: files by state, waiting bytes, the age
    /// of the oldest waiting file.</summary>
    public const string FilesInState = "ingest.ledger.files", BacklogBytes = "ingest.ledger.backlog",
        OldestAge = "ingest.ledger.oldest.age";

    /// <summary>Of the whole cluster, from the ledger: nodes by state, the age of a live node's
    /// heartbeat, firing alerts.</summary>
    public const string Nodes = "ingest.ledger.nodes", HeartbeatAge = "ingest.ledger.heartbeat.age",
        AlertsFiring = "ingest.ledger.alerts";

    /// <summary>Of the whole cluster, from the ledger: rejects that were neither replayed nor closed.</summary>
    public const string OpenRejects = "ingest.ledger.open.rejects";

    /// <summary>Of the whole cluster, from the ledger: rows and files that were committed since the ledger began.</summary>
    public const string LedgerRows = "ingest.ledger.rows", LedgerFilesFinished = "ingest.ledger.files.finished";

    /// <summary>Labels. They have few values: names of pipelines and nodes, and fixed words; never a path.</summary>
    public const string Pipeline = "pipeline", Node = "node", Reason = "reason", Outcome = "outcome", Phase = "phase",
        Cause = "cause", State = "state", Rule = "rule";

    /// <summary>The label of nodes of databases other than the main one: the name in the configuration.</summary>
    public const string Database = "database";
}
