#!/bin/sh
# publish.sh restore|compile: what deploy/Dockerfile runs in the SDK's image, in two steps, so that packages are restored and
# compiled ahead of time only when one changes. It makes $IMAGE/app, the program with its bill of materials (sbom.cdx.json), and
# $IMAGE/data. It runs outside a container as well, in a copy of the folder without artifacts/.
# TARGETARCH: amd64 or arm64 (this machine's); INGEST_RELEASE=true: for every processor of that architecture; IMAGE (/image).
set -eu

project=src/OrleansIngest.Cli/OrleansIngest.Cli.csproj
compiled=artifacts/obj/OrleansIngest.Cli/release/R2R
image=${IMAGE:-/image}
cyclonedx=6.3.1
here=$(uname -m)
case ${TARGETARCH:-$here} in
  amd64 | x86_64) rid=linux-x64 ;;
  arm64 | aarch64) rid=linux-arm64 ;;
  *) echo "publish: TARGETARCH must be amd64 or arm64, not '$TARGETARCH'" >&2 && exit 2 ;;
esac
# The compiler cannot ask this processor about another architecture.
case $here-$rid in
  x86_64-linux-x64 | aarch64-linux-arm64) release=${INGEST_RELEASE:-false} ;;
  *) release=true ;;
esac
# Code instrumented for later optimisation is an eighth of the compilers' processor time, and they end before it pays.
export DOTNET_TieredPGO=0
options="-r $rid -p:IngestReadyToRun=true -p:IngestRelease=$release"

# Analyzers take half of the time, and ./ingest test has run them; source generators run all the same.
publish() { # publish DIRECTORY
  # shellcheck disable=SC2086
  dotnet publish $project $options --no-restore --no-self-contained -c Release -o "$1" -p:DebugType=none -p:RunAnalyzers=false
}

# The packages, compiled ahead of time, where the compilation of the program finds them up to date: they take more of its time
# than the program itself. The same projects, with an empty program as their only source, are published for it; only the
# packages are kept.
compile_packages() {
  echo 'return;' >src/OrleansIngest.Cli/Empty.cs
  publish /tmp/empty
  rm -r src/OrleansIngest.Cli/Empty.cs /tmp/empty artifacts/bin
  mv "$compiled" /tmp/packages
  rm -r artifacts/obj/*/release /tmp/packages/OrleansIngest.*.dll /tmp/packages/ingest.dll
  mkdir -p "$compiled"
  mv /tmp/packages/*.dll "$compiled"
  rmdir /tmp/packages
}

case ${1:-} in
  restore)
    # shellcheck disable=SC2086
    dotnet restore $project $options
    compile_packages
    version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
    dotnet tool install CycloneDX --version "$cyclonedx" --tool-path /tmp/cyclonedx
    /tmp/cyclonedx/dotnet-CycloneDX $project -o "$image/app" -fn sbom.cdx.json -F Json -sn orleans-ingest -sv "$version" \
      --disable-package-restore --exclude-dev --runtime "$rid"
    rm -rf /tmp/cyclonedx
    ;;
  compile)
    # Newer than the project files, which Docker copies with the time of the checkout; where their content has changed,
    # `restore` has run.
    touch /tmp/began
    touch -r /tmp/began "$compiled"/*.dll
    publish "$image/app"
    echo "publish: compiled $(find "$compiled" -name '*.dll' -newer /tmp/began | wc -l) assemblies ahead of time," \
      "found $(find "$compiled" -name '*.dll' ! -newer /tmp/began | wc -l)"
    # Documentation of libraries.
    find "$image/app" -name '*.xml' -delete
    mkdir -p "$image/data/events"
    # Of the container, with all helper processes: cgroup v1 or v2.
    if [ "${DOTNET_RUNNING_IN_CONTAINER:-}" != true ]; then
      : # it would be the machine's
    elif [ -r /sys/fs/cgroup/cpuacct/cpuacct.usage ]; then
      awk '{ printf "publish: %.0f s of processor time\n", $1 / 1e9 }' /sys/fs/cgroup/cpuacct/cpuacct.usage
    elif [ -r /sys/fs/cgroup/cpu.stat ]; then
      awk '/^usage_usec/ { printf "publish: %.0f s of processor time\n", $2 / 1e6 }' /sys/fs/cgroup/cpu.stat
    fi
    ;;
  *) sed -n '2,5s/^# //p' "$0" >&2 && exit 2 ;;
esac
