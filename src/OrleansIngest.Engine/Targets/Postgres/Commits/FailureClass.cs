namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>Classes of failures of a commit, by the required action.</summary>
enum FailureClass
{
    /// <summary>The data is at fault: find the rows that the server refuses, and reject them.</summary>
    Data,

    /// <summary>The server or the network is unavailable: wait and retry, for as long as it takes.</summary>
    Outage,

    /// <summary>Possibly temporary (a deadlock, a cancelled statement, memory): a few more attempts,
    /// then the data is at fault.</summary>
    Transient,

    /// <summary>A claim is not in force: find out which, and continue with the others.</summary>
    Fence,

    /// <summary>The checkpoint already exists: an earlier COMMIT succeeded, but its answer was lost. Look it up.</summary>
    Repeated,

    /// <summary>The table was changed after the rows were encoded: encode them again.</summary>
    Stale,

    /// <summary>The statement fails for any rows (table dropped, privilege missing): the file
    /// fails, and its attempts count.</summary>
    File,
}

/// <summary>What a transaction was doing when it failed.</summary>
enum CommitStage
{
    /// <summary>It asked the ledger, began, or had the server convert values: no row was sent to the table.</summary>
    Preparing,

    /// <summary>The server had accepted a COPY or INSERT, and was receiving rows.</summary>
    SendingRows,

    /// <summary>It wrote rejects and the checkpoint.</summary>
    Checkpoint,

    /// <summary>COMMIT: deferred constraints and triggers fail here.</summary>
    Committing,
}
