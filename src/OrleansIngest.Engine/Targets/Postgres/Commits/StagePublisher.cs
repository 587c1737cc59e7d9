using Npgsql;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Engine.Targets.Postgres.Commits;

/// <summary>Publishes a stage, for as long as it takes: temporary failures are retried, as by the lanes.</summary>
/// <param name="dataSource">Connections that no other task waits for.</param>
/// <param name="health">The health of the database.</param>
/// <param name="files">Notified of the loaded file.</param>
sealed class StagePublisher(NpgsqlDataSource dataSource, DatabaseHealth health, FileLedger files)
{
    /// <summary>Runs until the outcome of the file is known.</summary>
    public async Task<PublicationResult> RunAsync(Publication file, CancellationToken cancellationToken)
    {
        var course = new CommitRecovery();
        while (true)
        {
            PublicationTransaction? transaction = null;
            Exception failure;
            try
            {
                await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
                transaction = new PublicationTransaction(connection, file, findsRefused: course.Delivery != RowDelivery.Whole);
                var result = await transaction.RunAsync(cancellationToken);
                health.Reached();
                if (result.Kind == PublicationKind.Published && transaction.Latency is { } latency)
                    files.OnFinished?.Invoke(file.Claim.Pipeline, latency);
                return result;
            }
            catch (PipeRefusedException refusal)
            {
                return new PublicationResult(PublicationKind.Abandoned, Reason: refusal.Message);
            }
            catch (Exception caught) when (caught is not OperationCanceledException)
            {
                failure = caught;
            }

            var stage = transaction?.Stage ?? CommitStage.Preparing;
            var kind = FailureClassifier.Classify(failure, stage);
            if (kind is FailureClass.Stale or FailureClass.Data or FailureClass.File
                && await IsChangedAsync(file, cancellationToken))
            {
                dataSource.Clear(); // only new sessions have the new settings of a role, which are part of the shape
                return new PublicationResult(PublicationKind.Stale);
            }

            switch (course.Next(kind, failure, stage, 1))
            {
                case CommitStep.WaitForServer:
                    health.Lost(failure);
                    await health.BackOffAsync(course.Waits - 1, cancellationToken);
                    break;
                case CommitStep.Wait:
                    await health.BackOffAsync(course.Waits - 1, cancellationToken);
                    break;
                case CommitStep.Retry:
                    break;
                default:
                    return new PublicationResult(PublicationKind.Failed, Reason: ServerRefusal.OfFile(failure));
            }
        }
    }

    async Task<bool> IsChangedAsync(Publication file, CancellationToken cancellationToken)
    {
        if (file.Plan.MadeFor is not { } shape) return false;
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            return (await TableShape.ChangedAsync(connection, [shape], cancellationToken)).Count > 0;
        }
        catch (Exception failure) when (failure is NpgsqlException or IOException)
        {
            return false; // the next attempt will fail in the same way
        }
    }
}
