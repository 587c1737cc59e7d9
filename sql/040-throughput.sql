-- Throughput by time: totals of ingest.batch and of finished files, updated in the transactions that commit them. Each node and
-- lane has rows of its own, so that lanes never wait for each other. Old rows are merged into coarser ones without loss. Safe to
-- run twice.
CREATE TABLE IF NOT EXISTS ingest.throughput (
    step           integer     NOT NULL CHECK (step IN (10, 60, 3600)), -- length of the bucket in seconds
    bucket         timestamptz NOT NULL,
    pipeline       text        NOT NULL,
    node           text        NOT NULL,                    -- '' in the rows of a minute or an hour, which cover all nodes
    -- 0 for a file that was finished after its last batch, and in the rows of a minute or an hour, which cover all lanes
    lane           integer     NOT NULL,
    commits        bigint      NOT NULL DEFAULT 0,          -- transactions with batches of this pipeline
    batches        bigint      NOT NULL DEFAULT 0,
    records        bigint      NOT NULL DEFAULT 0,
    rows_loaded    bigint      NOT NULL DEFAULT 0,
    rows_rejected  bigint      NOT NULL DEFAULT 0,
    rows_skipped   bigint      NOT NULL DEFAULT 0,
    bytes          bigint      NOT NULL DEFAULT 0,
    files_finished bigint      NOT NULL DEFAULT 0,          -- files loaded
    read_us        bigint      NOT NULL DEFAULT 0,          -- totals of the columns with these names in ingest.batch
    wait_us        bigint      NOT NULL DEFAULT 0,
    copy_us        bigint      NOT NULL DEFAULT 0,
    commit_us      bigint      NOT NULL DEFAULT 0,
    PRIMARY KEY (step, bucket, pipeline, node, lane)
) WITH (fillfactor = 50);                                   -- leaves room on the page for the next version of a row

-- Latency of finished files, from in place to visible rows, as a histogram, so that percentiles of any time range can be computed
-- from totals. Bin i ends at 2^(i/2) ms.
CREATE TABLE IF NOT EXISTS ingest.latency (
    step     integer     NOT NULL CHECK (step IN (10, 60, 3600)),
    bucket   timestamptz NOT NULL,
    pipeline text        NOT NULL,
    node     text        NOT NULL,
    lane     integer     NOT NULL,
    bin      integer     NOT NULL CHECK (bin BETWEEN 0 AND 60),
    files    bigint      NOT NULL,
    PRIMARY KEY (step, bucket, pipeline, node, lane, bin)
) WITH (fillfactor = 50);

-- Totals of all rows merged so far. Together with the few ten-second rows they give the overall totals without reading the many.
CREATE TABLE IF NOT EXISTS ingest.throughput_folded (
    pipeline       text   PRIMARY KEY,
    commits        bigint NOT NULL,
    batches        bigint NOT NULL,
    records        bigint NOT NULL,
    rows_loaded    bigint NOT NULL,
    rows_rejected  bigint NOT NULL,
    rows_skipped   bigint NOT NULL,
    bytes          bigint NOT NULL,
    files_finished bigint NOT NULL,
    read_us        bigint NOT NULL,
    wait_us        bigint NOT NULL,
    copy_us        bigint NOT NULL,
    commit_us      bigint NOT NULL
);

ALTER TABLE ingest.throughput_folded
    -- the last buckets with a batch and with a finished file, to ten seconds
    ADD COLUMN IF NOT EXISTS last_batch timestamptz,
    ADD COLUMN IF NOT EXISTS last_file  timestamptz;

CREATE OR REPLACE VIEW ingest.throughput_total AS
SELECT pipeline, sum(commits)::bigint AS commits, sum(batches)::bigint AS batches, sum(records)::bigint AS records,
    sum(rows_loaded)::bigint AS rows_loaded,
    sum(rows_rejected)::bigint AS rows_rejected, sum(rows_skipped)::bigint AS rows_skipped, sum(bytes)::bigint AS bytes,
        sum(files_finished)::bigint AS files_finished,
    sum(read_us)::bigint AS read_us, sum(wait_us)::bigint AS wait_us, sum(copy_us)::bigint AS copy_us,
        sum(commit_us)::bigint AS commit_us,
    max(last_batch) AS last_batch, max(last_file) AS last_file
