using Npgsql;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>What a lane does next with a group that failed to commit. Every way but the wait for an unavailable server is bounded, so that no value can
/// hold a lane up.</summary>
sealed class CommitRecovery
{
    /// <summary>Sessions that may end in the middle of the rows of one batch before the batch is held to be the cause (a value that crashes the server).</summary>
    public const int MostLosses = 10;

    /// <summary>Losses after which the batches of a group go alone.</summary>
    const int LossesBeforeSplit = 3;

    /// <summary>Answers that a retry should have settled, but did not.</summary>
    const int MostRepeats = 20;

    /// <summary>Attempts of a bisection that ended with the connection; each must have found something out.</summary>
    const int MostBisections = 1000;

    int _transients;
    int _bisections;
    int _known;
    int _losses;
    int _repeats;

    /// <summary>Whether the ledger is asked which claims are in force before anything is sent.</summary>
    public bool AskFirst { get; private set; }

    /// <summary>How rows go to the table.</summary>
    public RowDelivery Delivery { get; private set; }

    /// <summary>What bisections have found out whose transactions were lost.</summary>
    public KnownRefusals Known { get; } = new();

    /// <summary>Attempts in a row that waited for the server.</summary>
    public int Waits { get; private set; }

    /// <summary>Decides; to be called once for each failed attempt.</summary>
    /// <param name="kind">Of the failure.</param>
    /// <param name="failure">The failure.</param>
    /// <param name="stage">What was being done.</param>
    /// <param name="batches">How many batches the group has.</param>
    public CommitStep Next(FailureClass kind, Exception failure, CommitStage stage, int batches)
    {
        switch (kind)
        {
            case FailureClass.Outage:
                if (stage == CommitStage.SendingRows && ++_losses >= LossesBeforeSplit && batches > 1) return CommitStep.Split;
                if (_losses >= MostLosses) return CommitStep.Refuse;
                Waits++;
                return CommitStep.WaitForServer;
            case FailureClass.Fence or FailureClass.Repeated or FailureClass.Stale:
                AskFirst |= kind != FailureClass.Stale;
                return ++_repeats > MostRepeats ? CommitStep.Refuse : CommitStep.Retry;
            case FailureClass.Transient when failure is PostgresException postgres && _transients < FailureClassifier.Retries(postgres):
                _transients++;
                Waits++;
                return CommitStep.Wait;
            case var _ when batches > 1:
                return CommitStep.Split;
            case FailureClass.File when Delivery == RowDelivery.Stage: // no stage can be made, perhaps
                Delivery = RowDelivery.Bisect;
                return CommitStep.Retry;
            case FailureClass.Data or FailureClass.Transient when stage is not (CommitStage.Preparing or CommitStage.Checkpoint) && TryIsolate(failure):
                return CommitStep.Retry;
            default:
                return CommitStep.Refuse;
        }
    }

    /// <summary>A statement that took too long is only made shorter by smaller COPYs: the stage's INSERTs are all one statement.</summary>
    bool TryIsolate(Exception failure)
    {
        if (Delivery == RowDelivery.Bisect)
        {
            var isWiser = Known.Count > _known && ++_bisections <= MostBisections;
            _known = Known.Count;
            return isWiser;
        }

        var isTimeout = failure is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled };
        Delivery = Delivery == RowDelivery.Whole && !isTimeout ? RowDelivery.Stage : RowDelivery.Bisect;
        _transients = 0;
        return true;
    }
}

/// <summary>How the rows of a batch go to the table.</summary>
enum RowDelivery
{
    /// <summary>One COPY, which takes all or none.</summary>
    Whole,

    /// <summary>Through a temporary table, from which the server inserts the rows that it does not refuse.</summary>
    Stage,

    /// <summary>COPYs under savepoints, halved until the refused rows stand alone: where a stage is not possible.</summary>
    Bisect,
}

/// <summary>What a lane does after a failed attempt.</summary>
enum CommitStep
{
    /// <summary>Tries again at once.</summary>
    Retry,

    /// <summary>Tries again after a while.</summary>
    Wait,

    /// <summary>Says that the database is unavailable, and tries again after a while.</summary>
    WaitForServer,

    /// <summary>Commits each batch separately.</summary>
    Split,

    /// <summary>Gives the batch back: its file fails with the server's message.</summary>
    Refuse,
}
