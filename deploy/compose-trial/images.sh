# images.sh: the base images of deploy/Dockerfile and docker-compose.yml for deploy/try-compose.sh, which sources this file. An
# image that the engine has or can pull is used as it is. The others get stand-ins of the same name, built from Debian and from
# the .NET of this machine.

mirror=${TRY_MIRROR:-http://deb.debian.org/debian}

# Names in $work/stand-ins and $work/pulled, because a step is a process of its own.
origin_of() { # origin_of IMAGE: how it came here
  local origin
  for origin in stand-ins pulled; do if grep -qxF "$1" "$work/$origin"; then echo "${origin%s}" && return; fi; done
  echo present
}

base_images() {
  local image
  for image in mcr.microsoft.com/dotnet/aspnet:10.0 mcr.microsoft.com/dotnet/sdk:10.0 postgres:17; do
    if docker image inspect "$image" >/dev/null 2>&1; then continue; fi
    if [ "${TRY_PULL:-1}" = 1 ] && timeout 600 docker pull -q "$image"; then
      echo "$image" >>"$work/pulled"
    else
      echo "cannot pull $image: building a stand-in"
      stand_in "$image"
    fi
  done
}

stand_in() { # stand_in IMAGE
  debian
  local context=$work/context dotnet
  dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
  rm -rf "$context"
  mkdir -p "$context"
  echo "$1" >>"$work/stand-ins"
  case $1 in
    */aspnet:*)
      cp "$trial/runtime.Dockerfile" "$context/Dockerfile"
      tar -c -C "$context" . -C "$(dirname "$dotnet")" "${dotnet##*/}"/{dotnet,host,shared,LICENSE.txt} | docker build -t "$1" -
      ;;
    */sdk:*)
      cp "$trial/sdk.Dockerfile" "$context/Dockerfile"
      cp "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" "$context/ca-certificates.crt"
      tar -c -C "$context" . -C "$(dirname "$dotnet")" "${dotnet##*/}" | docker build -t "$1" -
      ;;
    postgres:*)
      cp "$trial/postgres.Dockerfile" "$context/Dockerfile"
      cp "$trial/postgres-entrypoint.sh" "$context"
      docker build -t "$1" "$context"
      ;;
  esac
}

debian() { # the base of the stand-ins
  if docker image inspect debian:13 >/dev/null 2>&1; then return; fi
  if [ "${TRY_PULL:-1}" = 1 ] && timeout 600 docker pull -q debian:13; then echo debian:13 >>"$work/pulled" && return; fi
  command -v debootstrap >/dev/null ||
      quit "no image can be pulled, and there is no debootstrap to make one: apt-get install debootstrap"
  debootstrap --variant=minbase --include=ca-certificates trixie "$work/debian" "$mirror"
  echo debian:13 >>"$work/stand-ins"
  tar -c -C "$work/debian" --exclude='./var/cache/apt/archives/*.deb' --exclude='./var/lib/apt/lists/*' --exclude='./proc/*' \
      --exclude='./sys/*' . |
    docker import - debian:13
  umount -l "$work/debian/proc" 2>/dev/null || :
  rm -rf --one-file-system "$work/debian"
}

remove_base_images() {
  local image
  [ -z "${engine_pid:-}" ] || return 0 # gone with the engine
  for image in $(cat "$work/stand-ins" "$work/pulled"); do docker image rm "$image"; done
}
