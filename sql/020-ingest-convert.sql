-- Decides what the input function of a type makes of texts, exactly as COPY would: the values that no encoder is sure of are asked here.
-- For each text (UTF-8 bytes), in any order: its 1-based place and either the binary form or SQLSTATE and message of the refusal.
-- Never aborts the transaction around it for a bad value; ranges that fail are halved until the bad values stand alone.
-- typmod is that of a column; -1 for none and for a domain, which carries its own. Safe to run twice.
CREATE SCHEMA IF NOT EXISTS ingest;

CREATE OR REPLACE FUNCTION ingest.convert(texts bytea[], type oid, typmod integer)
RETURNS TABLE (place integer, value bytea, state text, message text)
LANGUAGE plpgsql AS $function$
DECLARE
    at_once CONSTANT integer := 256;    -- values tried with one statement before any has failed
    base    oid := type;
    inner_type oid;
    query   text;
    starts  integer[] := '{}';          -- ranges that are still to be tried; the last one is next
    ends    integer[] := '{}';
    low     integer;
    high    integer;
    middle  integer;
    results bytea[];
BEGIN
    LOOP
        SELECT t.typbasetype INTO STRICT inner_type FROM pg_catalog.pg_type t WHERE t.oid = base;
        EXIT WHEN inner_type = 0;
        base := inner_type;
    END LOOP;

    -- json_to_record calls a type's input function with the column's modifier, and checks domains, as COPY does; a cast from text does
    -- neither for all types. A JSON field would be taken apart by it, and JSON has no modifier.
    SELECT pg_catalog.format(
               CASE WHEN base IN ('json'::regtype, 'jsonb'::regtype) THEN
                   'SELECT array_agg(%1$s(convert_from(t.x, ''UTF8'')::%2$s::%3$s) ORDER BY t.i) FROM unnest($1) WITH ORDINALITY t(x, i)'
               ELSE
                   'SELECT array_agg(%1$s(r.v::%3$s) ORDER BY t.i) FROM unnest($1) WITH ORDINALITY t(x, i), '
                   'json_to_record(json_build_object(''v'', convert_from(t.x, ''UTF8''))) r(v %2$s)'
               END,
               b.typsend::regproc, pg_catalog.format_type(type, typmod), pg_catalog.format_type(base, -1))
      INTO STRICT query FROM pg_catalog.pg_type b WHERE b.oid = base;

    FOR low IN SELECT s FROM pg_catalog.generate_series(1, coalesce(cardinality(texts), 0), at_once) s LOOP
        starts := array_append(starts, low);
        ends := array_append(ends, least(low + at_once - 1, cardinality(texts)));
    END LOOP;

    WHILE cardinality(starts) > 0 LOOP
        low := starts[cardinality(starts)];
        high := ends[cardinality(ends)];
        starts := starts[1:cardinality(starts) - 1];
        ends := ends[1:cardinality(ends) - 1];
        BEGIN
            EXECUTE query INTO results USING texts[low:high];
            RETURN QUERY SELECT low - 1 + r.i::integer, r.v, NULL::text, NULL::text FROM unnest(results) WITH ORDINALITY r(v, i);
        EXCEPTION WHEN OTHERS THEN
            -- Not the value's fault: connection, transaction state, conflicts, resources, operator, system.
            IF left(SQLSTATE, 2) IN ('08', '25', '40', '53', '55', '57', '58', 'F0', 'XX') OR SQLSTATE = '42501' THEN
                RAISE;
            ELSIF low = high THEN
                place := low;
                value := NULL;
                state := SQLSTATE;
                message := SQLERRM;
                RETURN NEXT;
            ELSE
                middle := (low + high) / 2;
                starts := starts || ARRAY[low, middle + 1];
                ends := ends || ARRAY[middle, high];
            END IF;
        END;
    END LOOP;
END
$function$;
