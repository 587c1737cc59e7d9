-- Indexes that a bulk load dropped and has not built again yet. Safe to run twice.
-- A row is inserted by the transaction that drops its index, and deleted by the one that rebuilds it: either the index exists, or
-- its definition is here. The parts of an index of a partitioned table have smaller index_ids than the whole.
CREATE TABLE IF NOT EXISTS ingest.dropped_index (
    index_id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    target          text        NOT NULL,               -- the table that was loaded, quoted as needed, with its schema
    relation        oid         NOT NULL,               -- the table of the index: the target or one of its partitions
    relation_name   text        NOT NULL,               -- quoted as needed, with its schema
    index_name      text        NOT NULL UNIQUE,        -- quoted as needed, with its schema
    definition      text        NOT NULL,               -- as pg_get_indexdef gives it, every name with its schema
    tablespace      text        NOT NULL DEFAULT '',    -- empty: that of the database
    parts           text[]      NOT NULL DEFAULT '{}',  -- indexes of partitions that are attached to it, by index_name
    afterwards      text[]      NOT NULL DEFAULT '{}',  -- statements that follow: comment, statistics targets, and others
    estimated_bytes bigint,                             -- size that it will have, roughly; null if nobody knows
    pipeline        text        NOT NULL,
    node            text,                               -- the load that builds it when its files are loaded; or
    backlog_to      bigint,                             -- a silo does when no file up to this file_id waits or loads
    dropped_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempts        integer     NOT NULL DEFAULT 0,     -- builds that failed
    error           text,                               -- the server's message of the last one
    failed_at       timestamptz,
    next_attempt_at timestamptz,
    CHECK ((node IS NULL) <> (backlog_to IS NULL))
);

