using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Loading.Routing;

/// <summary>Makes the table that a file is to be loaded into, when it does not exist (<c>createTable</c>).</summary>
interface ITableCreator
{
    /// <summary>Creates it, unless another process already has. A claim that is not in force creates nothing.</summary>
    /// <param name="claim">The file whose columns it gets.</param>
    /// <param name="options">The pipeline, with this file's table.</param>
    /// <param name="isStill">Whether the file is what it was when it was claimed; asked after it was looked at.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Why no table can be made of this file, human-readable; null when it was not the file that was in the way.</returns>
    /// <exception cref="Targets.Postgres.Tables.TargetTableException">The server refuses, whatever the file.</exception>
    Task<string?> MakeAsync(FileClaim claim, PipelineOptions options, Func<bool> isStill, CancellationToken cancellationToken);
}
