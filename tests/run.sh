#!/bin/sh
# run.sh [unit|integration|cluster|browser|all] [options of the test programs, such as -class Full.Name]
# Builds everything and runs the tests; `./ingest test` calls it with the tools made sure of. The last line is
# `N passed, N failed, N skipped`. The exit code is 0 only when nothing failed: a test program that crashes, hangs, or has tests
# but runs none counts as one failure.
set -u

root=$(cd "$(dirname "$0")/.." && pwd -P)
dotnet=${dotnet:-dotnet}
limit=1500 # seconds that one test program may take
group=${1:-all}
[ $# -eq 0 ] || shift

case $group in
  unit) projects="Engine.Tests Commands.Tests Cli.Tests" ;;
  integration)
    projects="EmbeddedPostgres.Tests Postgres.Tests Postgres18.Tests Crash.Tests Hosting.Tests Aspire.Hosting.Tests"
    projects="$projects Native.Tests"
    ;;
  cluster) projects="Grains.Tests" ;;
  browser) projects="Monitor.Tests" ;;
  all)
    projects="Engine.Tests Commands.Tests Native.Tests Cli.Tests EmbeddedPostgres.Tests Postgres.Tests Postgres18.Tests"
    projects="$projects Crash.Tests Hosting.Tests Aspire.Hosting.Tests Grains.Tests Monitor.Tests"
    ;;
  *)
    echo "usage: ./ingest test [unit|integration|cluster|browser|all]" >&2
    exit 2
    ;;
esac

passed=0 failed=0 skipped=0
results=$root/artifacts/tests
mkdir -p "$results"

child=
trap 'kill "$child" 2>/dev/null; exit 130' INT TERM

finish() {
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
  exit
}

echo "building…"
if ! "$dotnet" build "$root/OrleansIngest.sln" -c Release </dev/null >"$results/build.log" 2>&1; then
  grep -E '(error|warning) [A-Z]+[0-9]+|error :' "$results/build.log" | sort -u | head -n 30
  echo "the build failed, all of it is in $results/build.log"
  failed=1
  finish
fi

# attribute NAME FILE: the value of the attribute in the <assembly> element of xunit's XML.
attribute() { grep -o '<assembly [^>]*>' "$2" | sed -n "s/.* $1=\"\([0-9][0-9]*\)\".*/\1/p" | head -n 1; }

# lacks_npms_postgres: whether npm's PostgreSQL cannot be had, by one class of the tests that run on it.
lacks_npms_postgres() {
  probe=$results/OrleansIngest.Postgres18.Tests.probe
  rm -f "$probe.xml"
  INGEST_PG_BIN=npm "$root/artifacts/bin/OrleansIngest.Postgres.Tests/release/OrleansIngest.Postgres.Tests" -noColor \
    -class OrleansIngest.Postgres.Tests.ServerVersionTests -result-xml "$probe.xml" </dev/null >"$probe.log" 2>&1
  [ -f "$probe.xml" ] && [ "$(attribute skipped "$probe.xml")" -gt 0 ]
}

# run PROJECT OPTION...: Native.Tests are Commands.Tests, with each call going to the program that is compiled ahead of time;
# Postgres18.Tests are Postgres.Tests, on the PostgreSQL of npm instead of the machine's.
run() {
  native=
  binaries=${INGEST_PG_BIN:-}
  name=OrleansIngest.$1
  if [ "$1" = Postgres18.Tests ]; then
    name=OrleansIngest.Postgres.Tests
    if [ -n "${INGEST_TEST_DB:-}" ] || [ "$binaries" = npm ]; then return; fi
    if lacks_npms_postgres; then
      echo "== OrleansIngest.Postgres18.Tests: skipped, npm's PostgreSQL cannot be had:"
      grep -A 3 'SKIP' "$probe.log"
      skipped=$((skipped + 1))
      return
    fi
    binaries=npm
  fi
  if [ "$1" = Native.Tests ]; then
    name=OrleansIngest.Commands.Tests
    native=${INGEST_NATIVE_PROGRAM:-}
    if [ -z "$native" ]; then
      echo "== OrleansIngest.Native.Tests: not run, no program was compiled ahead of time here"
      if [ -n "${CI:-}" ]; then failed=$((failed + 1)); else skipped=$((skipped + 1)); fi
      return
    fi
  fi
  title=OrleansIngest.$1
  shift
  chosen=$# # options may choose tests of another program
  program=$root/artifacts/bin/$name/release/$name
  log=$results/$title.log
  xml=$results/$title.xml
  rm -f "$log" "$xml"
  if ! grep -Erq --include='*.cs' '\[(Fact|Theory)' "$root/tests/$name" 2>/dev/null; then
    echo "== $title: no tests yet"
    return
  fi

  echo "== $title"
  set -- "$program" -noColor -result-xml "$xml" "$@"
  if [ "$name" = OrleansIngest.Commands.Tests ]; then set -- env INGEST_NATIVE_PROGRAM="$native" "$@"; fi
  if [ -n "$binaries" ]; then set -- env INGEST_PG_BIN="$binaries" "$@"; fi
  if command -v timeout >/dev/null 2>&1; then set -- timeout -k 10 "$limit" "$@"; fi
  "$@" </dev/null >"$log" 2>&1 &
  child=$!
  wait "$child"
  code=$?
  child=
  grep -avE '^xUnit.net v3 |^  (Discovering|Discovered|Starting|Finished): |^=== TEST EXECUTION SUMMARY|^ *$' "$log"
  total=$([ -f "$xml" ] && attribute total "$xml")
  if [ -z "$total" ]; then
    echo "$title ended with exit code $code and no result (124: it took more than $limit s), its output is in $log"
    failed=$((failed + 1))
    return
  fi

  bad=$(($(attribute failed "$xml") + $(attribute errors "$xml")))
  passed=$((passed + $(attribute passed "$xml")))
  skipped=$((skipped + $(attribute skipped "$xml")))
  if [ "$bad" -eq 0 ] && { [ "$code" -ne 0 ] || { [ "$total" -eq 0 ] && [ "$chosen" -eq 0 ]; }; }; then
    echo "$title ended with exit code $code after $total tests, its output is in $log"
    bad=1
  fi
  failed=$((failed + bad))
}

if [ -n "${INGEST_CHECK_FORMAT:-}" ]; then
  echo "== dotnet format"
  if ! "$dotnet" format "$root/OrleansIngest.sln" --verify-no-changes --no-restore </dev/null >"$results/format.log" 2>&1; then
    head -n 30 "$results/format.log"
    echo "run dotnet format, all it found is in $results/format.log"
    failed=$((failed + 1))
  fi
fi

for project in $projects; do run "$project" "$@"; done
finish
