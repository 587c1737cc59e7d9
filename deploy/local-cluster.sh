#!/bin/bash
# local-cluster.sh: runs a cluster of silos as processes of this machine, on one PostgreSQL. Each runs the same command as in
# docker-compose.yml, `ingest up`, and can be stopped, killed, suspended or replaced while files are loaded.
#
#   deploy/local-cluster.sh 3 [-- UP-OPTIONS]   run three silos; the options (--watch in --table t, --config F, …) apply to
#                                               later ones too
#   deploy/local-cluster.sh add [N]             add N silos (1)
#   deploy/local-cluster.sh status              silos and their files in progress; watch: the same every second, until Ctrl-C
#   deploy/local-cluster.sh kill I              SIGKILL: a lost machine
#   deploy/local-cluster.sh hang I | wake I     SIGSTOP, SIGCONT: a paused machine
#   deploy/local-cluster.sh roll                restart every silo in turn, as in an upgrade
#   deploy/local-cluster.sh feed [FILES [ROWS]] generate files into data/events, which the built-in pipeline watches
#                                               (100 of 1,000 rows)
#   deploy/local-cluster.sh log I               follow the log of silo I
#   deploy/local-cluster.sh stop [I]            SIGTERM, which drains: one silo, or all
#
# The database is that of DATABASE_URL or .env, otherwise the private PostgreSQL of this clone, which runs as long as any silo
# does. Numbers, process ids and logs are in .ingest/cluster (INGEST_CLUSTER_DIR).
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd -P)
dir=${INGEST_CLUSTER_DIR:-$root/.ingest/cluster}
ingest=${INGEST:-$root/ingest} # the program; tests may set another build
patience=60 # maximum seconds of a start or a drain

say() { printf '%s\n' "$*"; }
quit() { printf 'local-cluster: %s\n' "$*" >&2; exit 2; }
usage() { sed -n '2,/^set -euo/{/^set/d;s/^# \{0,1\}//p;}' "$0"; exit "${1:-2}"; }

pid_of() { cat "$dir/$1.pid" 2>/dev/null; }
runs() { # runs I: whether its process lives (a zombie of this shell does not) and is ours
  local pid state
  pid=$(pid_of "$1") || return 1
  state=$(ps -o stat= -p "$pid" 2>/dev/null) || return 1
  case $state in Z*) return 1 ;; esac
  ps -o args= -p "$pid" | grep -q ingest
}
silos() { # the numbers of those that run
  local file
  for file in "$dir"/*.pid; do
    [ -e "$file" ] || continue
    file=${file##*/}
    if runs "${file%.pid}"; then echo "${file%.pid}"; fi
  done | sort -n
}
count() { silos | wc -l; }
need() { [[ ${1:-} =~ ^[0-9]+$ ]] && runs "$1" || quit "there is no silo ${1:-}; running: $(silos | paste -sd' ' -)"; }

begin() { # begin I: starts it, does not wait
  local options=()
  [ ! -f "$dir/options" ] || mapfile -d '' -t options <"$dir/options"
  local session=()
  ! command -v setsid >/dev/null || session=(setsid) # Ctrl-C in this terminal is not for them
  [ ! -f "$dir/$1.log" ] || mv "$dir/$1.log" "$dir/$1.log.before"
  (cd "$(cat "$dir/from" 2>/dev/null || echo "$root")" &&
      exec "${session[@]}" "$ingest" up ${options[@]+"${options[@]}"} </dev/null >"$dir/$1.log" 2>&1) &
  echo $! >"$dir/$1.pid"
}

said() { # said PROPERTY I: its value in what the silo said when it had started
  sed -n "/OrleansIngest\.Start/s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$dir/$2.log" | head -n 1
}
pages() { # pages I: their link, with the token that the program made, for the person at this terminal
  local file
  file=$(said KeptIn "$1")
  printf '%s' "$(said Pages "$1")"
  if [ -n "$file" ] && [ -r "$file" ]; then printf '#token=%s' "$(cat "$file")"; fi
}

ready() { # ready I: waits until it is a member of the cluster
  local i
  for ((i = 0; i < patience * 10; i++)); do
    if grep -q '"Pages":"' "$dir/$1.log" 2>/dev/null; then
      say "silo $1: process $(pid_of "$1"), $(said Silo "$1"), pages $(pages "$1")"
      return
    fi
    if ! runs "$1"; then
      tail -n 5 "$dir/$1.log" >&2
      quit "silo $1 did not start; all it said is in $dir/$1.log"
    fi
    sleep 0.1
  done
  quit "silo $1 is not ready after $patience s; see $dir/$1.log"
}

