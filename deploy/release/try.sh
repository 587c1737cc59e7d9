#!/bin/sh
# try.sh: uses the packages of artifacts/release as somebody who has just downloaded them: in an empty directory, without .NET on
# the PATH, with an empty environment. Needs PostgreSQL's binaries. Prints what it proved; exits with 0 only if all of it holds.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd -P)
out=$root/artifacts/release
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$root/Directory.Build.props")
tmp=$(mktemp -d)
chmod 755 "$tmp"
trap 'rm -rf "$tmp"' EXIT
passed=0

proved() { passed=$((passed + 1)) && echo "ok    $*"; }
failed() { echo "FAIL  $*" && exit 1; }

# as_user PROGRAM ARGUMENT...: with nothing of this shell's environment; .NET is not where a runtime would be found.
as_user() { (cd "$tmp/work" && env -i HOME="$tmp/home" PATH=/usr/bin:/bin DOTNET_ROOT=/nonexistent LANG=C.UTF-8 "$@"); }

fresh() {
  rm -rf "$tmp/work" "$tmp/home"
  mkdir "$tmp/work" "$tmp/home"
}

try_load() { # try_load NAME INGEST
  fresh
  [ "$(as_user "$2" --version)" = "$version" ] || failed "$1: --version is not $version"
  as_user "$2" --help | grep -q '^  up ' || failed "$1: --help does not list up"
  printf 'id,note\n1,a\n2,b\nx,c\n' >"$tmp/work/t.csv"
  as_user "$2" load t.csv --table t --create >"$tmp/load.log" 2>&1 || failed "$1: load: $(cat "$tmp/load.log")"
  grep -q '1 file loaded into t: 3 rows' "$tmp/load.log" || failed "$1: load said: $(cat "$tmp/load.log")"
  proved "$1: load --create into a private PostgreSQL"
}

try_program() { # try_program NAME INGEST
  try_load "$1" "$2"
  as_user "$2" demo >"$tmp/demo.log" 2>&1 || failed "$1: demo: $(tail -n 5 "$tmp/demo.log")"
  grep -q PROVED "$tmp/demo.log" || failed "$1: demo proved nothing: $(tail -n 5 "$tmp/demo.log")"
  proved "$1: demo, a silo with pages included"
}

(cd "$out" && sha256sum --quiet -c SHA256SUMS) && proved "checksums"

if [ -f "$out/orleans-ingest-$version-linux-x64.tar.gz" ]; then
  tar -C "$tmp" -xzf "$out/orleans-ingest-$version-linux-x64.tar.gz"
  try_program archive "$tmp/orleans-ingest-$version-linux-x64/ingest"
fi

if [ -f "$out/orleans-ingest_${version}_amd64.deb" ]; then
  dpkg-deb -x "$out/orleans-ingest_${version}_amd64.deb" "$tmp/deb"
  try_program "Debian package" "$tmp/deb/usr/bin/ingest"
  for file in bash-completion/completions/ingest zsh/vendor-completions/_ingest fish/vendor_completions.d/ingest.fish \
      man/man1/ingest.1.gz; do
    [ -s "$tmp/deb/usr/share/$file" ] || failed "Debian package: no /usr/share/$file"
  done
  proved "Debian package: man page and completions"
  if command -v systemd-analyze >/dev/null 2>&1; then
    # The program of the unit is looked for on this machine, where it is not installed.
    sed "s:/usr/bin/ingest:$tmp/deb/usr/bin/ingest:" \
        "$tmp/deb/usr/lib/systemd/system/orleans-ingest.service" >"$tmp/orleans-ingest.service"
    found=$(systemd-analyze verify --man=no "$tmp/orleans-ingest.service" 2>&1 | grep orleans-ingest || :)
    [ -z "$found" ] || failed "systemd-analyze verify: $found"
    proved "systemd-analyze verify"
  fi
fi

