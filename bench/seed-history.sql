-- A month of history, as a busy cluster would leave it: :files loaded files of ten batches each in five pipelines (upkeep keeps
-- the batches of a week), the sums over time as upkeep folds them, history, :rejects rejects of which a fifth is open, nodes, and
-- some files of every other state. For an empty, migrated database; a superuser's script. psql -v files=1000000 -v rejects=500000
-- -v root=/data -f bench/seed-history.sql
\set ON_ERROR_STOP on
\if :{?files}
\else
\set files 1000000
\endif
\if :{?rejects}
\else
\set rejects 500000
\endif
\if :{?root}
\else
\set root /data
\endif
SET session_replication_role = replica; -- no triggers, no foreign keys: the counts are written below
SET synchronous_commit = off;
SET work_mem = '256MB';

INSERT INTO ingest.pipeline (name, config)
SELECT name, jsonb_build_object('name', name, 'table', 'public.' || name, 'watch', jsonb_build_array('/data/' || name))
FROM unnest(ARRAY['clicks', 'events', 'orders', 'payments', 'stock']) AS name ON CONFLICT DO NOTHING;

INSERT INTO ingest.node (node, kind, host, pid, version, cores, memory_bytes, cpu_percent, rss_bytes, lanes, capacity, state,
    lock_key, started_at, heartbeat_at, left_at)
SELECT 'silo-' || n, 'silo', 'host-' || n % 3, 1000 + n, '0.1.0', 8, 32::bigint << 30, 40, 200 << 20, 2, 128,
    CASE WHEN n <= 3 THEN 'alive' ELSE 'left' END, n, now() - n * interval '10 h', now() - (n - 1) * interval '10 h',
        CASE WHEN n > 3 THEN now() - (n - 3) * interval '10 h' END
FROM generate_series(1, 60) n;

INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, sha256, status, epoch, owner_node, records_read,
    rows_loaded, rows_rejected, rows_skipped,
    bytes_read, attempts, discovered_at, ready_at, claimed_at, started_at, finished_at)
SELECT p.name, format('%s/%s/%s/part-%s.csv', :'root', p.name, to_char(at, 'YYYY-MM-DD'), lpad(n::text, 7, '0')), 1000000,
    (extract(epoch FROM at) * 1000000000)::bigint, 1, n,
    sha256(n::text::bytea), 'loaded', 1, 'silo-' || 1 + n % 3, 10000, 9990, 10, 0, 1000000, 0, at + interval '20 ms',
        at + interval '30 ms', at + interval '50 ms', at + interval '50 ms',
    at + interval '100 ms' + (n % 1000) * interval '1 ms'
FROM generate_series(1, :files) n, LATERAL (SELECT now() - interval '30 d' * (1 - n::double precision / :files) AS at) t,
    LATERAL (SELECT (ARRAY['clicks', 'events', 'orders', 'payments', 'stock'])[1 + n % 5] AS name) p;

INSERT INTO ingest.file (pipeline, path, size, mtime_ns, dev, inode, status, reason, error, discovered_at, ready_at,
    finished_at, attempts, next_attempt_at)
SELECT (ARRAY['clicks', 'events', 'orders', 'payments', 'stock'])[1 + n % 5], format('/data/other/%s-%s.csv', status, n),
    1000000, (extract(epoch FROM now()) * 1000000000)::bigint, 1,
    10000000 + n, status, 'seeded', CASE WHEN status IN ('failed', 'quarantined') THEN 'seeded' END,
        now() - n * interval '1 s', now() - n * interval '1 s',
    CASE WHEN status IN ('quarantined', 'ignored', 'vanished') THEN now() - n * interval '1 s' END, 1,
        CASE WHEN status = 'failed' THEN now() + interval '1 d' END
FROM (VALUES ('discovered', 50), ('ready', 2000), ('failed', 100), ('quarantined', 500), ('ignored', 1000),
    ('vanished', 200)) s (status, many), LATERAL generate_series(1, many) n;

INSERT INTO ingest.batch (file_id, start_offset, end_offset, first_record, first_line, records, lines, rows_loaded,
    rows_rejected, rows_skipped, epoch, node, lane,
    read_us, wait_us, copy_us, commit_us, committed_at)
SELECT f.file_id, b * 100000, (b + 1) * 100000, b * 1000 + 1, b * 1000 + 2, 1000, 1000, 999, 1, 0, 1, f.owner_node,
    1 + f.file_id % 2, 4000, 1000, 9000, 2500,
    f.started_at + (b + 1) * (f.finished_at - f.started_at) / 10
