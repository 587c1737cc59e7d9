namespace OrleansIngest.Engine.Ledger;

/// <summary>The order in which waiting files are claimed.</summary>
/// <remarks>
/// By age alone, a file that arrives after ten thousand old ones would wait for all of them. So files of the last minute come
/// first, oldest first, and take three quarters of the places; the last quarter is for files that have waited longer, so that
/// they make progress too. An eighth of a node's places is never given to those: it is kept free for new arrivals.
/// </remarks>
static class ClaimOrder
{
    /// <summary>With fewer places than this there is no quarter: every fourth claim is by age alone.</summary>
    public const int FewPlaces = 4;

    /// <summary>SQL: common table expressions, the last of which, <c>picked</c>, has the files. Parameters: $1 pipeline, $2 node,
    /// $3 places, $4 only these files or null, $6 whether files of the last minute go first, $8 and $9 below which mtime nothing
    /// waits (<see cref="ClaimFloors"/>).</summary>
    public static readonly string Picked =
        $"""
        recent AS (SELECT CASE WHEN $6 THEN ((extract(epoch FROM clock_timestamp()) - 60) * 1000000000)::bigint
            ELSE 9223372036854775807 END AS since),
        for_old AS (SELECT CASE WHEN $6 THEN coalesce((
            SELECT n.capacity - n.capacity / 8 - (
                SELECT count(*) FROM ingest.file l WHERE l.owner_node = $2 AND l.status = {FileStatusSql.Loading})
            FROM ingest.node n WHERE n.node = $2), $3) ELSE $3 END AS places),
        live AS MATERIALIZED ({Pick(">= (SELECT greatest(since, $9) FROM recent)", "$3 - $3 / 4")}),
        old AS MATERIALIZED ({Pick("< (SELECT since FROM recent) AND w.mtime_ns >= $8",
            "greatest(0, least((SELECT places FROM for_old), $3 - (SELECT count(*) FROM live)))")}),
        more AS MATERIALIZED ({Pick(">= (SELECT greatest(since, $9) FROM recent) AND w.file_id NOT IN (SELECT file_id FROM live)",
            "$3 - (SELECT count(*) FROM live) - (SELECT count(*) FROM old)")}),
        picked AS (SELECT file_id FROM live UNION ALL SELECT file_id FROM old UNION ALL SELECT file_id FROM more)
        """;

    static string Pick(string modified, string limit) =>
        $"""
        SELECT w.file_id FROM ingest.file w
            WHERE w.pipeline = $1 AND {FileStatusSql.IsDue("w")} AND w.mtime_ns {modified}
                AND ($4::bigint[] IS NULL OR w.file_id = ANY ($4))
                AND (w.owner_deaths < 2 OR w.file_id = (
                    -- Two owners died of it, or beside it: such files are loaded one at a time, so that only the guilty one goes
                    -- on killing.
                    SELECT s.file_id FROM ingest.file s
                    WHERE s.pipeline = $1 AND s.owner_deaths >= 2 AND {FileStatusSql.IsDue("s")}
                        AND ($4::bigint[] IS NULL OR s.file_id = ANY ($4))
                        AND NOT EXISTS (SELECT FROM ingest.file l WHERE l.status = {FileStatusSql.Loading} AND l.owner_node = $2
                            AND l.owner_deaths >= 2)
                    ORDER BY s.owner_deaths, s.mtime_ns, s.file_id LIMIT 1))
            {FileStatusSql.OldestFirst("w")} LIMIT {limit} FOR UPDATE SKIP LOCKED
        """;
}
