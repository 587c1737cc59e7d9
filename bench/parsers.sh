#!/usr/bin/env bash
# bench/parsers.sh: how reading one large file scales with parsers, without a server: the scan that divides the file, one parser as it
# is without a scan, and 1, 2 and 4 parsers behind it; rows are encoded and thrown away. The last line says how many parsers the scan
# feeds, whatever number of processors there is here. INGEST_BENCH_MB (200): size of the file; INGEST_BENCH_ROUNDS (7).
# Run it under taskset -c 0 for one processor.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
tests=OrleansIngest.Engine.Tests
MSBUILDDISABLENODEREUSE=1 dotnet build "$root/tests/$tests" -c Release -v q --nologo >/dev/null
"$root/artifacts/bin/$tests/release/$tests" -noColor -explicit only -showLiveOutput -class $tests.Loading.Parallel.ParserScale |
  sed -n 's|.*\[OUTPUT\] ||p; /FAIL/p'
