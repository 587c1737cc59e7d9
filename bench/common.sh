# Shared by the scripts of bench/, which source it; $ingest may be set before. A private PostgreSQL with default settings, in
# $work, at $port and $url.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
ingest=${INGEST:-$root/ingest}
work=$(mktemp -d /tmp/ingest-bench-XXXXXX)
chmod 755 "$work"
# The server's binaries: the newest installed ones, or those in INGEST_BENCH_POSTGRES.
if [ -n "${INGEST_BENCH_POSTGRES:-}" ]; then
  for bin in "$INGEST_BENCH_POSTGRES" "$INGEST_BENCH_POSTGRES/bin" "$INGEST_BENCH_POSTGRES/native/bin"; do
    [ ! -x "$bin/postgres" ] || break
  done
  if [ ! -x "$bin/initdb" ] || [ ! -x "$bin/pg_ctl" ]; then
    echo "$INGEST_BENCH_POSTGRES holds no postgres, initdb and pg_ctl" >&2
    exit 2
  fi
  bin=$(cd "$bin" && pwd -P)
else
  bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
fi
port=$((20000 + RANDOM % 10000))
url=postgres://postgres@127.0.0.1:$port/bench

as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
# sql DATABASE -c STATEMENT...
sql() { PGOPTIONS='-c client_min_messages=warning' psql -h 127.0.0.1 -p "$port" -U postgres -qAtX "$@"; }
median() { sort -n | awk '{v[NR] = $1} END {print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }

start_postgres() {
  mkdir "$work/data"
  [ "$(id -u)" != 0 ] || chown postgres "$work/data"
  as_postgres "$bin/initdb" -D "$work/data" -A trust -U postgres >/dev/null
  printf "port=%s\nlisten_addresses='127.0.0.1'\nunix_socket_directories=''\ntimezone='UTC'\nmax_wal_size='4GB'\n" "$port" |
    as_postgres tee -a "$work/data/postgresql.conf" >/dev/null
  as_postgres "$bin/pg_ctl" -D "$work/data" -l "$work/data/log" -w start >/dev/null
}

# stop_postgres: stops it and removes all files; for a trap of EXIT.
stop_postgres() {
  as_postgres "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$work"
}

# fresh_database [indexed]: an empty, migrated database, without the indexes of events unless requested.
fresh_database() {
  sql postgres -c "DROP DATABASE IF EXISTS bench WITH (FORCE)" 2>/dev/null
  sql postgres -c "CREATE DATABASE bench"
  "$ingest" migrate --db "$url" >/dev/null
  [ "${1:-}" = indexed ] || sql bench -c "DROP INDEX idx_events_event_time, idx_events_user_id, idx_events_action"
  sql bench -c CHECKPOINT
}

# record_in PREFIX COMMAND: copies all further output to bench/results/, with the machine and the command.
record_in() {
  "$ingest" --version >/dev/null # builds the complete program
  "$ingest" load --help >/dev/null # and the native program
  mkdir -p "$root/bench/results"
  exec > >(tee "$root/bench/results/$1$(date -u +%Y-%m-%dT%H%M).txt")
  echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)," \
      "$(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo), load before $(cut -d' ' -f1 /proc/loadavg)"
  echo "server:  $("$bin/postgres" --version), default settings but max_wal_size=4GB; command: $2; commit" \
      "$(git -C "$root" rev-parse --short HEAD)${INGEST:+, program $INGEST}"
}
