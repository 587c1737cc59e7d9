using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Stores the detected dialect of a pipeline's first files, so that later ones can be compared.</summary>
static class FoundDialects
{
    /// <summary>Stores a dialect, unless one is stored.</summary>
    /// <param name="dataSource">A role that may write the ledger.</param>
    /// <param name="pipeline">Its name.</param>
    /// <param name="found">In ASCII; equal for files of the same dialect.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The stored one; <paramref name="found"/> if the pipeline is not in the ledger.</returns>
    public static async Task<string> KeepAsync(NpgsqlDataSource dataSource, string pipeline, string found,
        CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            WITH kept AS (
                UPDATE ingest.pipeline SET found_dialect = $2 WHERE name = $1 AND found_dialect IS NULL RETURNING found_dialect
            )
            SELECT coalesce((SELECT found_dialect FROM kept), (SELECT found_dialect FROM ingest.pipeline WHERE name = $1))
            """);
        command.Parameters.Add(new() { Value = pipeline });
        command.Parameters.Add(new() { Value = found });
        return await command.ExecuteScalarAsync(cancellationToken) as string ?? found;
    }

    /// <summary>What a file's dialect has that the pipeline's first files have not, for a note.</summary>
    /// <param name="usual">The stored dialect.</param>
    /// <param name="found">That of the file.</param>
    /// <param name="findings">The notes before this one, which need not be repeated.</param>
    public static string Difference(string usual, string found, IReadOnlyList<string> findings)
    {
        const string Unlike = "unlike the first files of this pipeline";
        var (before, now) = (usual.Split(", "), found.Split(", "));
        // A delimiter may itself contain what separates the parts.
        if (before.Length != now.Length) return $"{Unlike} ({usual}): {found}";
        var changed = Enumerable.Range(0, now.Length).Where(i => before[i] != now[i]).ToArray();
        var fresh = changed.Select(i => now[i])
            .Where(part => !findings.Contains(part.Replace("delimiter ", "the delimiter is ", StringComparison.Ordinal)))
            .ToArray();
        return $"{Unlike} ({string.Join(", ", changed.Select(i => before[i]))})"
            + (fresh.Length > 0 ? $": {string.Join(", ", fresh)}" : "");
    }
}
