#!/bin/bash
# postgres-entrypoint.sh: behaves like the entrypoint of the official image where docker-compose.yml depends on it: as root it
# gives the directories to user postgres and continues as that user; an empty data directory becomes a cluster with user
# POSTGRES_USER, its password and database POSTGRES_DB.
set -euo pipefail

[[ ${1:-postgres} != -* ]] || set -- postgres "$@"
if [ "$1" != postgres ]; then exec "$@"; fi

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /run/postgresql
  chown -R postgres: "$PGDATA" /run/postgresql
  chmod 700 "$PGDATA"
  chmod 3775 /run/postgresql
  exec gosu postgres "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  : "${POSTGRES_PASSWORD:?is required for an empty data directory}" "${POSTGRES_USER:=postgres}"
  : "${POSTGRES_DB:=$POSTGRES_USER}"
  initdb -D "$PGDATA" -c listen_addresses='*' --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD")
  printf 'host all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
  # Not on TCP yet, so that nobody takes the server for ready.
  pg_ctl -D "$PGDATA" -w -o "-c listen_addresses=''" start
  if [ "$POSTGRES_DB" != postgres ]; then
    psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres -v name="$POSTGRES_DB" <<<'CREATE DATABASE :"name";'
  fi
  pg_ctl -D "$PGDATA" -m fast -w stop
fi
exec "$@"
