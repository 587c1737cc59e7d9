-- Write modes upsert and insertNew: counts of merged rows, and merging rows some of which the server refuses, like
-- 067-insert-staged.sql for inserts. Safe to run twice.
CREATE SCHEMA IF NOT EXISTS ingest;

ALTER TABLE ingest.batch
    ADD COLUMN IF NOT EXISTS rows_inserted  bigint, -- part of rows_loaded: new in the table; null for appended rows
    ADD COLUMN IF NOT EXISTS rows_updated   bigint, -- part of rows_loaded: updated an existing row
    ADD COLUMN IF NOT EXISTS rows_unchanged bigint; -- part of rows_loaded: the others
ALTER TABLE ingest.file
    ADD COLUMN IF NOT EXISTS rows_inserted  bigint,
    ADD COLUMN IF NOT EXISTS rows_updated   bigint,
    ADD COLUMN IF NOT EXISTS rows_unchanged bigint;

-- Merges the rows of pg_temp.ingest_stage (n: row number from 1; c1, c2 and so on: values) in the order of their numbers. Chunks
-- that fail are divided until a bad row stands alone, and grow again after a success. A refused row is not retried after later
-- rows: it could undo a later row with its key.
-- Returns one row for each refused row, and a last row with n = 0 and the numbers of inserted, updated and missing rows.
-- statement: merges the rows with the numbers :low: to :high: and selects the numbers of inserted and updated rows.
-- domains: for each column, its domain, or null; the stage has the domain's base type.
-- absent: selects the number of rows that are neither in the table nor in pg_temp.ingest_unmerged; null if no trigger discards
-- rows.
CREATE OR REPLACE FUNCTION ingest.merge_staged(statement text, columns text[], domains text[], total integer, absent text)
RETURNS TABLE (n integer, inserted bigint, updated bigint, missing bigint, state text, message text, detail text,
    column_name text)
LANGUAGE plpgsql AS $function$
BEGIN
    CREATE TEMP TABLE IF NOT EXISTS ingest_unmerged (n integer PRIMARY KEY, inserted bigint, updated bigint, missing bigint,
        state text, message text, detail text, column_name text) ON COMMIT DROP;
    TRUNCATE pg_temp.ingest_unmerged;
    -- A block of its own, generated for this table: its statement is planned once, not once per chunk.
    EXECUTE format($block$DO $do$
        #variable_conflict use_column
        DECLARE
            low_ integer := 1; many_ integer := %2$s; new_ bigint; changed_ bigint; inserted_ bigint := 0; updated_ bigint := 0;
            state_ text; message_ text; detail_ text; column_ text; context_ text;
        BEGIN
            -- An error without rows (a statement trigger) is not the fault of a row.
            %3$s
            WHILE low_ <= %2$s LOOP
                BEGIN
                    %1$s
                    inserted_ := inserted_ + new_;
                    updated_ := updated_ + changed_;
                    low_ := low_ + many_;
                    many_ := least(many_ * 2, 4096, %2$s - low_ + 1);
                EXCEPTION WHEN OTHERS OR assert_failure THEN
                    GET STACKED DIAGNOSTICS state_ = RETURNED_SQLSTATE, message_ = MESSAGE_TEXT, detail_ = PG_EXCEPTION_DETAIL,
                        column_ = COLUMN_NAME, context_ = PG_EXCEPTION_CONTEXT;
                    IF NOT ingest.is_row_fault(state_, context_) THEN
                        RAISE;
                    ELSIF many_ = 1 THEN
                        %4$s
                        INSERT INTO pg_temp.ingest_unmerged
                        VALUES (low_, NULL, NULL, NULL, state_, message_, nullif(detail_, ''), nullif(column_, ''));
                        low_ := low_ + 1;
                    ELSE
                        many_ := greatest(many_ / 8, 1);
                    END IF;
                END;
            END LOOP;
            INSERT INTO pg_temp.ingest_unmerged (n, inserted, updated, missing)
                VALUES (0, inserted_, updated_, coalesce((%5$s), 0));
        END
        $do$$block$,
        replace(replace(statement, ':low:', 'low_'), ':high:', 'low_ + many_ - 1') || ' INTO new_, changed_;', total,
        replace(replace(statement, ':low:', '-2'), ':high:', '-1') || ' INTO new_, changed_;',
        ingest.domain_probes(columns, domains), coalesce(absent, 'NULL'));
    RETURN QUERY SELECT r.n, r.inserted, r.updated, r.missing, r.state, r.message, r.detail, r.column_name
        FROM pg_temp.ingest_unmerged r ORDER BY r.n;
END
$function$;