-- The indexes of a table and its partitions that may be dropped and built again: valid ones that are not unique, and that no
-- constraint, replica identity, extension or other object depends on. Parts of an index of a partitioned table come before it;
-- whole is the index that they belong to, or the index itself.
-- takes_any_row: no row can make the build fail. The value of an expression, or a long text in a B-tree, can.
CREATE OR REPLACE FUNCTION ingest.plain_indexes(target oid)
RETURNS TABLE (
    relation oid, relation_name text, index_name text, whole text, definition text, tablespace text, parts text[],
    afterwards text[], takes_any_row boolean, key_bytes integer)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $function$
    WITH RECURSIVE tables AS (
        SELECT target AS relid UNION SELECT p.relid::oid FROM pg_partition_tree(target::regclass) p
    ), usable AS (
        SELECT i.*, c.relname, c.relam, c.relispartition, c.reltablespace, format('%I.%I', n.nspname, c.relname) AS name
        FROM tables t JOIN pg_index i ON i.indrelid = t.relid JOIN pg_class c ON c.oid = i.indexrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT i.indisunique AND NOT i.indisprimary AND NOT i.indisexclusion AND NOT i.indisreplident
            AND i.indisvalid AND i.indisready AND i.indislive
            AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                AND d.deptype IN ('e', 'i'))
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indexrelid
                AND d.deptype IN ('n', 'a', 'i'))
    ), tree AS (
        SELECT u.indexrelid, u.indexrelid AS head, 0 AS depth FROM usable u WHERE NOT u.relispartition
        UNION ALL
        SELECT h.inhrelid, t.head, t.depth + 1 FROM tree t JOIN pg_inherits h ON h.inhparent = t.indexrelid
    ), widths AS (
        -- Maximum size of a value of the column in bytes; null if unbounded. A row of a B-tree has at most 2,704 bytes.
        SELECT u.indexrelid,
            CASE WHEN y.oid >= 16384 AND y.typtype <> 'e' OR a.attnum <= u.indnkeyatts AND o.oid >= 16384 THEN NULL
                 WHEN a.attlen > 0 THEN a.attlen::integer
                 WHEN y.oid IN ('varchar'::regtype, 'bpchar'::regtype) AND a.atttypmod > 4 THEN (a.atttypmod - 4) * e.most + 4
                 WHEN y.oid = 'numeric'::regtype AND a.atttypmod > 4 THEN (((a.atttypmod - 4) >> 16) & 65535) / 2 + 12
                 WHEN y.oid IN ('inet'::regtype, 'cidr'::regtype) THEN 24 END AS most,
            CASE WHEN a.attlen > 0 THEN a.attlen::integer ELSE 16 END AS usual
        FROM usable u JOIN pg_attribute a ON a.attrelid = u.indexrelid JOIN pg_type y ON y.oid = a.atttypid
        LEFT JOIN pg_opclass o ON o.oid = (u.indclass::oid[])[a.attnum - 1]
        CROSS JOIN (SELECT pg_encoding_max_length(encoding) AS most FROM pg_database WHERE datname = current_database()) e
    ), bounds AS (
        SELECT indexrelid, count(*) = count(most) AND sum(most) <= 2600 AS are_bounded, sum(usual)::integer AS usual
        FROM widths GROUP BY indexrelid
    )
    SELECT u.indrelid, r.name, u.name, (SELECT h.name FROM usable h WHERE h.indexrelid = t.head), pg_get_indexdef(u.indexrelid),
        coalesce(s.spcname::text, ''),
        ARRAY(SELECT p.name FROM pg_inherits h JOIN usable p ON p.indexrelid = h.inhrelid
              WHERE h.inhparent = u.indexrelid ORDER BY p.indexrelid),
        ARRAY(SELECT format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', u.name, a.attnum, a.attstattarget)
              FROM pg_attribute a WHERE a.attrelid = u.indexrelid AND a.attstattarget >= 0
                AND (u.indkey::smallint[])[a.attnum - 1] = 0 ORDER BY a.attnum)
        || ARRAY(SELECT format('ALTER INDEX %s DEPENDS ON EXTENSION %I', u.name, x.extname)
                 FROM pg_depend d JOIN pg_extension x ON x.oid = d.refobjid
                 WHERE d.classid = 'pg_class'::regclass AND d.objid = u.indexrelid
                    AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x' ORDER BY x.extname)
        || ARRAY(SELECT format('COMMENT ON INDEX %s IS %L', u.name, m)
                 FROM obj_description(u.indexrelid, 'pg_class') m WHERE m IS NOT NULL)
        || CASE WHEN u.indisclustered THEN ARRAY[format('ALTER TABLE %s CLUSTER ON %I', r.name, u.relname)] ELSE '{}' END,
        u.indexprs IS NULL AND u.indpred IS NULL AND (m.amname = 'hash' OR m.amname IN ('btree', 'brin') AND b.are_bounded),
        CASE m.amname WHEN 'brin' THEN 0 WHEN 'hash' THEN 4 ELSE b.usual END
    FROM tree t JOIN usable u ON u.indexrelid = t.indexrelid JOIN bounds b ON b.indexrelid = u.indexrelid
    JOIN pg_am m ON m.oid = u.relam LEFT JOIN pg_tablespace s ON s.oid = u.reltablespace
    JOIN LATERAL (SELECT format('%I.%I', n.nspname, c.relname) AS name
                  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = u.indrelid) r ON true
    WHERE t.head NOT IN (SELECT o.head FROM tree o WHERE o.indexrelid NOT IN (SELECT indexrelid FROM usable))
    ORDER BY t.depth DESC, u.indexrelid
$function$;

-- Whether files for which an index was dropped are still being loaded: by its load, or by silos while its pipeline runs.
-- starting: pipelines of a silo that has just started, whose coordinators may not have reported yet.
CREATE OR REPLACE FUNCTION ingest.is_awaited(i ingest.dropped_index, starting text[]) RETURNS boolean
LANGUAGE sql STABLE AS $function$
    SELECT CASE WHEN i.node IS NOT NULL
        THEN EXISTS (SELECT FROM ingest.node n WHERE n.node = i.node AND n.state IN ('alive', 'draining'))
        ELSE EXISTS (SELECT FROM ingest.pipeline p WHERE p.name = i.pipeline AND NOT p.paused
                     AND (p.coordinated_at > clock_timestamp() - interval '10 s' OR p.name = ANY (starting)))
            AND EXISTS (SELECT FROM ingest.file f WHERE f.pipeline = i.pipeline AND f.status IN ('ready', 'loading')
                        AND f.file_id <= i.backlog_to)
        END
$function$;

-- Definitions of all valid indexes of a table, written as in ingest.plain_indexes.
CREATE OR REPLACE FUNCTION ingest.defined_indexes(target oid) RETURNS TABLE (index_name text, definition text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $function$
    SELECT format('%I.%I', n.nspname, c.relname), pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE i.indrelid = target AND i.indisvalid
$function$;

-- Rebuilds a dropped index and deletes its row, in the caller's transaction, which must hold the lock of the row.
-- Returns built, found (somebody rebuilt it by hand), or gone (its table was dropped).
CREATE OR REPLACE FUNCTION ingest.rebuild_index(id bigint) RETURNS text
LANGUAGE plpgsql AS $function$
DECLARE
    i         ingest.dropped_index;
    named     oid;
    now_name  text;
    part      text;
    statement text;
BEGIN
    SELECT * INTO STRICT i FROM ingest.dropped_index d WHERE d.index_id = id;
    named := to_regclass(i.relation_name);
    SELECT format('%I.%I', n.nspname, c.relname) INTO now_name
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = i.relation AND c.relkind IN ('r', 'p');
    IF named IS NULL AND now_name IS NULL THEN
        DELETE FROM ingest.dropped_index d WHERE d.index_id = id;
        RETURN 'gone';
    END IF;
    -- A table that was restored from a dump has another oid, so it is found by name. A renamed table is not found.
    IF named IS DISTINCT FROM i.relation AND now_name IS NOT NULL THEN
        RAISE EXCEPTION 'table % is called % now', i.relation_name, now_name
            USING HINT = 'Rename it back, or create the index as you need it and delete its row from ingest.dropped_index';
    END IF;
    IF to_regclass(i.index_name) IS NOT NULL THEN
        IF EXISTS (SELECT FROM ingest.defined_indexes(named) d
                   WHERE d.index_name = i.index_name AND d.definition = i.definition) THEN
            DELETE FROM ingest.dropped_index d WHERE d.index_id = id;
            RETURN 'found';
        END IF;
        RAISE EXCEPTION '% exists and is not the index that was dropped', i.index_name
            USING HINT = 'If it serves the same purpose, delete the row of the dropped one from ingest.dropped_index';
    END IF;

    PERFORM set_config('default_tablespace', i.tablespace, true);
    IF (SELECT c.relkind = 'p' FROM pg_catalog.pg_class c WHERE c.oid = named) THEN
        BEGIN
            EXECUTE i.definition;
            FOREACH part IN ARRAY i.parts LOOP
                EXECUTE format('ALTER INDEX %s ATTACH PARTITION %s', i.index_name, part);
            END LOOP;
            IF NOT (SELECT x.indisvalid FROM pg_catalog.pg_index x WHERE x.indexrelid = i.index_name::regclass) THEN
                RAISE EXCEPTION 'a partition is new';
            END IF;
        EXCEPTION WHEN undefined_table OR undefined_object OR wrong_object_type OR object_not_in_prerequisite_state
            OR invalid_object_definition OR raise_exception THEN
            -- Partitions were attached or detached meanwhile: PostgreSQL attaches the existing parts and builds the others.
            EXECUTE replace(i.definition, ' ON ONLY ' || i.relation_name || ' USING ', ' ON ' || i.relation_name || ' USING ');
        END;
    ELSE
        EXECUTE i.definition;
    END IF;
    FOREACH statement IN ARRAY i.afterwards LOOP
        EXECUTE statement;
    END LOOP;
    DELETE FROM ingest.dropped_index d WHERE d.index_id = id;
    RETURN 'built';
END
$function$;
