#!/bin/bash
# bench/bookkeeping.sh [ledger|directory|retention]...     (all three)
# What the book-keeping costs, by the number of files: curves of medians (fastest to slowest), on a private PostgreSQL with
# default settings. Results go to standard output and to bench/results/bookkeeping-<date>.txt. Takes about seven minutes.
#
#   ledger     1,000 to 1,000,000 files in the ledger (bench/seed-history: five pipelines, a month), few in the directories: start
#              of a silo, latency of a new file, claims, pages, verbs, bytes
#   directory  1,000 to 100,000 files in a watched directory, all of them loaded: the same, and the listing
#   retention  a million files: deleting batches while files arrive
#
# INGEST_BENCH_POINTS ("1000 10000 100000 1000000"), INGEST_BENCH_ROUNDS (3 starts), INGEST (./ingest), INGEST_BENCH_POSTGRES
# (binaries).
set -euo pipefail

. "$(dirname "$0")/common.sh"
points=${INGEST_BENCH_POINTS:-1000 10000 100000 1000000}
rounds=${INGEST_BENCH_ROUNDS:-3}
http=$((30000 + RANDOM % 10000))
up=
header=user_id,action,product_id,product_name,price,event_time,session_id
finish() {
  [ -z "$up" ] || { kill -TERM "$up" 2>/dev/null && wait "$up" 2>/dev/null; } || true
  stop_postgres
}
trap finish EXIT

start_postgres
record_in bookkeeping- "bench/bookkeeping.sh $*"
pipelines="clicks events orders payments stock"
for name in $pipelines; do mkdir -p "$work/in/$name"; done
{
  echo "{ \"retention\": { \"batches\": \"RETAIN\" }, \"pipelines\": ["
  for name in $pipelines; do
    echo "{ \"name\": \"$name\", \"watch\": [\"$work/in/$name\"], \"recursive\": true," \
        "\"table\": \"events\", \"settleTime\": 0 },"
  done | sed '$ s/,$//'
  echo "] }"
} >"$work/pipelines.json"
sed -i "s/RETAIN/7d/" "$work/pipelines.json"
sed "s/7d/1h/" "$work/pipelines.json" >"$work/short.json"

seconds_since() { echo "$EPOCHREALTIME - $1" | bc; }
note() { printf '%s\n' "$1|$2|${*:3}" >>"$work/notes"; } # note CURVE POINT VALUE...
# curves TITLE POINT...: the notes as a table, and forgets them.
curves() {
  local title=$1
  shift
  echo
  awk -F'|' -v title="$title" -v points="$*" '
    function shown(values,  v, n, i, j, t) {
      n = split(values, v, " ")
      for (i = 2; i <= n; i++) { t = v[i]; for (j = i - 1; j > 0 && v[j] + 0 > t + 0; j--) v[j + 1] = v[j]; v[j + 1] = t }
      return n < 2 ? values : sprintf("%s (%s-%s)", (n % 2) ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2, v[1], v[n])
    }
    { if (!($1 in seen)) { seen[$1] = 1; order[++curves] = $1 } values[$1, $2] = values[$1, $2] " " $3 }
    END {
      n = split(points, at, " ")
      printf "%-42s", title; for (i = 1; i <= n; i++) printf " %22s", at[i]; print ""
      for (c = 1; c <= curves; c++) {
        printf "%-42s", order[c]
        for (i = 1; i <= n; i++) { sub(/^ /, "", values[order[c], at[i]]); printf " %22s", shown(values[order[c], at[i]]) }
        print ""
      }
    }' "$work/notes"
  rm -f "$work/notes"
}

