#!/bin/sh
# image.sh [amd64|arm64]...: builds the container image for every processor of these architectures (default: this machine's) and
# puts it with its bill of materials into artifacts/release; `./ingest release image` calls it. Needs Docker; an image of the
# other architecture also needs its BuildKit, and is compiled here, not emulated.
#
#   orleans-ingest-image-VERSION-linux-ARCHITECTURE.tar.gz      for `docker load`: orleans-ingest:VERSION-ARCHITECTURE
#   orleans-ingest-image-VERSION-linux-ARCHITECTURE.cdx.json    its packages: /app/sbom.cdx.json of the image
#
# SDK, RUNTIME: base images, if not those of deploy/Dockerfile.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd -P)
out=$root/artifacts/release
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$root/Directory.Build.props")
say() { printf 'release: %s\n' "$*" >&2; }

case $(uname -m) in aarch64 | arm64) here=arm64 ;; *) here=amd64 ;; esac
[ $# -gt 0 ] || set -- "$here"
docker version >/dev/null || { say "the image needs a running Docker engine" && exit 1; }
mkdir -p "$out"
for architecture; do
  case $architecture in amd64 | arm64) ;; *) say "the architecture must be amd64 or arm64, not '$architecture'" && exit 2 ;; esac
  image=orleans-ingest:$version-$architecture
  name=orleans-ingest-image-$version-linux-$architecture
  say "building $image"
  [ "$architecture" = "$here" ] || export DOCKER_BUILDKIT=1
  docker build -f "$root/deploy/Dockerfile" --target final --platform "linux/$architecture" -t "$image" \
    --build-arg "TARGETARCH=$architecture" --build-arg INGEST_RELEASE=true ${SDK:+--build-arg "SDK=$SDK"} \
        ${RUNTIME:+--build-arg "RUNTIME=$RUNTIME"} \
    "$root" >"$out/build.log" 2>&1 || { tail -n 20 "$out/build.log" >&2 && say "all of it is in $out/build.log" && exit 1; }
  container=$(docker create --platform "linux/$architecture" "$image")
  docker cp "$container:/app/sbom.cdx.json" "$out/$name.cdx.json" >/dev/null
  docker rm "$container" >/dev/null
  docker save "$image" | gzip -9n >"$out/$name.tar.gz"
  say "$name.tar.gz: $(du -m "$out/$name.tar.gz" | cut -f1) MiB"
done
