# images.sh: the base images of deploy/Dockerfile and docker-compose.yml for deploy/try-compose.sh, which sources this file. An image that the engine
# has or can pull is used as it is. The others get stand-ins of the same name, built from Debian and from the .NET of this machine.

mirror=${TRY_MIRROR:-http://deb.debian.org/debian}

sources_of() { # sources_of IMAGE: "pulled", "present" or "stand-in"
  local name
  for name in "${stand_ins[@]}"; do if [ "$name" = "$1" ]; then echo stand-in && return; fi; done
  for name in "${pulled[@]}"; do if [ "$name" = "$1" ]; then echo pulled && return; fi; done
  echo present
}

base_images() {
  stand_ins=() pulled=()
  local image
  for image in mcr.microsoft.com/dotnet/aspnet:10.0 mcr.microsoft.com/dotnet/sdk:10.0 postgres:17; do
    if docker image inspect "$image" >/dev/null 2>&1; then continue; fi
    if [ "${TRY_PULL:-1}" = 1 ] && timeout 600 docker pull -q "$image"; then
      pulled+=("$image")
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
  stand_ins+=("$1")
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
  if [ "${TRY_PULL:-1}" = 1 ] && timeout 600 docker pull -q debian:13; then pulled+=(debian:13) && return; fi
  command -v debootstrap >/dev/null || quit "no image can be pulled, and there is no debootstrap to make one: apt-get install debootstrap"
  debootstrap --variant=minbase --include=ca-certificates trixie "$work/debian" "$mirror"
  stand_ins+=(debian:13)
  tar -c -C "$work/debian" --exclude='./var/cache/apt/archives/*.deb' --exclude='./var/lib/apt/lists/*' --exclude='./proc/*' --exclude='./sys/*' . |
    docker import - debian:13
  umount -l "$work/debian/proc" 2>/dev/null
  rm -rf --one-file-system "$work/debian"
}

remove_base_images() {
  local image
  [ -z "${engine_pid:-}" ] || return 0 # gone with the engine
  for image in "${pulled[@]}" "${stand_ins[@]}"; do docker image rm "$image"; done
}
