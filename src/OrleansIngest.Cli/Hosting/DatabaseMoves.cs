using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Diagnostics;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Pipelines;

namespace OrleansIngest.Cli.Hosting;

/// <summary>Refuses a pipeline whose <c>database</c> was changed while the ledger of the old one has files of it: all of them
/// would be loaded again, there.</summary>
static class DatabaseMoves
{
    /// <param name="database">The name of the ledger's database; null for the main one.</param>
    /// <param name="ledger">Its ledger.</param>
    /// <param name="pipelines">All new pipelines, of any database.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="CliException">The ledger has files of a pipeline that is to load into another database.</exception>
    public static async Task CheckAsync(string? database, NpgsqlDataSource ledger, IReadOnlyList<PipelineOptions> pipelines,
        CancellationToken cancellationToken)
    {
        string[] elsewhere = [.. pipelines.Where(p => p.Database != database).Select(p => p.Name)];
        var found = await new MovedPipelines(ledger).FindAsync(elsewhere, cancellationToken);
        if (found.Count == 0) return;
        var here = database is null ? "the main database" : $"database {database}";
        throw CliException.Usage(string.Join('\n', found.Select(moved =>
        {
            var to = pipelines.First(p => p.Name == moved.Pipeline).Database is { } name ? $"database {name}"
                : "the main database";
            return $"pipeline {moved.Pipeline} would move to {to}, but the ledger of {here} has "
                + $"{Counted.Of(moved.Files, "file")} of this pipeline, which would be loaded again: give the pipeline for {to} "
                + $"another name, or remove the old one from that ledger: "
                + $"ingest remove {moved.Pipeline} --database {database ?? "main"}";
        })));
    }
}
