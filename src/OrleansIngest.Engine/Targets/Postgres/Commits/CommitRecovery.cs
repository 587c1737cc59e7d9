using Npgsql;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>Decides the next step of a lane whose group failed to commit. Every step except waiting for an unavailable server is
/// bounded, so that no value can block a lane.</summary>
sealed class CommitRecovery
{
    /// <summary>Number of sessions that may end within the rows of one batch before the batch counts as the cause (a value that
    /// crashes the server).</summary>
    public const int MostLosses = 10;

    /// <summary>Number of lost sessions after which the batches of a group are committed separately.</summary>
    const int LossesBeforeSplit = 3;

    /// <summary>Maximum number of retries that should have settled the failure, but did not.</summary>
    const int MostRepeats = 20;

    /// <summary>Maximum number of bisection attempts that lost the connection; each must have found something.</summary>
    const int MostBisections = 1000;

    int _transients;
    int _bisections;
    int _known;
    int _losses;
    int _repeats;

    /// <summary>Whether the ledger is asked which claims are in force before anything is sent.</summary>
    public bool AskFirst { get; private set; }

    /// <summary>How rows are sent to the table.</summary>
    public RowDelivery Delivery { get; private set; }

    /// <summary>Findings of bisections whose transactions were lost.</summary>
    public KnownRefusals Known { get; } = new();

    /// <summary>Consecutive attempts that waited for the server.</summary>
    public int Waits { get; private set; }

    /// <summary>Decides the next step. Call it once for each failed attempt.</summary>
    /// <param name="kind">The class of the failure.</param>
    /// <param name="failure">The failure.</param>
    /// <param name="stage">What the transaction was doing.</param>
    /// <param name="batches">Number of batches in the group.</param>
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
            case FailureClass.Transient when failure is PostgresException postgres
                && _transients < FailureClassifier.Retries(postgres):
                _transients++;
                Waits++;
                return CommitStep.Wait;
            case var _ when batches > 1:
                return CommitStep.Split;
            case FailureClass.File when Delivery == RowDelivery.Stage: // perhaps a stage cannot be created
                Delivery = RowDelivery.Bisect;
                return CommitStep.Retry;
            case FailureClass.Data or FailureClass.Transient when stage is not (CommitStage.Preparing or CommitStage.Checkpoint)
                && TryIsolate(failure):
                return CommitStep.Retry;
            default:
                return CommitStep.Refuse;
        }
    }

    /// <summary>Only smaller COPYs shorten a statement that exceeds the timeout, because the stage's INSERTs are one
    /// statement.</summary>
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

/// <summary>How the rows of a batch are sent to the table.</summary>
enum RowDelivery
{
    /// <summary>One COPY, which succeeds or fails as a whole.</summary>
    Whole,

    /// <summary>Through a temporary table, from which the server inserts the rows that it accepts.</summary>
    Stage,

    /// <summary>COPYs under savepoints, halved until the refused rows are isolated, if a stage is not possible.</summary>
    Bisect,
}

/// <summary>What a lane does after a failed attempt.</summary>
enum CommitStep
{
    /// <summary>Retries at once.</summary>
    Retry,

    /// <summary>Retries after a delay.</summary>
    Wait,

    /// <summary>Reports that the database is unavailable, and retries after a delay.</summary>
    WaitForServer,

    /// <summary>Commits each batch separately.</summary>
    Split,

    /// <summary>Returns the batch: its file fails with the server's message.</summary>
    Refuse,
}
