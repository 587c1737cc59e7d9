-- Files whose rows become visible at once: the rows wait in a table of their own until the last one has arrived. Safe to run
-- twice.
CREATE SCHEMA IF NOT EXISTS ingest_stage;

-- The stage of a file in progress. While this row exists, the file's rows in ingest.batch refer to rows in the stage, and no row
-- is in the target. Publishing the stage deletes this row in the same transaction. The table itself is dropped later, because
-- DROP would wait for sessions of previous owners, which may wait for this transaction.
CREATE TABLE IF NOT EXISTS ingest.stage (
    file_id    bigint      PRIMARY KEY REFERENCES ingest.file ON DELETE CASCADE,
    relation   text        NOT NULL,                        -- its name in schema ingest_stage; a name is never reused
    -- shape of the target, and columns; rows for another shape are not published
    made_for   text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE SEQUENCE IF NOT EXISTS ingest.stage_number;

-- The file that last replaced the rows of the table, for pipelines with write: replaceTable.
CREATE TABLE IF NOT EXISTS ingest.refresh (
    pipeline text        PRIMARY KEY REFERENCES ingest.pipeline ON DELETE CASCADE,
    file_id  bigint      NOT NULL,
    path     text        NOT NULL,
    mtime_ns bigint      NOT NULL,
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Removes a file's stage and its records in the ledger, so that the file starts again from 0. Its rejects are kept but closed:
-- their file is not loaded, and a replay would load them without the rest. Returns whether there was a stage.
CREATE OR REPLACE FUNCTION ingest.roll_back_stage(file_ bigint) RETURNS boolean LANGUAGE plpgsql AS $function$
BEGIN
    DELETE FROM ingest.stage s WHERE s.file_id = file_;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    WITH gone AS (DELETE FROM ingest.batch b WHERE b.file_id = file_ RETURNING *)
    INSERT INTO ingest.throughput AS t (step, bucket, pipeline, node, lane, batches, records, rows_loaded, rows_rejected,
        rows_skipped, bytes,
        read_us, wait_us, copy_us, commit_us)
    SELECT 10, ingest.bucket(statement_timestamp(), 10), f.pipeline, '', 0, -count(*), -sum(g.records), -sum(g.rows_loaded),
        -sum(g.rows_rejected),
        -sum(g.rows_skipped), CASE WHEN f.position_unit = 'byte' THEN -sum(g.end_offset - g.start_offset) ELSE 0 END,
        -sum(g.read_us), -sum(g.wait_us), -sum(g.copy_us), -sum(g.commit_us)
    FROM gone g JOIN ingest.file f USING (file_id) GROUP BY f.pipeline, f.position_unit
    ON CONFLICT (step, bucket, pipeline, node, lane) DO UPDATE SET batches = t.batches + excluded.batches,
        records = t.records + excluded.records,
        rows_loaded = t.rows_loaded + excluded.rows_loaded, rows_rejected = t.rows_rejected + excluded.rows_rejected,
        rows_skipped = t.rows_skipped + excluded.rows_skipped, bytes = t.bytes + excluded.bytes,
            read_us = t.read_us + excluded.read_us,
        wait_us = t.wait_us + excluded.wait_us, copy_us = t.copy_us + excluded.copy_us,
            commit_us = t.commit_us + excluded.commit_us;
    UPDATE public.corrupt_records c SET status = 'ignored', ignored_at = NULL
    WHERE c.file_id = file_ AND (c.status = 'open' OR c.ignored_at IS NOT NULL);
    RETURN true;
END
$function$;

-- A file that is given up, for any reason, loses its stage.
CREATE OR REPLACE FUNCTION ingest.give_up_stage() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    PERFORM ingest.roll_back_stage(NEW.file_id);
    RETURN NULL;
END
$function$;
DROP TRIGGER IF EXISTS stage_given_up ON ingest.file;
CREATE TRIGGER stage_given_up AFTER UPDATE OF status ON ingest.file FOR EACH ROW
    WHEN (OLD.status <> NEW.status AND NEW.status IN ('quarantined', 'vanished', 'ignored', 'discovered'))
    EXECUTE FUNCTION ingest.give_up_stage();

-- The stage of a claimed file: the existing one, if it was made for the same shape and need not be restarted; otherwise a new
-- one, and the file starts from 0. Null: the claim is not in force. Empty: rows of the file are in the target already, and no
-- stage can remove them.
CREATE OR REPLACE FUNCTION ingest.open_stage(file_ bigint, claim integer, owner text, definition text, purpose text,
    anew boolean) RETURNS text
LANGUAGE plpgsql AS $function$
DECLARE
    found_ ingest.stage;
    name_  text;
BEGIN
    -- Waits for batches of earlier claims: none commits after this lock.
    PERFORM FROM ingest.file f WHERE f.file_id = file_ AND f.epoch = claim AND f.owner_node = owner
        AND f.status = 'loading' FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT * INTO found_ FROM ingest.stage s WHERE s.file_id = file_;
    IF FOUND THEN
        IF found_.made_for = purpose AND NOT anew THEN
            RETURN found_.relation;
        END IF;
        PERFORM ingest.roll_back_stage(file_);
    ELSIF EXISTS (SELECT FROM ingest.batch b WHERE b.file_id = file_) THEN
        RETURN '';
    END IF;

    -- Every record is validated again.
    DELETE FROM public.corrupt_records c WHERE c.file_id = file_ AND c.status <> 'replayed';
    name_ := 'f' || file_ || '_' || nextval('ingest.stage_number');
    EXECUTE format('CREATE TABLE ingest_stage.%I (%s)', name_, definition);
    INSERT INTO ingest.stage (file_id, relation, made_for) VALUES (file_, name_, purpose);
    RETURN name_;
END
$function$;

-- Inserts the rows of a stage, some of which the server refuses, like 067-insert-staged.sql. The server's message for each
-- refused row is stored in ingest_refusal (state, message, detail, column). Requires an index on ingest_position. Returns the
-- number of inserted rows. names: the quoted columns, which both tables have.
CREATE OR REPLACE FUNCTION ingest.insert_from_stage(target text, names text, stage text) RETURNS bigint LANGUAGE plpgsql
    AS $function$
DECLARE
    low_ bigint := -1; high_ bigint; many_ integer := 4096; found_ integer; chunk_ bigint; sum_ bigint := 0;
    again_ bigint[]; left_ integer; at_ bigint;
    state_ text; message_ text; detail_ text; column_ text; context_ text;
    insert_ text := format('INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM %3$s '
        'WHERE ingest_position > $1 AND ingest_position <= $2 ORDER BY ingest_position', target, names, stage);
BEGIN
    -- An error without rows (a statement trigger) is not the fault of a row.
    EXECUTE insert_ USING -2, -2;
    LOOP
        EXECUTE format('SELECT max(p), count(*) FROM (SELECT ingest_position AS p FROM %s '
            'WHERE ingest_position > $1 ORDER BY 1 LIMIT $2) chunk', stage)
            INTO high_, found_ USING low_, many_;
        EXIT WHEN high_ IS NULL;
        BEGIN
            EXECUTE insert_ USING low_, high_;
            GET DIAGNOSTICS chunk_ = ROW_COUNT;
            sum_ := sum_ + chunk_;
            low_ := high_;
            many_ := least(many_ * 2, 4096);
        EXCEPTION WHEN OTHERS OR assert_failure THEN
            GET STACKED DIAGNOSTICS state_ = RETURNED_SQLSTATE, message_ = MESSAGE_TEXT, detail_ = PG_EXCEPTION_DETAIL,
                column_ = COLUMN_NAME, context_ = PG_EXCEPTION_CONTEXT;
            IF NOT ingest.is_row_fault(state_, context_) THEN
                RAISE;
            ELSIF found_ = 1 THEN
                EXECUTE format('UPDATE %s SET ingest_refusal = $1 WHERE ingest_position = $2', stage)
                    USING ARRAY[state_, message_, nullif(detail_, ''), nullif(column_, '')], high_;
                low_ := high_;
            ELSE
                many_ := greatest(found_ / 8, 1);
            END IF;
        END;
    END LOOP;
    FOR pass_ IN 1 .. 50 LOOP
        -- Invalid values, violated checks and duplicate keys remain refused whatever follows.
        EXECUTE format('SELECT coalesce(array_agg(ingest_position ORDER BY ingest_position), ARRAY[]::bigint[]) FROM %s '
            'WHERE ingest_refusal IS NOT NULL AND left(ingest_refusal[1], 2) <> ''22'' '
            'AND ingest_refusal[1] NOT IN (''23502'', ''23505'', ''23514'', ''23P01'')', stage) INTO again_;
        left_ := cardinality(again_);
        EXIT WHEN left_ = 0;
        FOREACH at_ IN ARRAY again_ LOOP
            BEGIN
                EXECUTE insert_ USING at_ - 1, at_;
                GET DIAGNOSTICS chunk_ = ROW_COUNT;
                sum_ := sum_ + chunk_;
                EXECUTE format('UPDATE %s SET ingest_refusal = NULL WHERE ingest_position = $1', stage) USING at_;
                left_ := left_ - 1;
            EXCEPTION WHEN OTHERS OR assert_failure THEN
                GET STACKED DIAGNOSTICS state_ = RETURNED_SQLSTATE, context_ = PG_EXCEPTION_CONTEXT;
                IF NOT ingest.is_row_fault(state_, context_) THEN
                    RAISE;
                END IF;
            END;
        END LOOP;
        EXIT WHEN left_ = cardinality(again_);
    END LOOP;
    RETURN sum_;
END
$function$;

-- Corrects the counts of a file's batches, and their totals, by the result of publishing its stage: refused rows are rejects, and
-- rows that a trigger discarded, or that are superseded, are skipped. The batches of the discarded rows are unknown: they are
-- deducted from the last ones.
CREATE OR REPLACE FUNCTION ingest.settle_stage(file_ bigint, owner text, stage text, refused bigint, discarded bigint,
    not_wanted bigint) RETURNS void
LANGUAGE plpgsql AS $function$
BEGIN
    IF refused > 0 THEN
        EXECUTE format($sql$
            UPDATE ingest.batch b SET rows_loaded = b.rows_loaded - r.many, rows_rejected = b.rows_rejected + r.many
            FROM (SELECT o.start_offset, count(*) AS many FROM %s s CROSS JOIN LATERAL (
                      SELECT i.start_offset FROM ingest.batch i WHERE i.file_id = $1 AND i.start_offset <= s.ingest_position
                      ORDER BY i.start_offset DESC LIMIT 1) o
                  WHERE s.ingest_refusal IS NOT NULL GROUP BY o.start_offset) r
            WHERE b.file_id = $1 AND b.start_offset = r.start_offset$sql$, stage) USING file_;
    END IF;
    IF discarded + not_wanted > 0 THEN
        UPDATE ingest.batch b SET rows_loaded = b.rows_loaded - r.many, rows_skipped = b.rows_skipped + r.many,
            rows_suppressed = b.rows_suppressed + CASE WHEN discarded > 0 THEN r.many ELSE 0 END
        FROM (SELECT start_offset, least(rows_loaded, greatest(0,
            discarded + not_wanted - (sum(rows_loaded) OVER (ORDER BY start_offset DESC)
                  - rows_loaded))) AS many FROM ingest.batch WHERE file_id = file_) r
        WHERE b.file_id = file_ AND b.start_offset = r.start_offset AND r.many > 0;
    END IF;
    IF refused + discarded + not_wanted > 0 THEN
        INSERT INTO ingest.throughput AS t (step, bucket, pipeline, node, lane, rows_loaded, rows_rejected, rows_skipped)
        SELECT 10, ingest.bucket(statement_timestamp(), 10), f.pipeline, owner, 0, -refused - discarded - not_wanted, refused,
            discarded + not_wanted
        FROM ingest.file f WHERE f.file_id = file_
        ON CONFLICT (step, bucket, pipeline, node, lane) DO UPDATE SET rows_loaded = t.rows_loaded + excluded.rows_loaded,
            rows_rejected = t.rows_rejected + excluded.rows_rejected, rows_skipped = t.rows_skipped + excluded.rows_skipped;
    END IF;
END
$function$;
