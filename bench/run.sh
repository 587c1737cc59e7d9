#!/bin/bash
# bench/run.sh [--postgres DIR]
# [all|rows|indexed|bulk|insert|rejects|modes|small|formats|latency|idle|start|memory|codecs|whole|tail|large-gzip|shapes]...
# Compares this program with psql \copy and with Spark's JDBC sink (bench/JdbcSink.java) on this machine, in one run, on a private
# PostgreSQL with default settings. Rounds are interleaved and alternate their order, because the second run competes with the
# disk writes of the first. The first round is not counted: a new server creates its WAL files in it. The ratio is the result.
# Results go to standard output and to bench/results/<date>.txt.
# --postgres DIR: the server's binaries, in DIR, DIR/bin or DIR/native/bin; default: the newest installed ones.
# shapes: see bench/shapes.sh. `bench/run.sh bookkeeping [PART]...` runs bench/bookkeeping.sh instead.
# INGEST_BENCH_ROUNDS (4, preferably even), INGEST_BENCH_ROWS (100000 rows in each of 20 files),
# INGEST_BEFORE (an older program that the scenario modes measures in turn).
set -eEuo pipefail
trap 'echo "bench/run.sh: line $LINENO failed: $BASH_COMMAND" >&2' ERR

command="bench/run.sh $*"
parts=()
while [ $# -gt 0 ]; do
  case $1 in
    --postgres) INGEST_BENCH_POSTGRES=${2:?--postgres needs a directory}; shift 2 ;;
    --postgres=*) INGEST_BENCH_POSTGRES=${1#*=}; shift ;;
    -h|--help) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    *) parts+=("$1"); shift ;;
  esac
done
set -- "${parts[@]}"
if [ "${1:-}" = bookkeeping ]; then
  export INGEST_BENCH_POSTGRES=${INGEST_BENCH_POSTGRES:-}
  exec "$(dirname "$0")/bookkeeping.sh" "${@:2}"
fi

. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/shapes.sh"
rounds=${INGEST_BENCH_ROUNDS:-4}
rows=${INGEST_BENCH_ROWS:-100000}
columns=user_id,action,product_id,product_name,price,event_time,session_id
trap stop_postgres EXIT

start_postgres
record_in "" "$command"

seconds() { # seconds COMMAND...: wall time, including the program's start
  local from to
  from=$(date +%s.%N)
  "$@" >/dev/null
  to=$(date +%s.%N)
  echo "$to - $from" | bc
}

check() { # check ROWS
  local found
  found=$(sql bench -c "SELECT count(*) FROM events")
  [ "$found" = "$1" ] || { echo "WRONG: $found rows instead of $1"; exit 1; }
}

with_ingest() { "$ingest" load "$work/events" --table events --db "$url" --bulk "${bulk:-off}"; } # bulk=on|off|auto
with_psql() { find "$work/events" -name '*.csv' | sort |
    xargs -P 2 -I{} psql -h 127.0.0.1 -p "$port" -U postgres -qX bench -c "\copy events($columns) from {} csv header"; }
