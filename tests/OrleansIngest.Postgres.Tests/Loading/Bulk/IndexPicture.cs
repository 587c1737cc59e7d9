namespace OrleansIngest.Postgres.Tests.Loading.Bulk;

/// <summary>All that PostgreSQL knows of the indexes of a table and its partitions, as text: what must be the same before and
/// after.</summary>
static class IndexPicture
{
    /// <summary>One line for each index.</summary>
    public static Task<string[]> OfAsync(LoadBench bench, string table = "t") => bench.RowsAsync(
        $"""
        SELECT pg_get_indexdef(i.indexrelid), c.oid::regclass::text, coalesce(s.spcname::text, ''), c.relkind::text,
            c.relam::text,
            c.reloptions::text, c.relispartition, c.relowner::text, i.indnatts, i.indnkeyatts, i.indisunique, i.indisprimary,
            i.indisexclusion, i.indimmediate, i.indisclustered, i.indisvalid, i.indisready, i.indislive, i.indisreplident,
            i.indkey::text, i.indcollation::text, i.indclass::text, i.indoption::text, pg_get_expr(i.indexprs, i.indrelid),
            pg_get_expr(i.indpred, i.indrelid), obj_description(i.indexrelid, 'pg_class'),
            (SELECT string_agg(a.attname || ' ' || coalesce(a.attstattarget, -1), ',' ORDER BY a.attnum)
             FROM pg_attribute a WHERE a.attrelid = i.indexrelid),
            (SELECT h.inhparent::regclass::text FROM pg_inherits h WHERE h.inhrelid = i.indexrelid),
            (SELECT string_agg(d.what, ',' ORDER BY d.what)
             FROM (SELECT DISTINCT deptype::text || ' ' || pg_describe_object(refclassid, refobjid, refobjsubid) AS what
                   FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = i.indexrelid) d)
        FROM (SELECT '{table}'::regclass::oid AS relid UNION SELECT relid::oid FROM pg_partition_tree('{table}')) t
        JOIN pg_index i ON i.indrelid = t.relid JOIN pg_class c ON c.oid = i.indexrelid
        LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
        ORDER BY c.oid::regclass::text
        """);
}
