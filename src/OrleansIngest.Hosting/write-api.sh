#!/bin/sh
# write-api.sh: writes PublicAPI.Shipped.txt of the engine, the library and the Aspire extension anew, from what the compiler says
# is missing in it. For a change of the API that is wanted; `git diff` then shows what it is.
set -eu

src=$(cd "$(dirname "$0")/.." && pwd -P)
for project in Engine Hosting Aspire.Hosting; do
  file=$src/OrleansIngest.$project/PublicAPI.Shipped.txt
  echo '#nullable enable' >"$file"
  ${dotnet:-dotnet} build "$src/OrleansIngest.$project" -c Release --nologo -p:TreatWarningsAsErrors=false 2>&1 |
    sed -n "s/.*OrleansIngest.$project\/.*RS0016: Symbol '\(.*\)' is not part of the declared public API.*/\1/p" |
        LC_ALL=C sort -u >"$file.new"
  cat "$file.new" >>"$file"
  rm "$file.new"
done
