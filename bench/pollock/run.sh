#!/bin/bash
# Runs the benchmark Pollock: bench/pollock/run.sh BENCHMARK [OUT]; README.md says how to get BENCHMARK. OUT (default: a new
# folder under /tmp) keeps what was loaded and each file's score.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
benchmark=${1:?"usage: run.sh BENCHMARK [OUT]; see $here/README.md"}
out=${2:-$(mktemp -d /tmp/pollock.XXXXXX)}
[ -d "$benchmark/data/polluted_files/csv" ] ||
    { echo "$benchmark has no data/polluted_files/csv; see $here/README.md" >&2; exit 2; }

for system in sqlite postgres univocity; do
  echo "$system, as published:"
  python3 "$here/score.py" "$benchmark" polluted_files "$benchmark/results/$system/polluted_files/loading" --published "$system"
done

dotnet build "$here/Pollock.csproj" -c Release -v q --nologo >&2
program=$here/../../artifacts/bin/Pollock/release/OrleansIngest.Pollock
for dataset in polluted_files survey_sample; do
  for mode in told auto; do
    "$program" "$benchmark/data/$dataset" $mode "$out/$dataset/$mode"
    for variant in with-header as-written; do
      echo "$dataset, $mode, $variant:"
      python3 "$here/score.py" "$benchmark" $dataset "$out/$dataset/$mode/$variant" --files "$out/$dataset-$mode-$variant.csv"
    done
  done
done
echo "loaded files and scores are in $out"
