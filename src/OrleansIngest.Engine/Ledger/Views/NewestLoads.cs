using Npgsql;

namespace OrleansIngest.Engine.Ledger.Views;

/// <summary>What was loaded into a table last, by the ledger: files, and single records of files whose rejects were
/// replayed.</summary>
/// <param name="Loads">Newest first; each file and each record once.</param>
/// <param name="HasMore">Whether older files were loaded too.</param>
sealed record NewestLoads(IReadOnlyList<NewestLoads.Load> Loads, bool HasMore)
{
    const int MostFiles = 1000;

    /// <summary>A file whose rows are found by an index need not be sorted beyond this many rows.</summary>
    const long MostSorted = 1_000_000;

    /// <param name="FileId">The file.</param>
    /// <param name="Path">Its path, as rows store it: of a dropped file, the name.</param>
    /// <param name="Rows">Number of its rows.</param>
    /// <param name="Line">The line of a replayed record; null for a whole file.</param>
    /// <param name="Record">Its number.</param>
    public sealed record Load(long FileId, string Path, long Rows, long? Line, long? Record);

    /// <summary>Whether the rows of each file are few enough to be sorted.</summary>
    public bool CanSort => Loads.All(load => load.Rows <= MostSorted);

    /// <summary>Reads them.</summary>
    /// <param name="dataSource">The ledger.</param>
    /// <param name="table">By SQL's rules.</param>
    /// <param name="rows">How many rows are wanted: the files have twice as many, as far as there are files.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<NewestLoads> ReadAsync(
        NpgsqlDataSource dataSource, string table, int rows, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            WITH pipeline AS MATERIALIZED (
                SELECT p.name, p.config->>'table' LIKE '%{"{"}%' AS is_routed FROM ingest.pipeline p
                WHERE p.config->>'table' LIKE '%{"{"}%' OR to_regclass(p.config->>'table') = to_regclass($1)),
            loading AS (
                SELECT f.*, clock_timestamp() AS at FROM ingest.file f WHERE f.status = {FileStatusSql.Loading}),
            loaded AS (
                SELECT f.*, f.finished_at AS at FROM ingest.file f
                WHERE f.finished_at IS NOT NULL AND f.status = {FileStatusSql.Loaded}),
            replayed AS (
                SELECT c.* FROM pipeline p CROSS JOIN LATERAL (
                    SELECT c.file_id, c.line, c.record_number, c.replayed_at AS at FROM public.corrupt_records c
                    WHERE c.pipeline = p.name AND c.status = 'replayed' AND c.replayed_at IS NOT NULL
                    ORDER BY c.replayed_at DESC LIMIT $2) c)
            SELECT file_id, CASE WHEN pipeline LIKE 'drop-%' THEN regexp_replace(path, '^.*/[0-9a-f]{"{64}"}([.][0-9]+)?/', '')
                ELSE path END, rows_loaded, line, record_number FROM (
                (SELECT f.file_id, f.pipeline, f.path, f.rows_loaded, NULL::bigint AS line, NULL::bigint AS record_number, f.at
                    FROM loading f WHERE {IsOfTable} ORDER BY f.file_id DESC LIMIT {MostFiles})
                UNION ALL
                (SELECT f.file_id, f.pipeline, f.path, f.rows_loaded, NULL, NULL, f.at
                    FROM loaded f WHERE {IsOfTable} ORDER BY f.finished_at DESC, f.file_id DESC LIMIT {MostFiles + 1})
                UNION ALL
                SELECT f.file_id, f.pipeline, f.path, 1, r.line, r.record_number, r.at
                    FROM replayed r JOIN ingest.file f USING (file_id) WHERE {IsOfTable}) n
            ORDER BY at DESC, file_id DESC, record_number DESC
            """);
        command.Parameters.Add(new() { Value = table });
        command.Parameters.Add(new() { Value = rows });
        var found = await command.ReadAllAsync(
            r => new Load(r.GetInt64(0), r.GetString(1), r.GetInt64(2), r.IsDBNull(3) ? null : r.GetInt64(3),
                r.IsDBNull(4) ? null : r.GetInt64(4)), cancellationToken);
        var taken = new List<Load>();
        long sum = 0;
        foreach (var load in found)
        {
            if (sum >= 2L * rows || taken.Count == MostFiles) return new NewestLoads(taken, HasMore: true);
            taken.Add(load);
            sum += load.Rows;
        }

        return new NewestLoads(taken, HasMore: false);
    }

    /// <summary>Whether the rows of file <c>f</c> are in the table.</summary>
    const string IsOfTable =
        "f.pipeline IN (SELECT name FROM pipeline WHERE f.target IS NOT NULL OR NOT is_routed) "
            + "AND (f.target IS NULL OR to_regclass(f.target) = to_regclass($1))";
}
