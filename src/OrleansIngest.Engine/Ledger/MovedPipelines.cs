using Npgsql;

namespace OrleansIngest.Engine.Ledger;

/// <summary>Detects pipelines that would load into a different database than before: there all of their files are new, and their
/// rows would be in both.</summary>
public sealed class MovedPipelines(NpgsqlDataSource dataSource)
{
    /// <summary>The given pipelines that have files in this ledger, with their number.</summary>
    /// <param name="names">Pipelines that are configured for another database.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyList<(string Pipeline, long Files)>> FindAsync(
        IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (names.Count == 0) return [];
        await using var command = dataSource.CreateCommand(
            "SELECT n, sum(t.files)::bigint FROM unnest($1::text[]) n JOIN ingest.file_total t ON t.pipeline = n GROUP BY n "
                + "HAVING sum(t.files) > 0 ORDER BY n");
        command.Parameters.Add(new() { Value = names.ToArray() });
        var found = new List<(string, long)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) found.Add((reader.GetString(0), reader.GetInt64(1)));
        return found;
    }
}