if [ -f "$out/OrleansIngest.Tool.$version.nupkg" ] && command -v dotnet >/dev/null 2>&1; then
  for package in OrleansIngest.Tool OrleansIngest.Tool.any; do
    fresh
    # Packages of this version may be in the user's cache from an earlier build.
    NUGET_PACKAGES="$tmp/packages" dotnet tool install "$package" --tool-path "$tmp/$package" --source "$out" \
        --version "$version" >"$tmp/tool.log" 2>&1 ||
      failed "dotnet tool install $package: $(cat "$tmp/tool.log")"
    [ "$("$tmp/$package/ingest" --version)" = "$version" ] || failed "$package: --version is not $version"
  done
  if [ "$(uname -sm)" = "Linux x86_64" ]; then
    try_load ".NET tool, without .NET" "$tmp/OrleansIngest.Tool/ingest"
    as_user "$tmp/OrleansIngest.Tool/ingest" up --help >"$tmp/up.log" 2>&1 || failed ".NET tool: up --help: $(cat "$tmp/up.log")"
  fi
  proved ".NET tool: installed for this platform and for any, --version"
fi

if [ -f "$out/OrleansIngest.Hosting.$version.nupkg" ] && command -v dotnet >/dev/null 2>&1; then
  fresh
  mkdir "$tmp/work/host"
  cp "$root/tests/OrleansIngest.Hosting.Sample/Program.cs" "$tmp/work/host"
  cat >"$tmp/work/host/host.csproj" <<END
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <RestoreAdditionalProjectSources>$out</RestoreAdditionalProjectSources>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.Extensions.Hosting" Version="10.0.15" />
    <PackageReference Include="OrleansIngest.Hosting" Version="$version" />
  </ItemGroup>
</Project>
END
  # Packages of this version may be in the user's cache from an earlier build.
  NUGET_PACKAGES="$tmp/packages" dotnet build "$tmp/work/host" -v q --nologo -o "$tmp/work/built" >"$tmp/host.log" 2>&1 ||
      failed "library: $(tail -n 5 "$tmp/host.log")"
  problems=$(dotnet "$tmp/work/built/host.dll" --Watch in 2>&1 || :)
  case $problems in *"connectionString: is required"*) ;; *) failed "library: the host said: $problems" ;; esac
  proved "library: a program of ten lines builds with the packages and checks its options"
fi

if [ -f "$out/OrleansIngest.Aspire.Hosting.$version.nupkg" ] && command -v dotnet >/dev/null 2>&1; then
  fresh
  mkdir "$tmp/work/apphost"
  cp "$root/tests/OrleansIngest.Aspire.Sample/Program.cs" "$tmp/work/apphost"
  # The orchestrator and the dashboard (170 MB) are not needed to publish.
  cat >"$tmp/work/apphost/apphost.csproj" <<END
<Project Sdk="Aspire.AppHost.Sdk/13.6.4">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <SkipAddAspireDefaultReferences>true</SkipAddAspireDefaultReferences>
    <RestoreAdditionalProjectSources>$out</RestoreAdditionalProjectSources>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Aspire.Hosting.AppHost" Version="13.6.5" />
    <PackageReference Include="OrleansIngest.Aspire.Hosting" Version="$version" />
  </ItemGroup>
</Project>
END
  NUGET_PACKAGES="$tmp/packages" dotnet build "$tmp/work/apphost" -v q --nologo -o "$tmp/work/built" >"$tmp/apphost.log" 2>&1 ||
    failed "Aspire: $(grep -E 'error' "$tmp/apphost.log" | head -n 5)"
  dotnet "$tmp/work/built/apphost.dll" --operation publish --publisher manifest \
      --output-path "$tmp/work/manifest.json" >"$tmp/apphost.log" 2>&1 ||
    failed "Aspire: publish: $(tail -n 5 "$tmp/apphost.log")"
  grep -q '"image": "orleans-ingest:latest"' "$tmp/work/manifest.json" ||
      failed "Aspire: the manifest is $(cat "$tmp/work/manifest.json")"
  proved "Aspire: an app host builds with the packages and publishes a container"
fi

for part in orleans-ingest OrleansIngest.Hosting OrleansIngest.Aspire.Hosting; do
  [ ! -f "$out/$part.cdx.json" ] || { grep -q '"Npgsql"' "$out/$part.cdx.json" && proved "$part.cdx.json lists Npgsql"; } ||
      failed "$part.cdx.json does not list Npgsql"
done

echo "$passed proved"
