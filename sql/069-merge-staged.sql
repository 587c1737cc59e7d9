-- Write modes upsert and insertNew: what became of merged rows, and how rows are merged of which the server refuses some, as
-- 067-insert-staged.sql inserts them. Safe to run twice.
CREATE SCHEMA IF NOT EXISTS ingest;

ALTER TABLE ingest.batch
    ADD COLUMN IF NOT EXISTS rows_inserted  bigint, -- of rows_loaded: new in the table; null for rows that were appended
    ADD COLUMN IF NOT EXISTS rows_updated   bigint, -- of rows_loaded: a row of the table took their values
    ADD COLUMN IF NOT EXISTS rows_unchanged bigint; -- of rows_loaded: the others
ALTER TABLE ingest.file
    ADD COLUMN IF NOT EXISTS rows_inserted  bigint,
    ADD COLUMN IF NOT EXISTS rows_updated   bigint,
    ADD COLUMN IF NOT EXISTS rows_unchanged bigint;

-- Merges the rows of pg_temp.ingest_stage (n: row number from 1; c1, c2 and so on: values) in the order of their numbers: chunks that fail get
-- smaller until a bad row stands alone, and larger again after a success. A refused row is not tried again behind later ones: it could undo a row with its key.
-- Returns a row for each refused one, and at last one with n = 0 and the numbers of inserted, updated and missing rows.
-- statement: merges the rows with numbers from :low: to :high: and selects how many were inserted and how many updated.
-- domains: for each column, the domain that it is declared over, or null; the stage has the type below it.
-- absent: selects how many rows are neither in the table nor in pg_temp.ingest_unmerged; null where no trigger discards rows.
CREATE OR REPLACE FUNCTION ingest.merge_staged(statement text, columns text[], domains text[], total integer, absent text)
RETURNS TABLE (n integer, inserted bigint, updated bigint, missing bigint, state text, message text, detail text, column_name text)
LANGUAGE plpgsql AS $function$
BEGIN
    CREATE TEMP TABLE IF NOT EXISTS ingest_unmerged (n integer PRIMARY KEY, inserted bigint, updated bigint, missing bigint,
        state text, message text, detail text, column_name text) ON COMMIT DROP;
    TRUNCATE pg_temp.ingest_unmerged;
    -- A block of its own, made for this table: its statement is planned once, not once for every chunk.
    EXECUTE format($block$DO $do$
        #variable_conflict use_column
        DECLARE
            low_ integer := 1; many_ integer := %2$s; new_ bigint; changed_ bigint; inserted_ bigint := 0; updated_ bigint := 0;
            state_ text; message_ text; detail_ text; column_ text; context_ text;
        BEGIN
            -- What fails without rows (a statement trigger) is the fault of none.
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
            INSERT INTO pg_temp.ingest_unmerged (n, inserted, updated, missing) VALUES (0, inserted_, updated_, coalesce((%5$s), 0));
        END
        $do$$block$,
        replace(replace(statement, ':low:', 'low_'), ':high:', 'low_ + many_ - 1') || ' INTO new_, changed_;', total,
        replace(replace(statement, ':low:', '-2'), ':high:', '-1') || ' INTO new_, changed_;',
        ingest.domain_probes(columns, domains), coalesce(absent, 'NULL'));
    RETURN QUERY SELECT r.n, r.inserted, r.updated, r.missing, r.state, r.message, r.detail, r.column_name
        FROM pg_temp.ingest_unmerged r ORDER BY r.n;
END
$function$;