new_files=0
# One content: each is also looked up among the loaded ones.
new_file() {
  new_files=$((new_files + 1))
  printf '%s\n1,view,1,same,1.00,2025-01-01T00:00:00Z,s\n' $header >"$work/new.csv"
  mv "$work/new.csv" "$work/in/events/new-$new_files.csv"
}
loaded() { sql bench -c "SELECT count(*) FROM ingest.file WHERE pipeline = 'events'
    AND path = '$work/in/events/new-$new_files.csv' AND status = 'loaded'"; }
ended_at() { sql bench -c "SELECT extract(epoch FROM finished_at) FROM ingest.file WHERE pipeline = 'events'
    AND path = '$work/in/events/new-$new_files.csv'"; }
ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }

start_up() { # start_up POINT [CONFIG]: with a new file in place; notes when it answers, and when the file is loaded
  new_file
  local from=$EPOCHREALTIME
  "$ingest" up --config "${2:-$work/pipelines.json}" --db "$url" --http "127.0.0.1:$http" \
      --log-level error </dev/null >"$work/up.log" 2>&1 &
  up=$!
  until curl -fs "http://127.0.0.1:$http/api/v1/about" >/dev/null 2>&1; do
    kill -0 "$up" || { cat "$work/up.log"; exit 1; }
    sleep 0.02
  done
  note "start until it answers, s" "$1" "$(printf %.2f "$(seconds_since "$from")")"
  until [ "$(loaded)" = 1 ]; do sleep 0.05; done
  note "start until the first new file is loaded, s" "$1" "$(printf %.2f "$(echo "$(ended_at) - $from" | bc)")"
}
stop_up() {
  kill -TERM "$up"
  wait "$up" || true
  up=
}

arriving() { # arriving POINT [NAME]: 20 files, one each 0.1 s: from the rename to the commit, and the claims
  local first=$((new_files + 1))
  for _ in $(seq 20); do
    new_file
    sleep 0.1
    sql bench -c "SELECT round(claim_ms::numeric, 1) FROM ingest.pipeline WHERE name = 'events'" >>"$work/claims"
  done
  until [ "$(loaded)" = 1 ]; do sleep 0.05; done
  note "${2:-new file, rename to commit, ms}" "$1" \
      "$(sql bench -c "SELECT round(1000 * (extract(epoch FROM finished_at) - mtime_ns / 1e9)) FROM ingest.file
    WHERE pipeline = 'events' AND path ~ '/new-[0-9]+.csv$'
        ORDER BY file_id DESC LIMIT $((new_files - first + 1))" | paste -sd' ')"
  [ -n "${2:-}" ] || note "claim and hand-over, ms" "$1" "$(grep . "$work/claims" | paste -sd' ')"
  rm -f "$work/claims"
}

process() { # process POINT: what the silo costs
  local before
  before=$(ticks "$up")
  sleep 5
  note "silo at rest, % of a core" "$1" "$(echo "scale=1; ($(ticks "$up") - $before) / 5" | bc)"
  note "silo, RSS, MiB" "$1" "$(awk '/VmRSS/ {print int($2 / 1024)}' "/proc/$up/status")"
  note "listing, ms" "$1" "$(sql bench -c "SELECT round(list_ms::numeric, 1) FROM ingest.pipeline WHERE name = 'events'")"
}

bytes() { # bytes POINT: of the tables with their indexes
  note "ingest.file, bytes per file" "$1" \
      "$(sql bench -c "SELECT pg_total_relation_size('ingest.file') / greatest(1, (SELECT count(*) FROM ingest.file))")"
  note "ingest.batch, bytes per batch" "$1" \
      "$(sql bench -c "SELECT pg_total_relation_size('ingest.batch') / greatest(1, (SELECT count(*) FROM ingest.batch))")"
}

timed() { # timed CURVE POINT COMMAND...: five times
  local curve=$1 point=$2 from
  shift 2
  for _ in 1 2 3 4 5; do
    from=$EPOCHREALTIME
    "$@" >/dev/null
    note "$curve" "$point" "$(printf %.0f "$(echo "1000 * ($EPOCHREALTIME - $from)" | bc)")"
  done
}

ledger() {
  local files
  for files in $points; do
    fresh_database
    "$root/bench/seed-history" "$url" "$files" $((files / 2)) "$work/in" >/dev/null
    bytes "$files"
    for round in $(seq "$rounds"); do
      start_up "$files"
      [ "$round" = "$rounds" ] || stop_up
    done
    arriving "$files"
    process "$files"
    python3 "$root/bench/bookkeeping.py" "http://127.0.0.1:$http" | while IFS='|' read -r name times; do
      note "$name" "$files" "${times//|/ }"
    done
    timed "replay --again of a file, command, ms" "$files" "$ingest" replay --again --db "$url" \
        "$work/in/events/new-$new_files.csv"
    timed "files --search, command, ms" "$files" "$ingest" files --db "$url" --search new-1
    stop_up
  done
  # shellcheck disable=SC2086
  curves "files in the ledger:" $points
}

directory() {
  local files have=0 from point=
  fresh_database
  rm -f "$work"/in/events/*
  for files in $points; do
    [ "$files" -le 100000 ] || continue
    point="$point $files"
    python3 - "$work/in/events" "$have" "$files" "$header" <<'P'
import sys
folder, have, files, header = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
for i in range(have, files):
    with open(f"{folder}/events-2026-05-01-{i:06d}.csv", "w") as file:
        file.write(f"{header}\n{i},view,1,product,1.00,2025-01-01T00:00:00Z,s\n")
P
    sql bench -c "CHECKPOINT"
    from=$EPOCHREALTIME
    "$ingest" up --config "$work/pipelines.json" --exit-when-idle --db "$url" --http "127.0.0.1:$http" \
        --log-level error </dev/null >"$work/up.log" 2>&1 &
    up=$!
    while kill -0 "$up" 2>/dev/null; do
      sql bench -c "SELECT round(claim_ms::numeric, 1) FROM ingest.pipeline WHERE name = 'events'
          AND claim_ms IS NOT NULL" >>"$work/claims" || true
      sleep 0.5
    done
    wait "$up" || { cat "$work/up.log"; exit 1; }
    up=
    note "files loaded per second" "$files" \
        "$(sql bench -c "SELECT round(count(*) / extract(epoch FROM max(finished_at) - min(claimed_at))) FROM ingest.file
      WHERE status = 'loaded' AND finished_at > to_timestamp($from)")"
    note "claim of 128 and hand-over, ms" "$files" "$(grep . "$work/claims" | paste -sd' ')"
    rm -f "$work/claims"
    have=$files
    bytes "$files"
    for round in $(seq "$rounds"); do
      start_up "$files"
      [ "$round" = "$rounds" ] || stop_up
    done
    arriving "$files"
    process "$files"
    stop_up
  done
  # shellcheck disable=SC2086
  curves "files in a directory, and in the ledger:" $point
}

retention() {
  local files=${points##* } before bytes from oldest
  fresh_database
  "$root/bench/seed-history" "$url" "$files" 1000 "$work/in" >/dev/null
  before=$(sql bench -c "SELECT count(*) FROM ingest.batch")
  bytes=$(sql bench -c "SELECT pg_total_relation_size('ingest.batch')")
  start_up "$files"
  arriving "$files" "new file while nothing is deleted, ms"
  stop_up
  start_up "$files" "$work/short.json"
  oldest=$(sql bench -c "SELECT min(committed_at) FROM ingest.batch")
  # a turn begins every 30 s
  until [ "$(sql bench -c "SELECT min(committed_at) FROM ingest.batch")" != "$oldest" ]; do sleep 0.2; done
  from=$EPOCHREALTIME
  before=$(sql bench -c "SELECT count(*) FROM ingest.batch")
  for _ in 1 2 3; do arriving "$files" "new file while batches are deleted, ms"; done
  note "batches deleted per second" "$files" \
      "$(echo "($before - $(sql bench -c "SELECT count(*) FROM ingest.batch")) / $(seconds_since "$from")" | bc)"
  note "ingest.batch grew to, % of before" "$files" \
      "$(echo "100 * $(sql bench -c "SELECT pg_total_relation_size('ingest.batch')") / $bytes" | bc)"
  stop_up
  curves "retention of batches, files in the ledger:" "$files"
}

[ $# -gt 0 ] || set -- ledger directory retention
for part in "$@"; do
  case $part in
    ledger | directory | retention) "$part" ;;
    *) echo "unknown part: $part" >&2; exit 2 ;;
  esac
done