with_insert() { java -cp "$jdbc:$work/sink" JdbcSink "jdbc:postgresql://127.0.0.1:$port/bench?user=postgres" events \
    "$work"/events/*.csv; }
generated() { [ -d "$work/events" ] || "$ingest" generate --out "$work/events" --files 20 --rows "$rows" \
    --interval 0 >/dev/null; }

once() { # once WHAT INDEXED FILE: into a fresh database; adds the seconds to FILE
  fresh_database "$2"
  seconds "$1" >>"$3"
  check $((20 * rows))
  [ "$2" != indexed ] || [ "$(sql bench -c "SELECT count(*) FROM pg_index WHERE indrelid = 'events'::regclass AND indisvalid
      AND indisready")" = 3 ] ||
    { echo "WRONG: an index is missing or not valid"; exit 1; }
}

compare() { # compare TITLE WHAT INDEXED
  generated
  once with_ingest "$3" /dev/null
  : >"$work/a"; : >"$work/b"
  for round in $(seq "$rounds"); do
    if [ $((round % 2)) = 1 ]; then once with_ingest "$3" "$work/a"; fi
    once "$2" "$3" "$work/b"
    if [ $((round % 2)) = 0 ]; then once with_ingest "$3" "$work/a"; fi
  done
  local a b
  a=$(median <"$work/a"); b=$(median <"$work/b")
  echo "$1: ingest load $a s ($(echo "20 * $rows / $a" | bc) rows/s; all: $(paste -sd' ' "$work/a")), $2 $b s (all:" \
      "$(paste -sd' ' "$work/b")), ratio $(echo "scale=2; $b / $a" | bc)"
}

small() {
  "$ingest" generate --out "$work/small" --files 2000 --rows 100 --interval 0 --manifest "$work/small.json" >/dev/null
  fresh_database indexed
  "$ingest" up --watch "$work/small" --table events --exit-when-idle --settle 0 --db "$url" --http 127.0.0.1:0 \
      --log-level error 2>/dev/null
  check 200000
  sql bench -c "SELECT format('small files: 2,000 x 100 rows through up, three indexes:'
    ' %s files/s from first claim to last commit (%s s)', round(files / seconds), round(seconds, 2))
    FROM (SELECT count(*) AS files, extract(epoch FROM max(finished_at) - min(claimed_at)) AS seconds FROM ingest.file) AS f"
}

publish_program() { # publish_program NAME: $work/NAME/NAME from bench/NAME.cs; built in a folder of its own, or they mix
  "${dotnet:-dotnet}" publish "$root/bench/$1.cs" --artifacts-path "$work/$1-build" -o "$work/$1" >"$work/publish.log" ||
    { cat "$work/publish.log"; exit 1; }
}

latency() { # bench/Latency.cs says how it is measured
  local up
  publish_program Latency
  fresh_database indexed
  mkdir -p "$work/arriving"
  "$ingest" up --watch "$work/arriving" --table events --settle 0 --db "$url" --http 127.0.0.1:0 </dev/null >/dev/null \
      2>"$work/up.log" &
  up=$!
  until grep -q '"Pages":"' "$work/up.log"; do kill -0 $up || { cat "$work/up.log"; exit 1; }; sleep 0.1; done
  "$work/Latency/Latency" "Host=127.0.0.1;Port=$port;Username=postgres;Database=bench" "$work/arriving" 300 300 >"$work/ms" ||
    { kill -TERM $up; exit 1; }
  kill -TERM $up
  wait $up || true
  check 30000
  sort -n "$work/ms" | awk -v first="$(head -n 1 "$work/ms")" '{v[NR] = $1} END {
    printf "latency: %d files of 100 rows, three a second, rename to rows visible, three indexes: p50 %s ms, p90 %s ms, " \
      "p99 %s ms, most %s ms, the first after the start %s ms\n",
      NR, v[int(NR * 0.5)], v[int(NR * 0.9)], v[int(NR * 0.99)], v[NR], first}'
}

rejects() { # half of the rows have an existing key: no comparison, because COPY loads all or nothing
  awk 'BEGIN { print "id,n"; for (i = 1; i <= 200000; i++) print int((i + 1) / 2) "," i }' >"$work/half.csv"
  for round in $(seq "$rounds"); do
    fresh_database
    sql bench -c "CREATE TABLE half (id int PRIMARY KEY, n int)"
    seconds "$ingest" load "$work/half.csv" --table half --db "$url" >>"$work/r"
    [ "$(sql bench -c "SELECT (SELECT count(*) FROM half) || ' ' || (SELECT count(*)
        FROM corrupt_records)")" = "100000 100000" ] || { echo "WRONG: rejects"; exit 1; }
  done
  local a
  a=$(median <"$work/r")
  echo "rejects: 200,000 rows, every second one with a key that is taken: $a s ($(echo "200000 / $a" | bc) rows/s; all:" \
      "$(paste -sd' ' "$work/r"))"
}

# the same rows with a key, unordered, in each write mode; into an empty table, and into a table with half of the keys and
# other values
modes() {
  generated
  mkdir -p "$work/keyed"
  local f n=0
  for f in "$work"/events/*.csv; do
    awk -v file="$n" -v rows="$rows" '
      NR == 1 { print "event_id," $0 }
      NR > 1 { print file * rows + (NR * 7919) % rows "," $0 }' "$f" >"$work/keyed/$(basename "$f")"
    n=$((n + 1))
  done
  keyed() { # keyed MODE TABLE [before]: from a table of its kind, empty or half; by the program INGEST_BEFORE, where that is said
    local program=$ingest
    [ "${3:-}" != before ] || program=$INGEST_BEFORE
    fresh_database ""
    sql bench -c "CREATE TABLE keyed (event_id bigint PRIMARY KEY, LIKE events INCLUDING DEFAULTS);
      ALTER TABLE keyed DROP COLUMN IF EXISTS id"
    if [ "$2" = half ]; then
      "$ingest" load "$work/keyed" --table keyed --db "$url" >/dev/null
      sql bench -c "DELETE FROM keyed WHERE event_id % 2 = 0" -c "UPDATE keyed SET action = action || '!'" \
          -c "VACUUM FULL keyed" -c CHECKPOINT
    fi
    seconds "$program" load "$work/keyed" --table keyed --write "$1" --again --db "$url"
    [ "$(sql bench -c "SELECT count(*) FROM keyed")" = $((20 * rows)) ] || { echo "WRONG: $1 into $2" >&2; exit 1; }
  }
  local kind kinds="append-empty upsert-empty insertNew-empty upsert-half insertNew-half" a b
  if [ -n "${INGEST_BEFORE:-}" ]; then kinds=$(for kind in $kinds; do printf '%s %s-before ' "$kind" "$kind"; done); fi
  for kind in $kinds; do : >"$work/m-$kind"; done
  for round in $(seq 0 "$rounds"); do # the first is not counted
    for kind in $kinds; do keyed ${kind//-/ } >"$work/m"; [ "$round" = 0 ] || cat "$work/m" >>"$work/m-$kind"; done
  done
  a=$(median <"$work/m-append-empty")
  for kind in $kinds; do
    b=$(median <"$work/m-$kind")
    echo "modes: 20 x $rows rows, primary key: ${kind%%-*}, table ${kind#*-}: $b s ($(echo "20 * $rows / $b" | bc) rows/s;" \
        "all: $(paste -sd' ' "$work/m-$kind")), $(echo "scale=2; $a / $b" | bc) of append"
  done
}

formats() { # one file of 20 x $rows rows in each format, no index; peak memory of the process too
  "${dotnet:-dotnet}" run "$root/bench/EventsFile.cs" -- "$work" $((20 * rows)) >/dev/null
  for format in csv ndjson json parquet; do
    : >"$work/f"
    for round in $(seq 0 "$rounds"); do # the first is not counted
      fresh_database
      seconds python3 - "$work/peak" "$ingest" load "$work/events.$format" --table events --db "$url" <<'P' >>"$work/f"
import resource, subprocess, sys
subprocess.run(sys.argv[2:], check=True, stdout=subprocess.DEVNULL)
open(sys.argv[1], "w").write("%.0f" % (resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024))
P
      check $((20 * rows))
    done
    local a
    a=$(tail -n +2 "$work/f" | median)
    echo "formats: $((20 * rows)) rows of events as $format: $a s ($(echo "20 * $rows / $a" | bc) rows/s; all:" \
        "$(tail -n +2 "$work/f" | paste -sd' ')), peak RSS $(cat "$work/peak") MiB"
  done
}

ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }
server_ticks() { # of the server and all of its processes, also those that have ended
  local postmaster
  postmaster=$(head -n 1 "$work/data/postmaster.pid")
  for process in "$postmaster" $(pgrep -P "$postmaster"); do
    awk -v all="$([ "$process" = "$postmaster" ] && echo 1 || echo 0)" '{print $14 + $15 + all * ($16 + $17)}' \
        "/proc/$process/stat" 2>/dev/null || true
  done | awk '{sum += $1} END {print sum}'
}

idle() { # one silo, then two of one cluster
  fresh_database
  mkdir -p "$work/empty"
  local silos=() silo before server share
  for count in 1 2; do
    "$ingest" up --watch "$work/empty" --table events --db "$url" --http 127.0.0.1:0 \
        --log-level error </dev/null >/dev/null 2>&1 &
    silos+=($!)
    sleep 15
    before=()
    for silo in "${silos[@]}"; do before+=("$(ticks "$silo")"); done
    server=$(server_ticks)
    sleep 60
    share=
    for ((i = 0; i < count; i++)); do share="$share$(echo "scale=2; ($(ticks "${silos[i]}") - ${before[i]}) / 60" | bc) "; done
    echo "idle: silos: $count; with nothing to do for 60 s: ${share}% of a core, the server" \
        "$(echo "scale=2; ($(server_ticks) - $server) / 60" | bc) %"
  done
  kill -TERM "${silos[@]}"
  wait "${silos[@]}" || true
}

start() { # from the start of the process until it is ready, on a database that is migrated
  fresh_database
  mkdir -p "$work/empty"
  local at up from
  : >"$work/s"
  for round in $(seq 0 "$rounds"); do # the first is not counted
    at=$((30000 + RANDOM % 2000))
    from=$(date +%s.%N)
    "$ingest" up --watch "$work/empty" --table events --db "$url" --http "127.0.0.1:$at" \
        --log-level error </dev/null >"$work/up.log" 2>&1 &
    up=$!
    until curl -sf "http://127.0.0.1:$at/health/ready" >/dev/null 2>&1; do
      kill -0 $up 2>/dev/null || { echo "WRONG: up ended before it was ready: $(cat "$work/up.log")"; exit 1; }
      sleep 0.01
    done
    [ "$round" = 0 ] || echo "$(date +%s.%N) - $from" | bc >>"$work/s"
    [ "$round" = 0 ] || ticks $up >>"$work/st"
    kill -TERM $up
    wait $up || true
  done
  echo "start: up is ready after $(median <"$work/s") s (all: $(paste -sd' ' "$work/s")), $(median <"$work/st") hundredths of" \
      "a second of processor time"
}

one_row() { # a load of one record, which is a start and nothing else; the first of 21 is not counted
  local i who took
  for i in $(seq 0 20); do
    printf 'user_id,action,event_time\n%s,view,2026-01-01 00:00Z\n' "$i" >"$work/one-$i.csv"
    for who in load copy; do
      if [ "$who" = load ]; then set -- "$ingest" load "$work/one-$i.csv" --table events --db "$url"
      else set -- psql -h 127.0.0.1 -p "$port" -U postgres -qX bench \
          -c "\copy events(user_id, action, event_time) from $work/one-$i.csv csv header"
      fi
      took=$(python3 "$root/bench/measured.py" "$(head -n 1 "$work/data/postmaster.pid")" "$@")
      [ "$i" = 0 ] || echo "$took" >>"$work/one-$who"
    done
  done
  for who in load copy; do
    awk -v who="$who" -v median="$(cut -d' ' -f1 "$work/one-$who" | median)" '
      { client += $2; server += $3 }
      END {
        printf "start: one record, %s: %.3f s (median of %d), processor time on average: client %.3f s, server %.3f s\n",
          who == "load" ? "ingest load" : "psql \\copy", median, NR, client / NR, server / NR
      }' "$work/one-$who"
  done
}

memory() { # a file of about 2 GB
  "$ingest" generate --out "$work/big" --files 1 --rows 20000000 --interval 0 --manifest "$work/big.json" >/dev/null
  fresh_database
  python3 - "$ingest" load "$work/big" --table events --db "$url" <<'P'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print("memory: load of one file of 20,000,000 rows: peak RSS %.0f MiB" % peak)
P
  check 20000000
  fresh_database
  python3 - "$ingest" up --watch "$work/big" --table events --exit-when-idle --db "$url" --http 127.0.0.1:0 \
      --log-level error <<'P'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print("memory: the same through up: peak RSS %.0f MiB" % (resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024))
P
  check 20000000
}

codecs() { # the same rows as plain text, gzip and zstd, in alternating order
  generated
  local kind f
  for kind in gzip zstd; do
    mkdir -p "$work/$kind"
    for f in "$work"/events/*.csv; do
      case $kind in
        gzip) gzip -6 <"$f" >"$work/gzip/$(basename "$f").gz" ;;
        zstd) zstd -q -3 <"$f" >"$work/zstd/$(basename "$f").zst" ;;
      esac
    done
  done
  packed() { "$ingest" load "$work/$1" --table events --db "$url"; }
  : >"$work/c-events"; : >"$work/c-gzip"; : >"$work/c-zstd"
  for round in $(seq 0 "$rounds"); do
    for kind in $([ $((round % 2)) = 0 ] && echo events gzip zstd || echo zstd gzip events); do
      fresh_database ""
      if [ "$round" = 0 ]; then packed "$kind" >/dev/null; else seconds packed "$kind" >>"$work/c-$kind"; fi
      check $((20 * rows))
    done
  done
  local plain other
  plain=$(median <"$work/c-events")
  for kind in gzip zstd; do
    other=$(median <"$work/c-$kind")
    echo "codecs: 20 x $rows rows, plain $plain s (all: $(paste -sd' ' "$work/c-events")), $kind $other s (all:" \
        "$(paste -sd' ' "$work/c-$kind")), ratio $(echo "scale=2; $plain / $other" | bc)"
  done
}

whole() { # the same rows in batches, and as whole files: 20 files, and one file; without an index
  generated
  mkdir -p "$work/one"
  { head -1 -q "$work"/events/*.csv | head -1; tail -q -n +2 "$work"/events/*.csv; } >"$work/one/all.csv"
  local of kind
  staged() { # staged FOLDER KIND
    case $2 in
      append) "$ingest" load "$work/$1" --table events --db "$url" ;;
      whole) "$ingest" load "$work/$1" --table events --db "$url" --whole-file ;;
      replace) "$ingest" load "$work/$1" --table events --db "$url" --write replaceTable ;;
    esac
  }
  for of in events one; do
    rm -f "$work"/w-*
    for round in $(seq 0 "$rounds"); do
      for kind in $([ $((round % 2)) = 0 ] && echo append whole replace || echo replace whole append); do
        [ "$of $kind" != "events replace" ] || continue # the last of 20 files would stay
        fresh_database ""
        [ "$kind" != replace ] || sql bench \
            -c "INSERT INTO events (user_id, action, product_id, product_name, price, event_time, session_id)
          SELECT i, 'view', i, 'old', 1, now(), 's' FROM generate_series(1, $((20 * rows))) i"
        if [ "$round" = 0 ]; then staged "$of" "$kind" >/dev/null; else seconds staged "$of" "$kind" >>"$work/w-$kind"; fi
        check $((20 * rows))
      done
    done
    local plain other
    plain=$(median <"$work/w-append")
    for kind in whole replace; do
      [ -f "$work/w-$kind" ] || continue
      other=$(median <"$work/w-$kind")
      echo "whole: $((20 * rows)) rows in $([ "$of" = one ] && echo "one file" || echo "20 files"), append $plain s (all:" \
          "$(paste -sd' ' "$work/w-append")), $kind $other s (all: $(paste -sd' ' "$work/w-$kind"))," \
          "ratio $(echo "scale=2; $plain / $other" | bc)"
    done
  done
}

# a log with INGEST_BENCH_LINES (1000) lines, one at a time: from the line's writing to the commit of its row, by the clock
# of this machine
tail_log() {
  local lines=${INGEST_BENCH_LINES:-1000} i
  as_postgres "$bin/pg_ctl" -D "$work/data" -l "$work/data/log" -w -o "-c track_commit_timestamp=on" restart >/dev/null
  fresh_database ""
  sql bench -c "CREATE TABLE log (id int, written numeric)"
  mkdir -p "$work/log"
  echo '{ "pipelines": [ { "name": "log", "watch": ["log"], "table": "log", "tail": true } ] }' >"$work/tail.json"
  "$ingest" up --config "$work/tail.json" --db "$url" --http 127.0.0.1:0 >"$work/up.log" 2>&1 &
  local up=$!
  printf 'id,written\n0,0\n' >"$work/log/app.log"
  until [ "$(sql bench -c "SELECT count(*) FROM log")" = 1 ]; do sleep 0.2; done
  for i in $(seq "$lines"); do
    printf '%s,%s\n' "$i" "$EPOCHREALTIME" >>"$work/log/app.log"
    sleep "0.0$((RANDOM % 90 + 10))" # 10 to 99 ms
  done
  until [ "$(sql bench -c "SELECT count(*) FROM log")" = $((lines + 1)) ]; do sleep 0.2; done
  sql bench -c "SELECT format('tail: %s lines, one each 10 to 99 ms: written to committed:'
      ' p50 %s ms, p90 %s ms, p99 %s ms', count(*),
      round(1000 * percentile_cont(0.5) WITHIN GROUP (ORDER BY d)::numeric, 1),
      round(1000 * percentile_cont(0.9) WITHIN GROUP (ORDER BY d)::numeric, 1),
      round(1000 * percentile_cont(0.99) WITHIN GROUP (ORDER BY d)::numeric, 1))
    FROM (SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin)) - written AS d FROM log WHERE id > 0) l"
  sql bench -c "SELECT format('tail: the ledger has %s version, %s batches', (SELECT count(*) FROM ingest.file),
      (SELECT count(*) FROM ingest.batch))"
  kill "$up"
  wait "$up" || true
}

large_gzip() { # one gzip file of INGEST_BENCH_GZIP_GB (10) decoded gigabytes: peak memory
  local gb=${INGEST_BENCH_GZIP_GB:-10} copies records
  "$ingest" generate --out "$work/piece" --files 1 --rows 1000000 --interval 0 --corrupt 0 >/dev/null
  local piece; piece=$(ls "$work"/piece/*.csv)
  copies=$(echo "$gb * 1000000000 / $(stat -c %s "$piece") + 1" | bc)
  records=$(($(wc -l <"$piece") - 1))
  mkdir -p "$work/large"
  { head -1 "$piece"; for _ in $(seq "$copies"); do tail -n +2 "$piece"; done; } | gzip -1 >"$work/large/large.csv.gz"
  fresh_database ""
  python3 - "$ingest" load "$work/large" --table events --db "$url" <<'P'
import resource, subprocess, sys, time
begun = time.time()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print("large gzip: peak RSS %.0f MiB, %.0f s" % (peak, time.time() - begun))
P
  echo "large gzip: $(stat -c %s "$work/large/large.csv.gz") stored bytes, $((copies * records)) rows"
  sql bench -c "SELECT count(*) = $((copies * records)) AS all_of_them FROM events"
}

[ $# -gt 0 ] || set -- all
for part in "$@"; do
  case $part in
    all) for p in rows indexed bulk insert rejects small formats latency idle start memory codecs; do echo "$p"; done ;;
    *) echo "$part" ;;
  esac
done >"$work/parts"
while read -r part <&3; do
  case $part in
    rows) compare "20 x $rows rows, no index" with_psql "" ;;
    indexed) compare "20 x $rows rows, three indexes" with_psql indexed ;;
    bulk) bulk=auto compare "20 x $rows rows, empty table with three indexes, bulk load" with_psql indexed ;;
    insert)
      jdbc=$(ls /usr/share/java/postgresql.jar 2>/dev/null) ||
          { echo "insert: not run, it needs a JDK and libpostgresql-jdbc-java"; continue; }
      javac -d "$work/sink" "$root/bench/JdbcSink.java"
      rounds=1 compare "20 x $rows rows, no index" with_insert "" ;;
    rejects) rejects ;;
    modes) modes ;;
    small) small ;;
    formats) formats ;;
    latency) latency ;;
    idle) idle ;;
    start) start; one_row ;;
    memory) memory ;;
    codecs) codecs ;;
    whole) whole ;;
    tail) tail_log ;;
    large-gzip) large_gzip ;;
    shapes) shapes ;;
    *) echo "unknown part: $part" >&2; exit 2 ;;
  esac
done 3<"$work/parts"
