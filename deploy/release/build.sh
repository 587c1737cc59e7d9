#!/bin/sh
# build.sh [--no-try] [archive|deb|tool|library|all]: builds the release files for linux-x64 in artifacts/release, and uses them
# as somebody who has just downloaded them (try.sh; --no-try leaves that out). `./ingest release` calls it.
#
#   orleans-ingest-VERSION-linux-x64.tar.gz   self-contained: the native program and the complete one, no .NET needed
#   orleans-ingest_VERSION_amd64.deb          the same for Debian and Ubuntu, with a systemd unit
#   OrleansIngest.Tool.VERSION.nupkg          for `dotnet tool install`, with packages of its platforms:
#                                             OrleansIngest.Tool.linux-x64 (native) and OrleansIngest.Tool.any
#   OrleansIngest.Hosting.VERSION.nupkg       for programs that load files themselves, with OrleansIngest.Engine
#   OrleansIngest.Aspire.Hosting.VERSION.nupkg  for app hosts of Aspire, with OrleansIngest.Engine
#   *.cdx.json                                what each consists of: a software bill of materials in CycloneDX
#   SHA256SUMS
#
# `image` builds the container image and is not part of `all`, because it needs Docker: image.sh.
#
# The version is <Version> in Directory.Build.props. Files have the time of the last commit, so that one commit gives the same
# archive twice.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd -P)
dotnet=${dotnet:-dotnet}
out=$root/artifacts/release
cyclonedx=6.3.1
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$root/Directory.Build.props")
name=orleans-ingest-$version-linux-x64
stage=$out/$name
try=yes
if [ "${1:-}" = --no-try ]; then try=no && shift; fi
what=${1:-all}
export MSBUILDDISABLENODEREUSE=1 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

say() { printf 'release: %s\n' "$*" >&2; }

# run STEP COMMAND...: its output goes to a file, of which the end is shown when it fails.
run() {
  step=$1
  shift
  say "$step"
  if ! "$@" </dev/null >"$out/build.log" 2>&1; then
    tail -n 20 "$out/build.log" >&2
    say "$step failed, all of it is in $out/build.log"
    exit 1
  fi
}

publish() { # publish PROJECT DIRECTORY OPTION...
  project=$1 directory=$2
  shift 2
  run "compiling $project" "$dotnet" publish "$root/src/OrleansIngest.$project/OrleansIngest.$project.csproj" -c Release \
      -r linux-x64 -o "$directory" \
    -p:IngestRelease=true -p:DebugType=none "$@"
}

# What every package contains; compiled again only when a source has changed.
stage() {
  if [ -f "$stage/complete/ingest" ] &&
      [ -z "$(find "$root/src" "$root/sql" "$root"/*.props "$root/global.json" -newer "$stage/ingest" | head -n 1)" ]
  then return; fi
  rm -rf "$stage"
  mkdir -p "$stage/share"
  publish Native "$stage"
  publish Cli "$stage/complete" --self-contained -p:IngestReadyToRun=true
  find "$stage" -name '*.xml' -delete # documentation of libraries
  "$stage/ingest" man >"$stage/share/ingest.1"
  for shell in bash zsh fish powershell; do "$stage/ingest" completion $shell >"$stage/share/completion.$shell"; done
}

commit_time() { git -C "$root" log -1 --format=%ct 2>/dev/null || date +%s; }

archive() {
  say "packing $name.tar.gz"
  cp "$root/LICENSE" "$root/README.md" "$stage"
  cp "$root/docs/ingest.schema.json" "$root/deploy/release/orleans-ingest.service" "$root/deploy/release/ingest.json" \
      "$stage/share"
  chmod -R go=rX,u+w "$stage"
  tar -C "$out" --sort=name --mtime="@$(commit_time)" --owner=0 --group=0 --numeric-owner -cf - "$name" |
      gzip -9n >"$out/$name.tar.gz"
}

