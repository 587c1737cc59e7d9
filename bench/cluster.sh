#!/bin/bash
# bench/cluster.sh [start|kill|hang|rows|split|small|calm|big]...
# Benchmarks the cluster on this machine: silos as processes, on a private PostgreSQL with default settings. Results go to
# standard output and to bench/results/cluster-<date>.txt. After each part every record must be in the table once, otherwise the
# run ends with WRONG.
#
#   start  from the command to the first commit of a fresh silo; 10 times
#   kill   kill -9 of one of three silos in mid-load: seconds until its files are claimed by others, and until others commit rows
#          of them; 10 times; the killed silo is the coordinator every second time
#   hang   the same with SIGSTOP, then SIGCONT; 10 times
#   rows   20 files of 100,000 rows through one silo and through two; 10 rounds, interleaved
#   split  one file of 2,000,000 rows through two silos, and the same rows in 20 files; 10 rounds, interleaved
#   small  2,000 files of 100 rows through two silos; 10 times
#   calm   ten minutes of full load on three silos: number of silos declared dead by mistake
#   big    only if named: one file of 10 GB through two silos, each in a network namespace of its own, with two lanes each; the
#          same with kill -9 of the silo that has the file, in mid-load; and psql \copy of it. Needs root and 45 GB of disk
#
# INGEST_BENCH_ROUNDS (10); INGEST_BENCH_MINUTES of calm (10); INGEST_BENCH_GB of big (10); INGEST (./ingest): the program.
set -euo pipefail

. "$(dirname "$0")/common.sh"
rounds=${INGEST_BENCH_ROUNDS:-10}
minutes=${INGEST_BENCH_MINUTES:-10}
gigabytes=${INGEST_BENCH_GB:-10}
export DATABASE_URL=$url
declare -A silo # number → process

