#!/bin/bash
# bench/monitor.sh [answers|paint|cost|rollup]...
# Benchmarks the monitor on this machine, on a private PostgreSQL with default settings. Results go to standard output and to
# bench/results/monitor-<date>.txt.
#
#   answers  a ledger with a month of history (bench/seed-history): percentiles of the response time of each kind of request, one
#            after the other
#   paint    the same ledger: when a browser paints each page (bench/paint.mjs; needs Node and Chromium)
#   cost     rows/s of up without viewers, and with three browsers' worth of /api/v1/live and a scrape per second; rounds
#            interleaved
#   rollup   cost of counting: the time of the statement that finishes and counts files (finishing alone was about half of it
#            before), and of the triggers, as a share of the load's time
#
# INGEST_BENCH_FILES (1000000 files of history), INGEST_BENCH_ROUNDS (5), INGEST_BENCH_ROWS (100000 rows in each of 20 files),
# INGEST (./ingest).
# INGEST_BENCH_DB: a seeded database for answers, instead of seeding one: postgres://…
set -euo pipefail

. "$(dirname "$0")/common.sh"
files=${INGEST_BENCH_FILES:-1000000}
rounds=${INGEST_BENCH_ROUNDS:-5}
rows=${INGEST_BENCH_ROWS:-100000}
http=$((30000 + RANDOM % 10000))
declare -a started=()

finish() {
  local pid
  for pid in "${started[@]}"; do kill -TERM "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done
  stop_postgres
}
trap finish EXIT

start_postgres
record_in monitor- "bench/monitor.sh $*"

serving() { # serving PORT: waits until it answers
  for _ in $(seq 100); do
    if curl -fs "http://127.0.0.1:$1/api/v1/about" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  echo "no answer from the monitor"; exit 1
}

seeded=
asking() { # asking COMMAND...: with the address of a monitor over a seeded ledger
  local db=${INGEST_BENCH_DB:-$seeded}
  if [ -z "$db" ]; then
    fresh_database
    "$root/bench/seed-history" "$url" "$files" >/dev/null
    db=$url
    seeded=$url
  fi
  psql -qAtX "$db" -c "SELECT format('history: %s files, %s batches, %s rows of ingest.throughput, ledger of %s', count(*),
      (SELECT reltuples::bigint FROM pg_class WHERE oid = 'ingest.batch'::regclass),
    (SELECT count(*) FROM ingest.throughput), pg_size_pretty(pg_database_size(current_database()))) FROM ingest.file"
  "$ingest" monitor --db "$db" --http "127.0.0.1:$http" --log-level error </dev/null >/dev/null 2>"$work/monitor.log" &
  started+=($!)
  serving "$http"
  "$@" "http://127.0.0.1:$http"
  kill -TERM "${started[-1]}"; wait "${started[-1]}" || true
  unset 'started[-1]'
}

answers() { asking python3 "$root/bench/answers.py"; }
paint() { asking node "$root/bench/paint.mjs"; }

generated() { [ -d "$work/events" ] || "$ingest" generate --out "$work/events" --files 20 --rows "$rows" --interval 0 \
    --manifest "$work/events.json" >/dev/null; }

loading() { # loading [watched]: rows/s from the first claim to the last commit
  local up pids=()
  seeded=
  fresh_database
  if [ "${1:-}" = watched ]; then
    # Like three open overview pages and a Prometheus with a short interval.
    for _ in 1 2 3; do
      (for _ in $(seq 200); do
        curl -sN --max-time 120 "http://127.0.0.1:$http/api/v1/live" >>"$work/live" 2>/dev/null || true
        sleep 0.1
      done) & pids+=($!)
    done
    (while :; do curl -s "http://127.0.0.1:$http/metrics" >/dev/null || true; sleep 1; done) & pids+=($!)
  fi
  "$ingest" up --watch "$work/events" --table events --exit-when-idle --settle 0 --db "$url" --http "127.0.0.1:$http" \
      --log-level error </dev/null >/dev/null 2>&1 &
  up=$!
  wait "$up"
  for pid in "${pids[@]}"; do
    pkill -P "$pid" curl 2>/dev/null || true
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  [ "$(sql bench -c "SELECT count(*) FROM events")" = $((20 * rows)) ] || { echo "WRONG number of rows"; exit 1; }
  sql bench -c "SELECT round(sum(rows_loaded) / extract(epoch FROM max(finished_at) - min(claimed_at))) FROM ingest.file"
}

cost() {
  generated
  : >"$work/alone"; : >"$work/watched"
  for _ in $(seq "$rounds"); do
    loading >>"$work/alone"
    loading watched >>"$work/watched"
  done
  local a b
  a=$(median <"$work/alone"); b=$(median <"$work/watched")
  echo "cost: 20 x $rows rows through up, rows/s alone $a ($(paste -sd' ' "$work/alone")), with three watchers and a scrape a" \
      "second $b ($(paste -sd' ' "$work/watched")): $(echo "scale=2; 100 * ($a - $b) / $a" | bc) % less"
  echo "events heard by the watchers: $(grep -c '^event: overview' "$work/live" || true)"
}

rollup() {
  local kind
  for kind in rows small; do
    printf "shared_preload_libraries='pg_stat_statements'\npg_stat_statements.track='all'\n" |
        as_postgres tee -a "$work/data/postgresql.conf" >/dev/null
    as_postgres "$bin/pg_ctl" -D "$work/data" -l "$work/data/log" -w restart >/dev/null
    seeded=
    fresh_database
    sql bench -c "CREATE EXTENSION IF NOT EXISTS pg_stat_statements"
    if [ "$kind" = rows ]; then generated; else
      [ -d "$work/small" ] || "$ingest" generate --out "$work/small" --files 2000 --rows 100 --interval 0 \
          --manifest "$work/small.json" >/dev/null
    fi
    sql bench -c "SELECT pg_stat_statements_reset()" >/dev/null
    "$ingest" up --watch "$work/$([ "$kind" = rows ] && echo events || echo small)" --table events --exit-when-idle --settle 0 \
        --db "$url" --http "127.0.0.1:$http" --log-level error </dev/null >/dev/null 2>&1
    sql bench -c "SELECT format('rollup, %s: %s commits counted in %s ms each; counting %s ms, triggers %s ms,'
        ' of %s ms of the load (%s %%)', '$kind', c.calls, round((c.t / c.calls)::numeric, 3),
        round(c.t::numeric), round(g.t::numeric), round(l.ms), round((100 * (c.t + g.t) / l.ms)::numeric, 2))
      FROM (SELECT sum(calls) AS calls, sum(total_exec_time) AS t FROM pg_stat_statements WHERE query LIKE 'WITH done AS%'
          AND toplevel) c,
        (SELECT coalesce(sum(total_exec_time), 0) AS t FROM pg_stat_statements
            WHERE query LIKE 'INSERT INTO ingest.file_count%' AND NOT toplevel) g,
        (SELECT 1000 * extract(epoch FROM max(finished_at) - min(claimed_at)) AS ms FROM ingest.file) l"
  done
}

[ $# -gt 0 ] || set -- answers paint cost rollup
for part in "$@"; do
  case $part in
    answers | paint | cost | rollup) "$part" ;;
    *) echo "unknown part: $part" >&2; exit 2 ;;
  esac
done