deb() {
  tree=$out/deb
  rm -rf "$tree"
  mkdir -p "$tree/usr/lib/orleans-ingest" "$tree/usr/bin" "$tree/usr/lib/systemd/system" "$tree/usr/share/doc/orleans-ingest" \
      "$tree/etc/orleans-ingest" "$tree/DEBIAN"
  cp -a "$stage/ingest" "$stage/complete" "$tree/usr/lib/orleans-ingest"
  ln -s ../lib/orleans-ingest/ingest "$tree/usr/bin/ingest"
  install -D -m 644 "$stage/share/completion.bash" "$tree/usr/share/bash-completion/completions/ingest"
  install -D -m 644 "$stage/share/completion.zsh" "$tree/usr/share/zsh/vendor-completions/_ingest"
  install -D -m 644 "$stage/share/completion.fish" "$tree/usr/share/fish/vendor_completions.d/ingest.fish"
  mkdir -p "$tree/usr/share/man/man1"
  gzip -9n <"$stage/share/ingest.1" >"$tree/usr/share/man/man1/ingest.1.gz"
  cp "$root/deploy/release/orleans-ingest.service" "$tree/usr/lib/systemd/system"
  cp "$root/deploy/release/ingest.json" "$root/deploy/release/environment" "$tree/etc/orleans-ingest"
  cp "$root/LICENSE" "$tree/usr/share/doc/orleans-ingest/copyright"
  cp "$root/docs/ingest.schema.json" "$tree/usr/share/doc/orleans-ingest"
  for script in postinst prerm postrm; do install -m 755 "$root/deploy/release/deb/$script" "$tree/DEBIAN/$script"; done
  printf '/etc/orleans-ingest/ingest.json\n/etc/orleans-ingest/environment\n' >"$tree/DEBIAN/conffiles"
  size=$(du -sk --exclude=DEBIAN "$tree" | cut -f1)
  sed -e "s/@VERSION@/$version/" -e "s/@SIZE@/$size/" "$root/deploy/release/deb/control" >"$tree/DEBIAN/control"
  chmod -R go=rX,u+w "$tree"
  chmod 640 "$tree/etc/orleans-ingest/environment"
  run "packing orleans-ingest_${version}_amd64.deb" env SOURCE_DATE_EPOCH="$(commit_time)" \
    dpkg-deb -Zxz -z2 --root-owner-group --build "$tree" "$out/orleans-ingest_${version}_amd64.deb"
  rm -rf "$tree"
}

# pack_tool NAME PLATFORM: a package of the files in $tree, from its nuspec.
pack_tool() {
  cp "$root/deploy/release/tool/$1.nuspec" "$root/deploy/release/tool/$2.xml" "$root/LICENSE" "$root/README.md" "$tree"
  run "packing $1.$version.nupkg" "$dotnet" pack "$tree/$1.nuspec" --version "$version" -o "$out"
  rm -rf "$tree"
}

# `dotnet tool install` takes the package of its platform, as OrleansIngest.Tool says: the files of the archive, or those that
# need .NET.
tool() {
  tree=$out/tool
  rm -rf "$tree"
  mkdir -p "$tree"
  cp -al "$stage/ingest" "$stage/complete" "$tree"
  pack_tool OrleansIngest.Tool.linux-x64 linux-x64
  run "packing OrleansIngest.Tool.any.$version.nupkg" "$dotnet" pack "$root/src/OrleansIngest.Cli/OrleansIngest.Cli.csproj" \
      -c Release -o "$out" \
    -p:IngestTool=true -p:DebugType=none
  mkdir -p "$tree"
  pack_tool OrleansIngest.Tool platforms
}

library() {
  for project in Engine Hosting Aspire.Hosting; do
    run "packing OrleansIngest.$project.$version.nupkg" "$dotnet" pack \
        "$root/src/OrleansIngest.$project/OrleansIngest.$project.csproj" -c Release -o "$out"
  done
}

# bill NAME PROJECT: what a package consists of, from the packages that its project was restored with.
bill() {
  if [ ! -x "$out/tools/dotnet-CycloneDX" ]; then
    run "installing CycloneDX $cyclonedx" "$dotnet" tool install CycloneDX --version "$cyclonedx" --tool-path "$out/tools"
  fi
  run "listing the parts of $1" env DOTNET_ROOT="$(dirname "$(readlink -f "$(command -v "$dotnet")")")" \
      "$out/tools/dotnet-CycloneDX" \
    "$root/src/OrleansIngest.$2/OrleansIngest.$2.csproj" -o "$out" -fn "$1.cdx.json" -F Json -sn "$1" -sv "$version" \
        --disable-package-restore --exclude-dev
}

bills_of_libraries() { bill OrleansIngest.Hosting Hosting && bill OrleansIngest.Aspire.Hosting Aspire.Hosting; }

# Only what is to be handed on.
files() { find . -maxdepth 1 -type f ! -name '*.log' ! -name SHA256SUMS -printf '%f\n' | sort; }

sums() { (cd "$out" && files | xargs sha256sum >SHA256SUMS); }

# What is where, and how large.
summary() {
  say "$out:"
  (cd "$out" && files | xargs du -b | awk '{ printf "%9.1f MB  %s\n", $1 / 1e6, $2 }')
  echo "              SHA256SUMS of these"
}

mkdir -p "$out"
find "$out" -maxdepth 1 -type f -delete
case $what in
  archive) stage && archive && bill orleans-ingest Cli ;;
  deb) stage && deb && bill orleans-ingest Cli ;;
  tool) stage && tool && bill orleans-ingest Cli ;;
  image) shift && "$root/deploy/release/image.sh" "$@" && try=no ;; # try-compose.sh tries images
  library) library && bills_of_libraries ;;
  all) stage && archive && deb && tool && library && bill orleans-ingest Cli && bills_of_libraries ;;
  *) say "usage: ./ingest release [--no-try] [archive|deb|tool|library|all|image [amd64|arm64]...]" && exit 2 ;;
esac
sums
if [ "$try" = yes ]; then
  say "trying them"
  "$root/deploy/release/try.sh"
fi
summary
