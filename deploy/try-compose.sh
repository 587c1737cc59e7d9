#!/bin/bash
# try-compose.sh [REPORT]: runs docker-compose.yml of this folder for real, in a copy: builds the image, starts the cluster,
# scales it from three to five silos while files are written and loaded, kills, pauses and disconnects silos, restarts and kills
# the database, upgrades with deploy/roll.sh, takes all down and up again, and compares every record of the files with the tables
# at the end. Takes 10 to 30 minutes; not a part of ./ingest test. The report goes to REPORT, by default
# bench/results/compose-DATE.txt. Exits with 0 only if every step did what it must.
#
# Uses the engine that runs, or starts one for the trial (as root: apt-get install docker.io docker-compose debootstrap iptables).
# Base images that cannot be pulled get stand-ins made from Debian and the .NET of this machine. Everything it made is removed at
# the end, also after an error or Ctrl-C.
#
#   TRY_PULL=0        make stand-ins without trying to pull          TRY_MIRROR=URL  Debian mirror of the stand-ins
#   TRY_IMAGE=IMAGE   use this image of the program and build none
#   TRY_SHORT=1       only build, start, load and compare
#   TRY_PATIENCE=300  seconds in which a state must be reached       TRY_PORTS=281   the pages are on 127.0.0.1:28180 to 28199
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd -P)
trial=$root/deploy/compose-trial
patience=${TRY_PATIENCE:-300}
ports=${TRY_PORTS:-281}
case ${1:-} in -*) sed -n '2,16{s/^# \{0,1\}//p}' "$0" && exit 2 ;; esac
report=$(realpath -m "${1:-$root/bench/results/compose-$(date -u +%FT%H%M).txt}")
work=$(mktemp -d "${TMPDIR:-/var/tmp}/compose-trial.XXXXXX")
chmod 755 "$work"
log=$work/log
copy=$work/copy
result=incomplete
dangling= running=

say() { printf '%s\n' "$*" | tee -a "$work/report"; }
quit() { printf 'try-compose: %s\n' "$*" >&2; exit 1; }
milliseconds() { date +%s%3N; }
if docker compose version >/dev/null 2>&1; then compose() { docker compose "$@"; }; else compose() { docker-compose "$@"; }; fi
command -v docker >/dev/null && compose version >/dev/null 2>&1 || { rmdir "$work" &&
    quit "docker and its Compose are required: apt-get install docker.io docker-compose"; }
wait_for() { # wait_for SECONDS COMMAND...
  local seconds=$1 until=$(($(date +%s) + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$(date +%s)" -lt "$until" ] || { echo "not within $seconds s: $*" && return 1; }
    sleep 0.5
  done
}

# shellcheck source=compose-trial/engine.sh
. "$trial/engine.sh"
# shellcheck source=compose-trial/images.sh
. "$trial/images.sh"
# shellcheck source=compose-trial/steps.sh
. "$trial/steps.sh"

clean_up() {
  trap '' INT TERM HUP
  set +e
  [ -z "$running" ] || kill -TERM -- "-$running"
  if [ "$result" != 'all steps passed' ]; then
    mkdir -p "$root/artifacts"
    cp "$log" "$root/artifacts/compose-trial.log" 2>/dev/null && say "the log is in artifacts/compose-trial.log"
  fi
  if docker info >/dev/null 2>&1; then
    # Other projects use this folder's name as well; this one's is in .env.
    [ ! -f "$copy/.env" ] || (cd "$copy" && compose --profile demo down -v --remove-orphans --timeout 20)
    docker image rm orleans-ingest:trial
    remove_base_images
    [ -n "${engine_pid:-}" ] || docker images -q -f dangling=true | grep -vxF "${dangling:-none}" | xargs -r docker image rm
  fi >>"$log" 2>&1
  stop_engine >>"$log" 2>&1
  say "result: $result"
  mkdir -p "$(dirname "$report")"
  cp "$work/report" "$report"
  rm -rf --one-file-system "$work"
  printf 'the report is in %s\n' "$report"
}
trap clean_up EXIT
trap 'result=interrupted; exit 130' INT TERM HUP

# step NAME COMMAND...: its output goes to the log; it may add lines to $work/facts, which follow its line in the report.
step() {
  local name=$1 from code=0
  shift
  from=$(milliseconds)
  : >"$work/facts"
  printf '== %s\n' "$name" >>"$log"
  # In a process group of its own, so that a signal ends the wait at once and clean_up ends the step. Not in a condition, where
  # bash would ignore set -e.
  set -m
  (set -e && cd "$copy" && trap - EXIT && "$@") >>"$log" 2>&1 </dev/null &
  running=$!
  set +m
  wait "$running" || code=$?
  running=
  say "$(printf '%-5s %6.1f s  %s' "$([ $code = 0 ] && echo ok || echo FAIL)" "$(($(milliseconds) - from))e-3" "$name")"
  sed 's/^/                 /' "$work/facts" | tee -a "$work/report"
  if [ $code != 0 ]; then
    tail -n 25 "$log" >&2
    (cd "$copy" && after_failure) >>"$log" 2>&1 || :
    result="failed: $name"
    exit 1
  fi
}
fact() { printf '%s\n' "$*" >>"$work/facts"; }

touch "$log" "$work/facts" "$work/stand-ins" "$work/pulled"
mkdir "$copy"
for variable in $(compgen -v | grep -E '^(DB_|INGEST_|COMPOSE_|PUBLISH_|POSTGRES_|SILO_|MONITOR_|DATABASE_URL)'); do
  unset "$variable"
done
(cd "$root" && git ls-files -z --cached --others --exclude-standard | tar -c --null --ignore-failed-read -T - 2>/dev/null) |
    tar -x -C "$copy"
token() { od -An -N18 -tx1 /dev/urandom | tr -d ' \n'; }
password=$(token)
project=ingest-trial
printf '%s\n' "COMPOSE_PROJECT_NAME=$project" "DB_PASS=$password" "INGEST_TOKEN=$(token)" INGEST_VERSION=trial \
  "PUBLISH_MONITOR=127.0.0.1:${ports}80" "PUBLISH_SILOS=127.0.0.1:${ports}81-${ports}99" >"$copy/.env"
cp "$trial/override.yml" "$copy/docker-compose.override.yml"

[ -z "${TRY_IMAGE:-}" ] || printf 'FROM %s AS final\n' "$TRY_IMAGE" >"$copy/deploy/Dockerfile"

say "compose trial $(date -u +%FT%H:%M), commit $(git -C "$root" describe --always --dirty 2>/dev/null || echo unknown)"
say "machine: $(nproc) cores, $(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -n 1)," \
  "$(awk '/MemTotal/{printf "%.0f GiB", $2 / 1048576}' /proc/meminfo), load $(cut -d' ' -f1 /proc/loadavg)"
start_engine
dangling=$(docker images -q -f dangling=true)
say "engine: Docker $(docker version -f '{{.Server.Version}}')," \
  "$(docker info -f '{{.Driver}}, cgroup v{{.CgroupVersion}}'), $engine_origin; Compose $(compose version --short);" \
  "Linux $(uname -r)"
all_steps
result='all steps passed'
