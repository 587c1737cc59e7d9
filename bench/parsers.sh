#!/usr/bin/env bash
# bench/parsers.sh [encode|load]: how reading one large file scales with parsers.
# encode (default): without a server; rows are encoded and thrown away. Prints the rates of the scan that divides the file, of one
# parser without a scan, and of 1, 2 and 4 parsers behind it. The last line says how many parsers the scan and the hash feed,
# whatever number of processors there is here. INGEST_BENCH_MB (200): size of the file; INGEST_BENCH_ROUNDS (7). taskset -c 0
# limits it to one processor.
# load: into a private PostgreSQL; the same rows in 20 files, and in one file with 1, auto, 2 and 4 parsers, interleaved and in an
# order that rotates. Prints seconds, processor seconds of the client, and what 20 files took over what one file took in the same
# round. INGEST_BENCH_ROWS (100000): in each of 20 files; INGEST_BENCH_ROUNDS (6).
set -euo pipefail

encode() {
  local root tests=OrleansIngest.Engine.Tests
  root=$(cd "$(dirname "$0")/.." && pwd -P)
  MSBUILDDISABLENODEREUSE=1 dotnet build "$root/tests/$tests" -c Release -v q --nologo >/dev/null
  "$root/artifacts/bin/$tests/release/$tests" -noColor -explicit only -showLiveOutput -class $tests.Loading.Parallel.ParserScale |
    sed -n 's|.*\[OUTPUT\] ||p; /FAIL/p'
}

load() {
  . "$(dirname "$0")/common.sh"
  local rounds=${INGEST_BENCH_ROUNDS:-6} rows=${INGEST_BENCH_ROWS:-100000} cases=(twenty 1 auto 2 4) round i name found
  trap stop_postgres EXIT
  start_postgres
  "$ingest" generate --out "$work/twenty" --files 20 --rows "$rows" --interval 0 >/dev/null
  mkdir "$work/one"
  set -- "$work"/twenty/*.csv
  { cat "$1"; shift; for file in "$@"; do tail -n +2 "$file"; done; } >"$work/one/all.csv"
  echo "machine: $(nproc) cores, load before $(cut -d' ' -f1 /proc/loadavg); $(du -m "$work/one/all.csv" | cut -f1) MB," \
      "$((20 * rows)) rows"
  for round in $(seq 0 "$rounds"); do # the first one is not counted
    for i in "${!cases[@]}"; do
      name=${cases[(i + round) % ${#cases[@]}]}
      fresh_database
      if [ "$name" = twenty ]; then set -- "$work/twenty"; else set -- "$work/one" --parsers "$name"; fi
      TIMEFORMAT='%R %U %S'
      { time "$ingest" load "$@" --table events --db "$url" --bulk off >/dev/null 2>&1; } 2>"$work/time"
      found=$(sql bench -c "SELECT count(*) FROM events")
      [ "$found" = $((20 * rows)) ] || { echo "WRONG: $found rows with $name"; exit 1; }
      [ "$round" = 0 ] || awk '{print $1, $2 + $3}' "$work/time" >>"$work/$name.times"
    done
  done
  for name in "${cases[@]}"; do
    echo "$name: $(cut -d' ' -f1 "$work/$name.times" | median) s, $(cut -d' ' -f2 "$work/$name.times" | median) s of the" \
        "client's processor time," \
      "20 files over this $(paste -d' ' "$work/twenty.times" "$work/$name.times" | awk '{print $1 / $3}' | median)" \
      "(all: $(cut -d' ' -f1 "$work/$name.times" | paste -sd' '))"
  done
}

case ${1:-encode} in
  encode) encode ;;
  load) load ;;
  *) echo "unknown: $1; use encode or load" >&2; exit 2 ;;
esac