finish() {
  local i
  no_places
  for i in "${!silo[@]}"; do kill -CONT "${silo[$i]}" 2>/dev/null && kill -KILL "${silo[$i]}" 2>/dev/null; done
  mkdir -p "$root/.ingest/bench-cluster"
  cp "$work"/*.log "$root/.ingest/bench-cluster/" 2>/dev/null || true # the logs of the last silos
  stop_postgres
}
trap finish EXIT

start_postgres
record_in cluster- "bench/cluster.sh $*"

wrong() { echo "WRONG: $*"; exit 1; }
now() { date +%s.%N; }
since() { echo "$(now) - $1" | bc; }
stats() { # stats NAME <numbers: median, worst and all
  sort -n | awk -v name="$1" '{v[NR] = $1; all = all sprintf(" %.2f", $1)}
    END {
      m = (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
      printf "%s: p50 %.2f, best %.2f, worst %.2f (n=%d, all:%s)\n", name, m, v[1], v[NR], NR, all
    }'
}

fresh() {
  fresh_database
  rm -rf "$work/in"
  mkdir "$work/in"
}

# A place is a network namespace with a cable to a bridge of this machine, which the server listens on: 10.214.0.1.
places=0
make_places() { # make_places NUMBER
  local i
  ip link add igbench type bridge
  ip addr add 10.214.0.1/24 dev igbench
  ip link set igbench up
  for i in $(seq "$1"); do
    places=$i
    ip netns add "igbench-$i"
    ip link add "igbench$i" type veth peer name eth0 netns "igbench-$i"
    ip link set "igbench$i" master igbench up
    ip -n "igbench-$i" addr add "10.214.0.$((i + 1))/24" dev eth0
    ip -n "igbench-$i" link set eth0 up
    ip -n "igbench-$i" link set lo up
  done
  echo "host all all 10.214.0.0/24 trust" | as_postgres tee -a "$work/data/pg_hba.conf" >/dev/null
  echo "listen_addresses = '127.0.0.1,10.214.0.1'" | as_postgres tee -a "$work/data/postgresql.conf" >/dev/null
  as_postgres "$bin/pg_ctl" -D "$work/data" -l "$work/data/log" -w restart >/dev/null
}
no_places() {
  local i
  for i in $(seq "$places"); do ip netns del "igbench-$i" || :; done
  [ "$places" = 0 ] || ip link del igbench || :
  places=0
}

begin() { # begin I: starts a silo, in place I if there are places; does not wait
  local place=() address=()
  if [ "$places" != 0 ]; then
    place=(env "DATABASE_URL=${url/127.0.0.1/10.214.0.1}" ip netns exec "igbench-$1")
    address=(--advertise "10.214.0.$(($1 + 1))")
  fi
  [ ! -f "$work/$1.log" ] || cat "$work/$1.log" >>"$work/$1-before.log"
  : >"$work/$1.log"
  (exec "${place[@]}" "$ingest" up --watch "$work/in" --table events --settle 0 "${address[@]}" --http 127.0.0.1:0 \
      --log-level info </dev/null >"$work/$1.log" 2>&1) &
  silo[$1]=$!
  disown
}
joined() { # joined I
  until grep -q '"Pages":"' "$work/$1.log"; do kill -0 "${silo[$1]}" 2>/dev/null ||
      wrong "silo $1 ended: $(tail -n 3 "$work/$1.log")"; sleep 0.05; done
}
end() { # end I...
  local i
  for i; do kill -CONT "${silo[$i]}" 2>/dev/null; kill -TERM "${silo[$i]}" 2>/dev/null || :; done
  for i; do while kill -0 "${silo[$i]}" 2>/dev/null; do sleep 0.05; done; unset "silo[$i]"; done
}
node_of() { sql bench -c "SELECT node FROM ingest.node WHERE pid = ${silo[$1]} ORDER BY started_at DESC LIMIT 1"; }

make_files() { # make_files NAME FILES ROWS
  [ -d "$work/$1" ] || "$ingest" generate --out "$work/$1" --files "$2" --rows "$3" --interval 0 \
      --manifest "$work/$1.json" >/dev/null
}
feeds=0
feed() { # feed NAME [FILES]: the files again, under new names
  local file n=0
  feeds=$((feeds + 1))
  mkdir -p "$work/next"
  for file in "$work/$1"/*.csv; do
    [ "$n" -lt "${2:-1000000}" ] || break
    ln "$file" "$work/next/$feeds-${file##*/}"
    n=$((n + 1))
  done
  find "$work/next" -name '*.csv' -exec mv -t "$work/in" {} +
}
loaded() { # loaded FILES ROWS: waits until all are in the table, and once
  local found
  while :; do
    found=$(sql bench -c "SELECT count(*) FILTER (WHERE status = 'loaded') FROM ingest.file")
    [ "$found" -lt "$1" ] || break
    sleep 0.1
  done
  found=$(sql bench -c "SELECT (SELECT count(*) FROM events) || ' ' || (SELECT count(*) FROM ingest.file
      WHERE status <> 'loaded') || ' ' || (SELECT sum(rows_loaded) FROM ingest.file)")
  [ "$found" = "$2 0 $2" ] || wrong "$found rows, files not loaded, rows by the ledger; expected $2 0 $2"
}
clear_rows() { sql bench -c "TRUNCATE events; DELETE FROM ingest.file"; rm -f "$work"/in/*; }

failover() { # failover SIGNAL TITLE
  make_files events 20 100000
  fresh
  local i round victim node lead from moved
  for i in 1 2 3; do begin "$i"; joined "$i"; done
  feed events; loaded 20 2000000; clear_rows
  : >"$work/claimed"; : >"$work/last"; : >"$work/committed"; : >"$work/lead"; : >"$work/other"
  for round in $(seq "$rounds"); do
    feed events; feed events
    until [ "$(sql bench -c "SELECT count(*) FROM ingest.batch")" -ge 20 ]; do sleep 0.05; done
    # Every second time the coordinator, otherwise another silo; always with files in progress.
    while :; do
      lead=$(sql bench -c "SELECT coordinator FROM ingest.pipeline WHERE name = 'events'")
      victim=
      for i in "${!silo[@]}"; do
        node=$(node_of "$i")
        if [ $((round % 2)) = 0 ] && [ "$node" = "$lead" ]; then victim=$i; fi
        if [ $((round % 2)) = 1 ] && [ "$node" != "$lead" ]; then victim=$i; fi
      done
      node=$(node_of "$victim")
      sql bench -c "SET client_min_messages = warning;
        CREATE TABLE IF NOT EXISTS bench_lost (file_id bigint, epoch int); TRUNCATE bench_lost;
        INSERT INTO bench_lost SELECT file_id, epoch FROM ingest.file WHERE status = 'loading' AND owner_node = '$node'"
      [ "$(sql bench -c "SELECT count(*) FROM bench_lost")" -lt 3 ] || break
      [ "$(sql bench -c "SELECT count(*) FROM ingest.file WHERE status <> 'loaded'")" -gt 0 ] ||
          wrong "all was loaded before silo $victim could be hit"
    done
    from=$(now)
    kill "-$1" "${silo[$victim]}"
    until moved=$(sql bench -c "SELECT 'ok' WHERE NOT EXISTS (SELECT FROM bench_lost l JOIN ingest.file f USING (file_id)
        WHERE f.status NOT IN ('loaded') AND (f.owner_node = '$node' OR f.status <> 'loading'))
        AND EXISTS (SELECT FROM ingest.batch b JOIN bench_lost l USING (file_id) WHERE b.epoch > l.epoch)") &&
            [ "$moved" = ok ]; do sleep 0.05; done
    sql bench -c "SELECT extract(epoch FROM min(f.claimed_at)) - $from FROM bench_lost l JOIN ingest.file f USING (file_id)
        WHERE f.epoch > l.epoch" | tee -a "$work/claimed" >>"$work/$([ "$node" = "$lead" ] && echo lead || echo other)"
    sql bench -c "SELECT extract(epoch FROM max(f.claimed_at)) - $from FROM bench_lost l JOIN ingest.file f USING (file_id)
        WHERE f.epoch > l.epoch" >>"$work/last"
    sql bench -c "SELECT extract(epoch FROM min(b.committed_at)) - $from FROM bench_lost l JOIN ingest.batch b USING (file_id)
        WHERE b.epoch > l.epoch" >>"$work/committed"
    echo "  round $round: $1 of silo $victim" \
        "($([ "$node" = "$lead" ] && echo 'the coordinator' || echo 'not the coordinator'))," \
        "$(sql bench -c "SELECT count(*) FROM bench_lost") files in work; first claim $(tail -n 1 "$work/claimed")," \
        "last $(tail -n 1 "$work/last"), first commit $(tail -n 1 "$work/committed")"
    if [ "$1" = STOP ]; then
      kill -CONT "${silo[$victim]}"
      sleep 2 # time to do harm; Orleans ends a silo that the others have declared dead
      if kill -0 "${silo[$victim]}" 2>/dev/null; then end "$victim"; fi
    fi
    loaded 40 4000000
    begin "$victim"
    joined "$victim"
    clear_rows
  done
  stats "$2: seconds to the first claim of its files by others" <"$work/claimed"
  stats "$2: seconds to the last claim" <"$work/last"
  stats "$2: seconds to the first commit by others" <"$work/committed"
  stats "$2: first claim when the coordinator was elsewhere" <"$work/other"
  [ "$rounds" -lt 2 ] || stats "$2: first claim when the coordinator was lost too" <"$work/lead"
  end "${!silo[@]}"
}

start() {
  local from round
  make_files one 1 100
  fresh
  : >"$work/start"
  for round in $(seq "$rounds"); do
    feed one
    from=$(now)
    begin 1
    until [ "$(sql bench -c "SELECT count(*) FROM ingest.file WHERE status = 'loaded'")" = "$round" ]; do sleep 0.02; done
    sql bench -c "SELECT extract(epoch FROM max(finished_at)) - $from FROM ingest.file" >>"$work/start"
    joined 1
    end 1
  done
  stats "start: seconds from the command to the first file loaded" <"$work/start"
}

timed() { # timed NAME FILES ROWS: seconds from the files' arrival to the last commit, with the running silos
  feed "$1"
  loaded "$2" "$3"
  sql bench -c "SELECT extract(epoch FROM max(finished_at) - min(discovered_at)) FROM ingest.file"
}

rows() {
  local round n
  make_files events 20 100000
  fresh
  : >"$work/rows1"; : >"$work/rows2"
  for round in $(seq 0 "$rounds"); do # the first round warms up and is not counted
    for n in 1 2; do
      begin 1; joined 1
      if [ "$n" = 2 ]; then begin 2; joined 2; sleep 4; fi
      feed events 2; loaded 2 200000; clear_rows; sql bench -c CHECKPOINT
      timed events 20 2000000 >"$work/seconds"
      [ "$round" = 0 ] || cat "$work/seconds" >>"$work/rows$n"
      clear_rows
      end "${!silo[@]}"
    done
  done
  stats "20 x 100,000 rows, one silo: seconds" <"$work/rows1"
  stats "20 x 100,000 rows, two silos: seconds" <"$work/rows2"
  paste "$work/rows1" "$work/rows2" | awk '{print $1 / $2}' | stats "two silos against one: times the rows/s"
}

split() {
  local round kind
  make_files events 20 100000
  make_files whole 1 2000000
  fresh
  : >"$work/split-events"; : >"$work/split-whole"; : >"$work/split-rows"
  begin 1; joined 1
  begin 2; joined 2
  sleep 4
  for round in $(seq 0 "$rounds"); do # the first round warms up and is not counted
    for kind in events whole; do
      sql bench -c CHECKPOINT
      timed "$kind" "$(find "$work/$kind" -name '*.csv' | wc -l)" 2000000 >"$work/seconds"
      [ "$round" = 0 ] || cat "$work/seconds" >>"$work/split-$kind"
      [ "$round" = 0 ] || [ "$kind" = events ] || sql bench -c "SELECT 100.0 * sum(b.rows_loaded)
          FILTER (WHERE b.node <> f.owner_node) / sum(b.rows_loaded)
        FROM ingest.batch b JOIN ingest.file f USING (file_id)" >>"$work/split-rows"
      clear_rows
    done
  done
  stats "2,000,000 rows in 20 files, two silos: seconds" <"$work/split-events"
  stats "2,000,000 rows in one file, two silos: seconds" <"$work/split-whole"
  stats "one file: per cent of its rows that the silo without the file has loaded" <"$work/split-rows"
  paste "$work/split-events" "$work/split-whole" | awk '{print $1 / $2}' | stats "one file against 20: times the rows/s"
  end 1 2
}

small() {
  local round
  make_files small 2000 100
  fresh
  : >"$work/small-rates"
  begin 1; joined 1
  begin 2; joined 2
  sleep 4
  for round in $(seq 0 "$rounds"); do
    timed small 2000 200000 | awk '{print 2000 / $1}' >"$work/rate"
    [ "$round" = 0 ] || cat "$work/rate" >>"$work/small-rates"
    [ "$round" != 1 ] || echo "  files by silo: $(sql bench -c "SELECT string_agg(n::text, ' ') FROM (SELECT count(*) n
        FROM ingest.file GROUP BY owner_node) s")"
    clear_rows
  done
  stats "2,000 files of 100 rows through two silos: files/s from seen to committed" <"$work/small-rates"
  end 1 2
}

calm() {
  local i until files=0
  make_files events 20 100000
  fresh
  for i in 1 2 3; do begin "$i"; joined "$i"; done
  until=$(($(date +%s) + minutes * 60))
  while [ "$(date +%s)" -lt "$until" ]; do
    feed events; files=$((files + 20))
    loaded "$files" $((files * 100000))
    if [ $((files % 200)) = 0 ]; then clear_rows; files=0; fi
    echo x >>"$work/feeds"
  done
  echo "calm: $minutes minutes of full load on three silos, $(($(wc -l <"$work/feeds") * 2000000)) rows:" \
      "$(sql bench -c "SELECT count(*) FROM ingest.history WHERE kind = 'node.dead'") silos declared dead by the ledger," \
      "$(cat "$work"/[123].log | grep -c 'is lost' || :) by Orleans; load $(cut -d' ' -f1-3 /proc/loadavg)"
  end 1 2 3
}

# big_file ROWS: $work/big.csv; two sessions of the server write it.
big_file() {
  local half=$(($1 / 2)) rows
  rows="SELECT i AS user_id, (ARRAY['view','search','click','add_to_cart','purchase'])[1 + i % 5] AS action,
      1000 + i % 500 AS product_id, 'Café product ' || i % 900 || ' with a name' AS product_name, i % 50000 / 100.0 AS price,
      timestamptz '2025-01-01 00:00Z' + i * interval '97 ms' AS event_time, 's' || left(md5(i::text), 16) AS session_id"
  sql postgres -c "COPY ($rows FROM generate_series(1, $half) i) TO STDOUT WITH (FORMAT csv, HEADER)" >"$work/big.csv" &
  sql postgres -c "COPY ($rows FROM generate_series($half + 1, $1) i) TO STDOUT WITH (FORMAT csv)" >"$work/big-rest.csv"
  wait $!
  cat "$work/big-rest.csv" >>"$work/big.csv"
  rm "$work/big-rest.csv"
}

whole() { # whole ROWS: each row of the big file is in the table once
  local found
  found=$(sql bench -c "SELECT count(*) || ' ' || sum(user_id) || ' ' || sum(user_id % 7919 * (user_id % 7907)) FROM events")
  [ "$found" = "$1 $(($1 * ($1 + 1) / 2)) $big_sum" ] || wrong "count and sums of the rows are $found"
}

big_load() { # big_load ROWS TITLE [kill]: sets $took, the seconds from the file's arrival to its last commit
  local rows=$1 owner i from
  fresh
  for i in 1 2; do begin "$i"; joined "$i"; done
  sleep 4
  from=$(now)
  ln "$work/big.csv" "$work/next.csv" && mv "$work/next.csv" "$work/in/big.csv"
  if [ "${3:-}" = kill ]; then
    until [ "$(sql bench -c "SELECT COALESCE(sum(rows_loaded), 0) > $rows / 3 FROM ingest.batch")" = t ]; do sleep 0.2; done
    owner=$(sql bench -c "SELECT owner_node FROM ingest.file")
    [ "$(node_of 1)" = "$owner" ] && i=1 || i=2
    kill -KILL "${silo[$i]}"
    echo "  killed silo $i, which has the file, after $(since "$from") s; it starts again at once"
    begin "$i"
    joined "$i"
  fi
  loaded 1 "$rows"
  took=$(sql bench -c "SELECT extract(epoch FROM max(finished_at)) - $from FROM ingest.file")
  whole "$rows"
  echo "big: $2: $took s; each row is there once"
  for i in 1 2; do
    echo "  silo $i: peak RSS $(awk '/VmHWM/ {print int($2 / 1024)}' "/proc/${silo[$i]}/status") MiB, per cent of the rows:" \
        "$(sql bench -c "SELECT round(100.0 * sum(rows_loaded) FILTER (WHERE node = '$(node_of "$i")') / sum(rows_loaded))
          FROM ingest.batch")"
  done
  end 1 2
}

big() {
  local rows from took plain
  rows=$((gigabytes * 1000000000 / 116 / 2 * 2))
  big_file "$rows"
  big_sum=$(sql postgres -c "SELECT sum(i % 7919 * (i % 7907)) FROM generate_series(1, $rows::bigint) i")
  echo "big: one file of $(stat -c %s "$work/big.csv" | awk '{printf "%.2f GB", $1 / 1e9}'), $rows rows"
  make_places 2
  big_load "$rows" "two silos in network namespaces"
  plain=$took
  big_load "$rows" "with kill -9 of the silo that has the file" kill
  no_places
  fresh
  from=$(now)
  columns="user_id, action, product_id, product_name, price, event_time, session_id"
  sql bench -c "\copy events ($columns) from $work/big.csv csv header"
  took=$(since "$from")
  whole "$rows"
  echo "big: psql \\copy: $took s, ratio $(echo "scale=2; $took / $plain" | bc)"
}

[ $# -gt 0 ] || set -- start kill hang rows split small calm
for part; do
  case $part in
    start) start ;;
    kill) failover KILL "kill -9" ;;
    hang) failover STOP "SIGSTOP" ;;
    rows) rows ;;
    split) split ;;
    small) small ;;
    calm) calm ;;
    big) big ;;
    *) echo "unknown part: $part" >&2; exit 2 ;;
  esac
done
