#!/bin/bash
# healthcheck.sh [PATH]: whether the process in this container reports that it is ready. Needs only bash: the image has no curl.
# INGEST_HEALTH_PORT (8080).
set -u
exec 3<>"/dev/tcp/127.0.0.1/${INGEST_HEALTH_PORT:-8080}" || exit 1
printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "${1:-/health/ready}" >&3
read -r -t 2 _ status _ <&3 || exit 1
[ "$status" = 200 ]
