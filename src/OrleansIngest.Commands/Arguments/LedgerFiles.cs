using System.Globalization;
using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;

namespace OrleansIngest.Commands.Arguments;

/// <summary>Finds files in the ledger by path or number.</summary>
static class LedgerFiles
{
    /// <summary>The newest version at a path, or the version with a number.</summary>
    /// <param name="context">Where relative paths start.</param>
    /// <param name="dataSource">The ledger.</param>
    /// <param name="text">A path, or a number as <c>ingest files</c> shows it.</param>
    /// <param name="pipeline">Of which pipeline; needed when several have loaded the path.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="CliException">The ledger has no such file, or several.</exception>
    public static async Task<FileId> FindAsync(CliContext context, NpgsqlDataSource dataSource, string text, string? pipeline,
        CancellationToken cancellationToken)
    {
        var path = context.FullPath(text);
        var found = await new OperatorLedger(dataSource).FindAsync(path, pipeline, cancellationToken);
        if (found.Count == 0 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return new FileId(number);
        return found.Count switch
        {
            1 => found[0].File,
            0 => throw new CliException($"the ledger has no file {path}{(pipeline is null ? "" : $" of pipeline {pipeline}")}"),
            _ => throw CliException.Usage(
                $"{path} is a file of several pipelines ({string.Join(", ", found.Select(f => f.Pipeline))}): choose one with "
                    + "--pipeline"),
        };
    }
}
