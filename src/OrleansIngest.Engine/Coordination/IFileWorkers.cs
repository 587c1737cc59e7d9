using OrleansIngest.Engine.Ledger;

namespace OrleansIngest.Engine.Coordination;

/// <summary>The boundary between coordination and workers: grains in a silo, plain tasks in a one-shot load and in
/// tests.</summary>
public interface IFileWorkers
{
    /// <summary>Hands claims to their owners. Returns when all are handed over, not when they are loaded. A claim that cannot be
    /// handed over is left in the ledger as it is: its owner releases it at its next check of the ledger, or the owner's death
    /// does.</summary>
    Task StartAsync(IReadOnlyList<FileClaim> claims, CancellationToken cancellationToken);
}
