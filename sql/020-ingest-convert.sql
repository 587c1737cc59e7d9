-- Converts texts with the input function of a type, exactly as COPY would, for values that no encoder can decide. Returns for
-- each text (UTF-8 bytes), in order, its 1-based position and either the binary form or the SQLSTATE and message of the error. A
-- bad value never aborts the surrounding transaction: a range that fails is divided until the bad value stands alone. typmod is
-- that of the column, or -1 for none and for domains, which have their own. Safe to run twice.
CREATE SCHEMA IF NOT EXISTS ingest;

CREATE OR REPLACE FUNCTION ingest.convert(texts bytea[], type oid, typmod integer)
RETURNS TABLE (place integer, value bytea, state text, message text)
LANGUAGE plpgsql AS $function$
DECLARE
    most    CONSTANT integer := 256;    -- maximum number of values per statement
    total   integer := coalesce(cardinality(texts), 0);
    base    oid := type;
    inner_type oid;
    query   text;
    low     integer := 1;
    many    integer := most;            -- number of values to try next: lower after a failure, higher after a success
    results bytea[];
    context text;
BEGIN
    LOOP
        SELECT t.typbasetype INTO STRICT inner_type FROM pg_catalog.pg_type t WHERE t.oid = base;
        EXIT WHEN inner_type = 0;
        base := inner_type;
    END LOOP;

    -- Like COPY, json_to_record calls a type's input function with the column's modifier and checks domains; a cast from text
    -- does not do both for all types. It would expand a JSON value, and JSON has no modifier.
    SELECT pg_catalog.format(
               CASE WHEN base IN ('json'::regtype, 'jsonb'::regtype) THEN
                   'SELECT array_agg(%1$s(convert_from(t.x, ''UTF8'')::%2$s::%3$s) ORDER BY t.i) '
                   'FROM unnest($1) WITH ORDINALITY t(x, i)'
               ELSE
                   'SELECT array_agg(%1$s(r.v::%3$s) ORDER BY t.i) FROM unnest($1) WITH ORDINALITY t(x, i), '
                   'json_to_record(json_build_object(''v'', convert_from(t.x, ''UTF8''))) r(v %2$s)'
               END,
               b.typsend::regproc, pg_catalog.format_type(type, typmod), pg_catalog.format_type(base, -1))
      INTO STRICT query FROM pg_catalog.pg_type b WHERE b.oid = base;

    WHILE low <= total LOOP
        many := least(many, total - low + 1);
        BEGIN
            EXECUTE query INTO results USING texts[low:low + many - 1];
            RETURN QUERY SELECT low - 1 + r.i::integer, r.v, NULL::text, NULL::text FROM unnest(results) WITH ORDINALITY r(v, i);
            low := low + many;
            many := least(many * 2, most);
        EXCEPTION WHEN OTHERS OR assert_failure THEN
            -- Not necessarily the value's fault: transaction state, conflicts, resources, operator, system, rights; unless a
            -- user-defined check raised the code. Internal errors (XX000, 08P01) mostly come from input functions without a
            -- better code.
            GET STACKED DIAGNOSTICS context = PG_EXCEPTION_CONTEXT;
            IF (left(SQLSTATE, 2) IN ('25', '40', '53', '55', '57', '58', 'F0') OR SQLSTATE = '42501')
                AND split_part(context, E'\n', 1) NOT LIKE '%RAISE' THEN
                RAISE;
            ELSIF many = 1 THEN
                place := low;
                value := NULL;
                state := SQLSTATE;
                message := SQLERRM;
                RETURN NEXT;
                low := low + 1;
            ELSE
                many := greatest(many / 4, 1);
            END IF;
        END;
    END LOOP;
END
$function$;
