using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Engine.Loading.Routing;

/// <summary>Creates the missing table of a file (<c>createTable</c>).</summary>
interface ITableCreator
{
    /// <summary>Creates the table, unless another process already has. A claim that is not in force creates nothing.</summary>
    /// <param name="claim">The file that determines the columns.</param>
    /// <param name="options">The pipeline, with this file's table.</param>
    /// <param name="isStill">Whether the file is unchanged since it was claimed; called after it was read.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Why no table can be created from this file, human-readable; null if the file was not the cause.</returns>
    /// <exception cref="Targets.Postgres.Tables.TargetTableException">The server refuses, whatever the file.</exception>
    Task<string?> MakeAsync(FileClaim claim, PipelineOptions options, Func<bool> isStill, CancellationToken cancellationToken);
}
