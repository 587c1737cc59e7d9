-- The shape of a table: rows are encoded for one shape, and may be committed only while the table has it. Safe to run twice.
CREATE SCHEMA IF NOT EXISTS ingest;

-- The current shape of the table that a name refers to in this session (by SQL's rules, along search_path): relation, columns,
-- and the settings that affect text input. If two shapes are equal, the same bytes are the same values. Null if there is no such
-- table. Every batch asks for it, so its queries are planned once per session; they use no join, because a plan that does not
-- know the oid would read all types for it.
CREATE OR REPLACE FUNCTION ingest.table_shape(name text) RETURNS text LANGUAGE plpgsql VOLATILE
    SET plan_cache_mode = force_generic_plan AS $function$
DECLARE
    target       oid;
    kind         "char";
    has_triggers boolean;
    shape        text;
BEGIN
    SELECT pg_catalog.to_regclass(string_agg(quote_ident(part), '.' ORDER BY place)) INTO target
    FROM unnest(parse_ident(name)) WITH ORDINALITY p(part, place);
    SELECT relkind, relhastriggers INTO kind, has_triggers FROM pg_catalog.pg_class WHERE oid = target;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;

    -- NOT NULL and the default of a column may come from any of its underlying domains; nothing else of a domain can change
    -- without a new oid.
    SELECT string_agg(concat_ws(':', a.attnum, quote_ident(a.attname), a.atttypid, a.atttypmod, a.attnotnull, a.atthasdef,
        a.attidentity,
        a.attgenerated,
        CASE WHEN (SELECT t.typtype = 'd' FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid)
            THEN ingest.domain_shape(a.atttypid) END), ',' ORDER BY a.attnum)
    INTO shape
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped;

    RETURN encode(sha256(convert_to(concat_ws(';', target, kind, shape,
        CASE WHEN has_triggers OR kind = 'p' THEN ingest.may_discard_rows(target) ELSE false END,
        current_setting('TimeZone'), current_setting('DateStyle'), current_setting('IntervalStyle')), 'UTF8')), 'hex');
EXCEPTION WHEN invalid_parameter_value OR invalid_name OR syntax_error OR feature_not_supported THEN
    RETURN NULL; -- not a valid name
END
$function$;

CREATE OR REPLACE FUNCTION ingest.domain_shape(type oid) RETURNS text LANGUAGE sql STABLE AS $function$
    WITH RECURSIVE chain AS (
        SELECT t.oid, t.typtype, t.typbasetype, t.typnotnull, t.typdefault IS NOT NULL AS has_default
        FROM pg_catalog.pg_type t WHERE t.oid = type
        UNION ALL
        SELECT t.oid, t.typtype, t.typbasetype, t.typnotnull, t.typdefault IS NOT NULL
        FROM chain c JOIN pg_catalog.pg_type t ON t.oid = c.typbasetype WHERE c.typtype = 'd'
    )
    SELECT bool_or(typnotnull) || '/' || bool_or(has_default) FROM chain
$function$;

-- Whether the table or a partition has a BEFORE trigger for each row, which may return NULL, so that the row is not inserted.
CREATE OR REPLACE FUNCTION ingest.may_discard_rows(target oid) RETURNS boolean LANGUAGE sql STABLE AS $function$
    SELECT EXISTS (
        SELECT FROM pg_catalog.pg_trigger t
        WHERE (t.tgrelid = target OR t.tgrelid IN (SELECT relid FROM pg_catalog.pg_partition_tree(target)))
            AND t.tgtype & 7 = 7 AND NOT t.tgisinternal AND t.tgenabled <> 'D') -- 1: each row, 2: before, 4: insert
$function$;

-- Fails with OI001 unless every table still has the shape that its rows were encoded for; returns no row. After a COPY into the
-- table, its lock keeps the result valid until the end of the transaction.
CREATE OR REPLACE FUNCTION ingest.require_shape(names text[], shapes text[]) RETURNS SETOF integer LANGUAGE plpgsql
    VOLATILE AS $function$
BEGIN
    FOR i IN 1 .. cardinality(names) LOOP
        IF ingest.table_shape(names[i]) IS DISTINCT FROM shapes[i] THEN
            RAISE EXCEPTION 'table % was changed after its rows were encoded', names[i] USING ERRCODE = 'OI001';
        END IF;
    END LOOP;
    RETURN;
END
$function$;
