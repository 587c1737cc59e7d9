-- Evaluates SQL expressions over records before they are loaded. Safe to run twice.
CREATE SCHEMA IF NOT EXISTS ingest;

-- The server's error for one statement that EXPLAIN accepts; no row if there is none. Nothing is executed, the transaction is not
-- aborted, and multiple statements are refused.
CREATE OR REPLACE FUNCTION ingest.refuse_statement(statement text) RETURNS TABLE (state text, message text, hint text)
LANGUAGE plpgsql AS $function$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN ' || statement LOOP
        EXIT;
    END LOOP;
EXCEPTION WHEN OTHERS OR assert_failure THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    IF left(state, 2) IN ('08', '40', '53', '55', '57', '58') THEN
        RAISE;
    END IF;
    RETURN NEXT;
END
$function$;

-- Evaluates expressions over the records of pg_temp.ingest_record (n: number from 1; c1, c2 and so on) into
-- pg_temp.ingest_computed. Chunks that fail are divided until a bad record stands alone, and grow again after a success. Returns
-- one row for each bad record. A failure that may be the server's own (resources, conflicts, a cancelled statement) is raised
-- again, unless a RAISE caused it. statement: inserts the values of all expressions for the records from $1 to $2. singles: for
-- each expression, the same for it alone, without numbers; names: its column.
CREATE OR REPLACE FUNCTION ingest.compute_staged(statement text, singles text[], names text[], total integer)
RETURNS TABLE (n integer, state text, message text, detail text, column_name text)
LANGUAGE plpgsql AS $function$
DECLARE
    low     integer := 1;
    many    integer := total;
    indexed boolean := false;
    context text;
BEGIN
    WHILE low <= total LOOP
        BEGIN
            EXECUTE statement USING low, low + many - 1;
            low := low + many;
            many := least(many * 2, 4096, total - low + 1);
        EXCEPTION WHEN OTHERS OR assert_failure THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
                context = PG_EXCEPTION_CONTEXT;
            IF NOT ingest.is_row_fault(state, context) THEN
                RAISE;
            ELSIF many > 1 THEN
                many := greatest(many / 8, 1);
                IF NOT indexed THEN
                    CREATE UNIQUE INDEX ON pg_temp.ingest_record (n);
                    indexed := true;
                END IF;
            ELSE
                n := low;
                detail := nullif(detail, '');
                column_name := NULL;
                FOR i IN 1 .. cardinality(singles) LOOP
                    BEGIN
                        EXECUTE singles[i] USING low, low;
                    EXCEPTION WHEN OTHERS OR assert_failure THEN
                        column_name := names[i];
                        EXIT;
                    END;
                END LOOP;
                DELETE FROM pg_temp.ingest_computed c WHERE c.n IS NULL;
                RETURN NEXT;
                low := low + 1;
            END IF;
        END;
    END LOOP;
END
$function$;