ended() { # ended I: waits for its end
  local i
  for ((i = 0; i < patience * 10; i++)); do
    if ! runs "$1"; then
      rm -f "$dir/$1.pid"
      return
    fi
    sleep 0.1
  done
  quit "silo $1 has not ended after $patience s"
}

add() { # add N
  local started=() i=0
  while [ "${#started[@]}" -lt "$1" ]; do
    i=$((i + 1))
    runs "$i" && continue
    begin "$i"
    started+=("$i")
    # The first one makes the tables and, without a database of your own, the private PostgreSQL.
    [ "$(count)" -gt 1 ] || ready "$i" >/dev/null
  done
  for i in "${started[@]}"; do ready "$i"; done
}

signal() { kill -s "$1" "$(pid_of "$2")"; }

stop() { # stop I...: drains, together
  local i from
  from=$(date +%s%N)
  for i; do signal CONT "$i"; signal TERM "$i"; done
  for i; do ended "$i"; done
  say "stopped $* in $((($(date +%s%N) - from) / 1000000)) ms"
}

status() {
  local i pid state
  for i in $(silos); do
    pid=$(pid_of "$i")
    state=runs
    case $(ps -o stat= -p "$pid") in T*) state=hangs ;; esac
    say "silo $i: process $pid $state, $(said Silo "$i"), $(pages "$i")," \
      "$(ps -o rss= -p "$pid" | awk '{printf "%d MiB", $1 / 1024}')"
  done
  [ "$(count)" -gt 0 ] || { say "no silo runs"; return; }
  (cd "$(cat "$dir/from")" && "$ingest" nodes 2>/dev/null) || true
  (cd "$(cat "$dir/from")" && "$ingest" status 2>/dev/null) || true
}

mkdir -p "$dir"
chmod 755 "$root/.ingest" 2>/dev/null || true
case ${1:-} in
  '') usage ;;
  -h | --help | help) usage 0 ;;
  *[!0-9]*) ;;
  *)
    wanted=$1
    shift
    if [ "${1:-}" = -- ]; then
      shift
      : >"$dir/options"
      [ $# -eq 0 ] || printf '%s\0' "$@" >"$dir/options"
    elif [ $# -gt 0 ]; then
      usage
    fi
    [ "$(count)" -gt 0 ] && [ -f "$dir/from" ] || pwd -P >"$dir/from" # relative paths in the options and .env are meant from here
    "$ingest" --version >/dev/null # builds what has changed, once
    running=$(count)
    [ "$wanted" -le "$running" ] || add $((wanted - running))
    if [ "$wanted" -lt "$running" ]; then stop $(silos | tail -n $((running - wanted))); fi
    exit
    ;;
esac

command=$1
shift
case $command in
  add) add "${1:-1}" ;;
  status) status ;;
  watch) while :; do now=$(status); printf '\033[H\033[2J%s\n' "$now"; sleep 1; done ;;
  kill)
    need "${1:-}"
    signal KILL "$1"
    ended "$1"
    say "killed $1"
    ;;
  hang | wake)
    need "${1:-}"
    signal "$([ "$command" = hang ] && echo STOP || echo CONT)" "$1"
    ;;
  roll)
    [ "$(count)" -gt 1 ] || quit "rolling needs two silos at least"
    for i in $(silos); do
      stop "$i"
      begin "$i"
      ready "$i"
    done
    ;;
  feed) exec "$ingest" generate --out "${INGEST_FEED_DIR:-$(cat "$dir/from" 2>/dev/null || echo "$root")/data/events}" \
      --files "${1:-100}" --rows "${2:-1000}" --interval 0 --append --seed "$(date +%s)" ;;
  log)
    [ -f "$dir/${1:-}.log" ] || quit "there is no log of silo ${1:-}"
    exec tail -n 50 -f "$dir/$1.log"
    ;;
  stop)
    if [ $# -gt 0 ]; then
      need "$1"
      stop "$1"
    else
      all=$(silos)
      [ -n "$all" ] || { say "no silo runs"; exit; }
      stop $all
    fi
    ;;
  *) usage ;;
esac