FROM (
    SELECT pipeline, commits, batches, records, rows_loaded, rows_rejected, rows_skipped, bytes, files_finished, read_us,
        wait_us, copy_us, commit_us,
        last_batch, last_file
    FROM ingest.throughput_folded
    UNION ALL
    SELECT pipeline, commits, batches, records, rows_loaded, rows_rejected, rows_skipped, bytes, files_finished, read_us,
        wait_us, copy_us, commit_us,
        CASE WHEN batches > 0 THEN bucket END, CASE WHEN files_finished > 0 THEN bucket END
    FROM ingest.throughput WHERE step = 10) parts
GROUP BY pipeline;

-- The start of the bucket that contains an instant.
CREATE OR REPLACE FUNCTION ingest.bucket(at timestamptz, step integer) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT to_timestamp(floor(date_part('epoch', at) / step) * step) $$;

CREATE OR REPLACE FUNCTION ingest.latency_bin(latency interval) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT least(ceil(2 * ln(greatest(date_part('epoch', latency) * 1000, 1)) / ln(2::double precision)), 60)::integer $$;

-- The time at which a file was in place: its last write, if that was shortly before its discovery, or later; otherwise (an old
-- file that was moved here, a wrong clock) its discovery.
CREATE OR REPLACE FUNCTION ingest.in_place(mtime_ns bigint, discovered_at timestamptz, finished_at timestamptz)
    RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN to_timestamp(mtime_ns / 1e9::double precision) BETWEEN discovered_at - interval '1 min' AND finished_at
    THEN to_timestamp(mtime_ns / 1e9::double precision) ELSE discovered_at END $$;

-- A ledger of version 1 contains batches and files that have not been counted.
INSERT INTO ingest.throughput (step, bucket, pipeline, node, lane, commits, batches, records, rows_loaded, rows_rejected,
    rows_skipped, bytes,
    read_us, wait_us, copy_us, commit_us)
SELECT 3600, ingest.bucket(b.committed_at, 3600), f.pipeline, '', 0, count(DISTINCT (b.node, b.lane, b.committed_at)),
    count(*), sum(b.records), sum(b.rows_loaded),
    sum(b.rows_rejected), sum(b.rows_skipped), sum(b.end_offset - b.start_offset), sum(b.read_us), sum(b.wait_us),
        sum(b.copy_us), sum(b.commit_us)
FROM ingest.batch b JOIN ingest.file f USING (file_id)
WHERE NOT EXISTS (SELECT FROM ingest.throughput)
GROUP BY 2, 3;
WITH finished AS (
    SELECT ingest.bucket(finished_at, 3600) AS bucket, pipeline, ingest.latency_bin(finished_at - ingest.in_place(mtime_ns,
        discovered_at, finished_at)) AS bin
    FROM ingest.file WHERE status = 'loaded' AND finished_at IS NOT NULL AND NOT EXISTS (SELECT FROM ingest.latency)
), latencies AS (
    INSERT INTO ingest.latency (step, bucket, pipeline, node, lane, bin, files)
    SELECT 3600, bucket, pipeline, '', 0, bin, count(*) FROM finished GROUP BY bucket, pipeline, bin
)
INSERT INTO ingest.throughput AS t (step, bucket, pipeline, node, lane, files_finished)
SELECT 3600, bucket, pipeline, '', 0, count(*) FROM finished GROUP BY bucket, pipeline
ON CONFLICT (step, bucket, pipeline, node, lane) DO UPDATE SET files_finished = t.files_finished + excluded.files_finished;
INSERT INTO ingest.throughput_folded
SELECT pipeline, sum(commits), sum(batches), sum(records), sum(rows_loaded), sum(rows_rejected), sum(rows_skipped), sum(bytes),
    sum(files_finished), sum(read_us),
    sum(wait_us), sum(copy_us), sum(commit_us), max(bucket) FILTER (WHERE batches > 0),
        max(bucket) FILTER (WHERE files_finished > 0)
FROM ingest.throughput WHERE step > 10 AND NOT EXISTS (SELECT FROM ingest.throughput_folded) GROUP BY pipeline;
