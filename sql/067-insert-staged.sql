-- Inserts rows, some of which the server refuses: good rows are inserted, and the server's own message is returned for each
-- refused row. Safe to run twice.
CREATE SCHEMA IF NOT EXISTS ingest;

-- Inserts the rows of pg_temp.ingest_stage (n: row number from 1; c1, c2 and so on: values of the columns, in order) into the
-- table. Chunks that fail are divided until a bad row stands alone, and grow again after a success. Rows that a later row may
-- make valid (a parent after its child) are retried until nothing changes, at most 50 times.
-- Returns one row for each refused row, and a last row with n = 0 and the number of inserted rows.
-- A failure that may be the server's own (resources, conflicts, a cancelled statement) is raised again, unless a RAISE caused it.
-- domains: for each column, its domain, or null; the stage has the domain's base type.
CREATE OR REPLACE FUNCTION ingest.insert_staged(target text, columns text[], domains text[], total integer)
RETURNS TABLE (n integer, inserted bigint, state text, message text, detail text, column_name text)
LANGUAGE plpgsql AS $function$
DECLARE
    names   text := (SELECT string_agg(quote_ident(c), ', ' ORDER BY i) FROM unnest(columns) WITH ORDINALITY u(c, i));
    staged  text := (SELECT string_agg('s.c' || i, ', ') FROM generate_series(1, cardinality(columns)) i);
BEGIN
    CREATE TEMP TABLE IF NOT EXISTS ingest_refused (n integer PRIMARY KEY, inserted bigint, state text, message text, detail text,
        column_name text) ON COMMIT DROP;
    TRUNCATE pg_temp.ingest_refused;
    -- A block of its own, generated for this table: its INSERT is planned once, not once per chunk.
    EXECUTE format($block$DO $do$
        DECLARE
            low_ integer := 1; many_ integer := %3$s; chunk_ bigint; sum_ bigint := 0; before_ integer; again_ integer[];
            state_ text; message_ text; detail_ text; column_ text; context_ text; at_ integer;
        BEGIN
            -- An error without rows (a statement trigger) is not the fault of a row.
            INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE SELECT %4$s FROM pg_temp.ingest_stage s WHERE s.n < 0;
            WHILE low_ <= %3$s LOOP
                BEGIN
                    INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE
                    SELECT %4$s FROM pg_temp.ingest_stage s WHERE s.n BETWEEN low_ AND low_ + many_ - 1 ORDER BY s.n;
                    GET DIAGNOSTICS chunk_ = ROW_COUNT;
                    sum_ := sum_ + chunk_;
                    low_ := low_ + many_;
                    many_ := least(many_ * 2, 4096, %3$s - low_ + 1);
                EXCEPTION WHEN OTHERS OR assert_failure THEN
                    GET STACKED DIAGNOSTICS state_ = RETURNED_SQLSTATE, message_ = MESSAGE_TEXT, detail_ = PG_EXCEPTION_DETAIL,
                        column_ = COLUMN_NAME, context_ = PG_EXCEPTION_CONTEXT;
                    IF NOT ingest.is_row_fault(state_, context_) THEN
                        RAISE;
                    ELSIF many_ = 1 THEN
                        %5$s
                        INSERT INTO pg_temp.ingest_refused VALUES (low_, NULL, state_, message_, nullif(detail_, ''),
                            nullif(column_, ''));
                        low_ := low_ + 1;
                    ELSE
                        many_ := greatest(many_ / 8, 1);
                    END IF;
                END;
            END LOOP;
            FOR pass_ IN 1 .. 50 LOOP
                -- Invalid values, violated checks and duplicate keys remain refused whatever follows.
                again_ := ARRAY(SELECT r.n FROM pg_temp.ingest_refused r
                    WHERE left(r.state, 2) <> '22' AND r.state NOT IN ('23502', '23505', '23514', '23P01') ORDER BY r.n);
                before_ := cardinality(again_);
                EXIT WHEN before_ = 0;
                FOREACH at_ IN ARRAY again_ LOOP
                    BEGIN
                        INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE SELECT %4$s FROM pg_temp.ingest_stage s WHERE s.n = at_;
                        GET DIAGNOSTICS chunk_ = ROW_COUNT;
                        sum_ := sum_ + chunk_;
                        DELETE FROM pg_temp.ingest_refused r WHERE r.n = at_;
                        before_ := before_ - 1;
                    EXCEPTION WHEN OTHERS OR assert_failure THEN
                        GET STACKED DIAGNOSTICS state_ = RETURNED_SQLSTATE, context_ = PG_EXCEPTION_CONTEXT;
                        IF NOT ingest.is_row_fault(state_, context_) THEN
                            RAISE;
                        END IF;
                    END;
                END LOOP;
                EXIT WHEN before_ = cardinality(again_);
            END LOOP;
            INSERT INTO pg_temp.ingest_refused (n, inserted) VALUES (0, sum_);
        END
        $do$$block$, target, names, total, staged, ingest.domain_probes(columns, domains));
    RETURN QUERY SELECT r.n, r.inserted, r.state, r.message, r.detail, r.column_name
        FROM pg_temp.ingest_refused r ORDER BY r.n;
END
$function$;
