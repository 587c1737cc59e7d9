#!/bin/bash
# roll.sh: upgrades the cluster of docker-compose.yml to the version of this folder, one silo at a time, without stopping the
# load. It builds the image, migrates the ledger, stops each silo (it drains and returns its files), removes it, and replaces it
# by a new one, which must be healthy before the next one follows; finally it replaces the monitor.
# `docker compose up -d --build` would replace all silos at once. Set options of Compose, such as -p NAME, by its variables
# (COMPOSE_PROJECT_NAME). ROLL_PATIENCE (120): seconds in which a new silo must become healthy.
set -euo pipefail
cd "$(dirname "$0")/.."
patience=${ROLL_PATIENCE:-120}

say() { printf 'roll: %s\n' "$*"; }
quit() { printf 'roll: %s\n' "$*" >&2; exit 1; }
if docker compose version >/dev/null 2>&1; then compose() { docker compose "$@"; }; else compose() { docker-compose "$@"; }; fi

running() { docker ps -q --no-trunc --filter "label=com.docker.compose.project=$project" \
    --filter label=com.docker.compose.service=silo; }
healthy() { # healthy CONTAINER: waits
  local i state
  for ((i = 0; i < patience; i++)); do
    state=$(docker inspect -f '{{.State.Health.Status}}' "$1")
    [ "$state" != healthy ] || return 0
    sleep 1
  done
  docker logs --tail 5 "$1" >&2
  quit "silo ${1:0:12} is $state after $patience s; the remaining silos continue. Repair it, then run this again"
}

mapfile -t silos < <(compose ps -q silo)
[ "${#silos[@]}" -gt 0 ] || quit "no silo runs: docker compose up -d"
project=$(docker inspect -f '{{index .Config.Labels "com.docker.compose.project"}}' "${silos[0]}")
mapfile -t old < <(running)
say "${#old[@]} silos of $project"
compose build migrate
compose run --rm --no-deps migrate
for silo in "${old[@]}"; do
  docker stop -t 20 "$silo" >/dev/null
  docker rm "$silo" >/dev/null
  compose up -d --no-deps --no-build --no-recreate --scale "silo=${#old[@]}" silo >/dev/null ||
      quit "Compose could not start a silo in place of ${silo:0:12}"
  for new in $(running); do
    case " ${old[*]} " in *" $new "*) ;; *) healthy "$new" ;; esac
  done
  say "replaced ${silo:0:12}"
done
compose up -d --no-deps --no-build monitor >/dev/null
say "done"
