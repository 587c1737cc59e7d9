namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>What a failure in the course of a commit asks for.</summary>
enum FailureClass
{
    /// <summary>The data is to blame: find the rows that the server refuses, and reject them.</summary>
    Data,

    /// <summary>The server, or the way to it, is unavailable: wait and retry, for as long as it takes.</summary>
    Outage,

    /// <summary>It may be over soon (a deadlock, a cancelled statement, memory): a few more attempts, then it is the data's fault.</summary>
    Transient,

    /// <summary>A claim is not in force: ask which, and continue with the others.</summary>
    Fence,

    /// <summary>The checkpoint exists already: an earlier COMMIT went through whose answer was lost. Ask, and take the answer.</summary>
    Repeated,

    /// <summary>The table was changed after the rows were encoded: encode them again.</summary>
    Stale,

    /// <summary>The statement is to blame, whatever the rows (a table is gone, a privilege is missing): the file fails, and its attempts count.</summary>
    File,
}

/// <summary>What a transaction was doing when it failed.</summary>
enum CommitStage
{
    /// <summary>It asked the ledger, began, or had the server convert values: nothing of a row was sent to the table.</summary>
    Preparing,

    /// <summary>The server had accepted a COPY or INSERT, and was taking rows.</summary>
    SendingRows,

    /// <summary>It wrote rejects and the checkpoint.</summary>
    Checkpoint,

    /// <summary>COMMIT: deferred constraints and triggers speak up here.</summary>
    Committing,
}