FROM ingest.file f, generate_series(0, 9) b WHERE f.status = 'loaded' AND f.finished_at > now() - interval '7 d'
    ORDER BY f.file_id, b;

-- The sums as they are kept: ten seconds for two hours, minutes for two days, hours before.
CREATE TEMP TABLE finished AS
SELECT CASE WHEN finished_at >= edge.ten THEN 10 WHEN finished_at >= edge.minute THEN 60 ELSE 3600 END AS step, pipeline,
    owner_node, (1 + file_id % 2)::integer AS lane,
    finished_at, ingest.latency_bin(finished_at - discovered_at) AS bin
FROM ingest.file, (SELECT ingest.bucket(now() - interval '2 h', 3600) AS ten,
    ingest.bucket(now() - interval '2 d', 3600) AS minute) edge WHERE status = 'loaded';
CREATE TEMP VIEW placed AS
SELECT step, ingest.bucket(finished_at, step) AS bucket, pipeline, CASE WHEN step = 10 THEN owner_node ELSE '' END AS node,
    CASE WHEN step = 10 THEN lane ELSE 0 END AS lane, bin FROM finished;
INSERT INTO ingest.throughput (step, bucket, pipeline, node, lane, commits, batches, records, rows_loaded, rows_rejected,
    bytes, files_finished, read_us, wait_us, copy_us, commit_us)
SELECT step, bucket, pipeline, node, lane, 5 * count(*), 10 * count(*), 10000 * count(*), 9990 * count(*), 10 * count(*),
    1000000 * count(*), count(*), 40000 * count(*),
    10000 * count(*), 90000 * count(*), 25000 * count(*)
FROM placed GROUP BY step, bucket, pipeline, node, lane ORDER BY step, bucket, pipeline, node, lane;
INSERT INTO ingest.latency SELECT step, bucket, pipeline, node, lane, bin, count(*) FROM placed
    GROUP BY step, bucket, pipeline, node, lane, bin ORDER BY 1, 2, 3, 4, 5, 6;

INSERT INTO ingest.throughput_folded
SELECT pipeline, sum(commits), sum(batches), sum(records), sum(rows_loaded), sum(rows_rejected), sum(rows_skipped), sum(bytes),
    sum(files_finished), sum(read_us),
    sum(wait_us), sum(copy_us), sum(commit_us), max(bucket), max(bucket)
FROM ingest.throughput WHERE step > 10 GROUP BY pipeline;

TRUNCATE ingest.file_count;
INSERT INTO ingest.file_count SELECT pipeline, status, count(*), sum(size) FROM ingest.file GROUP BY pipeline, status;

INSERT INTO ingest.history (at, kind, pipeline, file_id, node, who, detail)
SELECT now() - n * interval '25 s', (ARRAY['file.quarantined', 'file.vanished', 'node.dead', 'operator.pause',
    'operator.resume'])[1 + n % 5],
    (ARRAY['clicks', 'events', 'orders', 'payments', 'stock'])[1 + n % 5], n, 'silo-1', 'anna', 'seeded ' || n
FROM generate_series(1, 100000) n;
INSERT INTO public.corrupt_records (raw_record, file, file_id, line, record_number, byte_offset, reason, column_name, detail,
    pipeline, ingestion_time, status)
SELECT n || ',view,abc', '/data/events/' || n, n, 3, 2, 100, (ARRAY['bad_value', 'field_count', 'broken_quote'])[1 + n % 3],
    (ARRAY['product_id', NULL, NULL])[1 + n % 3], (ARRAY['invalid input syntax for type integer: "v' || n || '"',
        'expected 3 fields, found ' || n % 7,
        'a quote is misplaced or not closed; lines ' || n || ' to ' || n + 5 || ' were taken as one record'])[1 + n % 3],
    (ARRAY['clicks', 'events', 'orders', 'payments', 'stock'])[1 + n % 5], now() - n * interval '5 s',
        CASE n / 7 % 5 WHEN 0 THEN 'open' ELSE 'replayed' END
FROM generate_series(1, :rejects) n;
INSERT INTO ingest.reject_count SELECT pipeline, file_id, count(*) FROM public.corrupt_records WHERE status = 'open'
    GROUP BY pipeline, file_id;
INSERT INTO ingest.alert (rule, pipeline, severity, message, value, threshold, fired_at, resolved_at, fired_told_at,
    resolved_told_at)
SELECT 'oldest-file', 'events', 'warning', 'seeded', 700, 600, now() - n * interval '2 h',
    now() - n * interval '2 h' + interval '5 min', now(), now() FROM generate_series(1, 300) n;
VACUUM ANALYZE;
