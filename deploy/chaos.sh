#!/bin/bash
# chaos.sh [MINUTES]: runs three silos as processes, kills one with -9 every second or two and replaces it, and kills the database
# once. At the end every record must be in its table once (tests/OrleansIngest.Crash.Tests/ChaosTests.cs, which ./ingest test runs
# for 20 seconds). Default: 5, at most 12.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd -P)
minutes=${1:-5}
[[ $minutes =~ ^[0-9]+$ ]] && [ "$minutes" -ge 1 ] && [ "$minutes" -le 12 ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
INGEST_CHAOS_SECONDS=$((minutes * 60)) exec "$root/ingest" test integration -class OrleansIngest.Crash.Tests.ChaosTests \
    -showLiveOutput
