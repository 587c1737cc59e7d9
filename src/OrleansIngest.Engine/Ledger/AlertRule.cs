namespace OrleansIngest.Engine.Ledger;

/// <summary>The names of the rules, as in <c>ingest.alert.rule</c>.</summary>
public static class AlertRule
{
    /// <summary>Files wait and nothing is committed.</summary>
    public const string Stalled = "stalled";

    /// <summary>Too many records are rejected.</summary>
    public const string RejectRate = "reject-rate";

    /// <summary>Too many records of one file are rejected.</summary>
    public const string RejectFile = "reject-file";

    /// <summary>Files are quarantined.</summary>
    public const string Quarantined = "quarantined";

    /// <summary>A file waits for too long.</summary>
    public const string OldestFile = "oldest-file";

    /// <summary>A node died.</summary>
    public const string DeadNode = "dead-node";

    /// <summary>The database does not answer.</summary>
    public const string DatabaseAway = "database-away";

    /// <summary>No file has arrived by the configured time of day.</summary>
    public const string NoFileBy = "no-file-by";

    /// <summary>Files that are loaded cannot be archived or deleted.</summary>
    public const string Disposal = "disposal";

    /// <summary>Files have fields that the table lacks, or the table was altered for them.</summary>
    public const string Drift = "drift";

    /// <summary>Fewer files arrived than expected.</summary>
    public const string Expected = "expected";

    /// <summary>A configuration cannot be applied, or silos run a pipeline with different ones.</summary>
    public const string Configuration = "configuration";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Stalled, RejectRate, RejectFile, Quarantined, OldestFile, NoFileBy, Drift, Expected, Disposal, Configuration, DeadNode,
            DatabaseAway];
}
