# steps.sh: what deploy/try-compose.sh does to the cluster; it sources this file.

all_steps() {
  step "base images" base_images
  local image
  for image in mcr.microsoft.com/dotnet/sdk:10.0 mcr.microsoft.com/dotnet/aspnet:10.0 postgres:17; do
    say "                 $image: $(origin_of "$image")"
  done
  step "$([ -z "${TRY_IMAGE:-}" ] && echo 'build the image' || echo "take $TRY_IMAGE, build none")" build
  step "image: size, user, bill of materials" look_at_image
  step "up: three silos and the monitor are healthy" start
  step "containers: no root, no capability, read-only root" look_at_containers
  step "files are written and loaded" write_files
  [ "${TRY_SHORT:-0}" = 1 ] || failures
  step "every file is loaded" finish
  step "each record once, compared with the files" verify
}

failures() {
  step "scale from 3 to 5: each of them loads" scale
  step "kill two silos: the others continue, up brings them back" kill_silos
  step "end the process of a silo by SIGKILL: Docker starts it again" crash_silo
  step "pause a silo for 25 s: its files go to the others" pause_silo
  step "disconnect a silo's network for 25 s: the others continue, it comes back" disconnect_silo
  step "restart the database" restart_database
  step "kill the database" kill_database
  step "build the image after a change of one C# file" rebuild
  step "roll.sh: one silo after the other, the load continues" roll
  step "down and up again, with the data" down_and_up
}

silos() { docker ps -q --no-trunc --filter "label=com.docker.compose.project=$project" \
    --filter label=com.docker.compose.service=silo; }
up() { compose --profile demo up -d --no-build --scale silo=5 "$@"; }
state() {
  local health='{{if .State.Health}}{{.State.Health.Status}}{{end}}'
  docker inspect -f "{{.State.Status}} $health restarts {{.RestartCount}} exit {{.State.ExitCode}}" "$1"
}
healthy() { # healthy SERVICE NUMBER
  [ "$(docker ps -q --filter "label=com.docker.compose.project=$project" --filter "label=com.docker.compose.service=$1" \
    --filter health=healthy | wc -l)" = "$2" ]
}
sql() { compose exec -T postgres psql -U loader -d ecommerce -AtX -v ON_ERROR_STOP=1 -c "$1" </dev/null; }
loaded() { sql "SELECT count(*) FROM ingest.file WHERE status = 'loaded'"; }
more_loaded() { [ "$(loaded)" -ge "$1" ]; }
goes_on() { wait_for "$patience" more_loaded $(($(loaded) + ${1:-20})); } # that many more files are loaded
node_of() { # node_of CONTAINER: the silo that runs in it now, as the ledger knows it
  sql "SELECT node FROM ingest.node WHERE host = '$(docker inspect -f '{{.Config.Hostname}}' "$1")'
      ORDER BY started_at DESC LIMIT 1"
}
died() { [ "$(sql "SELECT state FROM ingest.node WHERE node = '$1'")" = dead ]; }
busy() { # the container of the silo that committed last
  docker inspect -f '{{.Id}}' \
    "$(sql 'SELECT n.host FROM ingest.batch b JOIN ingest.node n USING (node) ORDER BY b.committed_at DESC LIMIT 1')"
}
held() { sql "SELECT count(*) FROM ingest.file WHERE status = 'loading' AND owner_node = '$1'"; } # held NODE: files in its hands
alive() { # alive NUMBER: of silos, as the ledger knows
  [ "$(sql "SELECT count(*) FROM ingest.node WHERE state IN ('alive', 'draining') AND kind = 'silo'")" = "$1" ]
}
after_failure() {
  compose ps -a
  compose logs --tail 40
}

build() {
  compose build migrate | tee "$work/built"
  local used
  used=$(sed -n 's/^.*publish: \([0-9]* s of processor time\).*/\1/p' "$work/built")
  fact "$(grep -c 'Using cache\|CACHED' "$work/built" || :) steps cached${used:+, $used to compile}," \
    "load $(cut -d' ' -f1 /proc/loadavg)"
  sed -n 's/^.*publish: \(compiled .*\)/\1/p' "$work/built" >>"$work/facts"
}

size() { docker image inspect -f '{{.Size}}' "$1"; }
look_at_image() {
  local image=orleans-ingest:trial container over
  over=$((($(size $image) - $(size mcr.microsoft.com/dotnet/aspnet:10.0)) / 1000000))
  fact "$(($(size $image) / 1000000)) MB, $over MB over its base"
  [ "$over" -le 150 ]
  fact "user $(docker image inspect -f '{{.Config.User}}' $image)"
  container=$(docker create $image)
  docker cp "$container:/app" "$work/app"
  docker rm "$container"
  fact "/app: $(find "$work/app" -type f | wc -l) files, $(du -sb "$work/app" | awk '{printf "%.0f MB", $1 / 1e6}')"
  fact "sbom.cdx.json: $(grep -c '"bom-ref": "pkg:nuget' "$work/app/sbom.cdx.json") packages"
  grep -q '"Npgsql"' "$work/app/sbom.cdx.json"
  rm -rf "$work/app"
}

start() {
  compose up -d --no-build
  wait_for "$patience" healthy silo 3
  wait_for "$patience" healthy monitor 1
}

look_at_containers() {
  local container process
  for container in $(silos) $(compose ps -q monitor); do
    process=/proc/$(docker inspect -f '{{.State.Pid}}' "$container")
    # The engine may run elsewhere, in a virtual machine.
    if [ -d "$process" ]; then
      grep -qE '^Uid:\s+1654\s+1654\s+1654\s+1654' "$process/status"
      grep -qE '^CapEff:\s+0+$' "$process/status"
      grep -qE '^NoNewPrivs:\s+1' "$process/status"
    fi
    [ "$(docker inspect -f '{{.HostConfig.ReadonlyRootfs}} {{.Config.User}}' "$container")" = 'true 1654:1654' ]
    if docker exec "$container" touch /app/written; then return 1; fi
  done
  fact "user 1654, CapEff 0, NoNewPrivs 1, /app cannot be written to"
}

write_files() {
  up generator
  wait_for "$patience" more_loaded 20
}

all_load() { # whether each living silo has committed something
  [ "$(sql "SELECT count(*) FROM ingest.node WHERE state = 'alive' AND kind = 'silo' AND node IN (
      SELECT node FROM ingest.batch)")" = 5 ]
}
scale() {
  up
  wait_for "$patience" healthy silo 5
  # One silo takes all files that come one after the other. Only files that wait are divided.
  compose run --rm --no-deps migrate pause events
  wait_for "$patience" more_wait 50
  compose run --rm --no-deps migrate resume events
  wait_for "$patience" all_load
  # shellcheck disable=SC2046
  docker stats --no-stream --format '{{.Name}}: {{.MemUsage}}' $(silos) >"$work/memory"
  fact "memory: $(cut -d: -f2 "$work/memory" | cut -d/ -f1 | paste -sd, -)"
}

kill_silos() {
  local one
  one=$(busy)
  docker kill -s KILL "$one" "$(silos | grep -vxm1 "$one")"
  goes_on
  up
  wait_for "$patience" healthy silo 5
  wait_for "$patience" alive 5
}

crash_silo() {
  local container process restarts
  container=$(busy)
  restarts=$(docker inspect -f '{{.RestartCount}}' "$container")
  process=$(docker inspect -f '{{.State.Pid}}' "$container")
  if [ ! -d "/proc/$process" ]; then fact "not done: the engine's processes are not on this machine" && return; fi
  kill -KILL "$process"
  wait_for "$patience" restarted "$container" "$restarts"
  wait_for "$patience" healthy silo 5
}
restarted() { [ "$(docker inspect -f '{{.RestartCount}}' "$1")" -gt "$2" ]; }

# A silo that has no file in its hands would have none for the others.
pause_at_work() {
  container=$(busy)
  node=$(node_of "$container")
  docker pause "$container"
  files=$(held "$node")
  if [ "$files" = 0 ]; then docker unpause "$container" && return 1; fi
}
pause_silo() {
  local container node files
  wait_for "$patience" pause_at_work
  wait_for "$patience" died "$node"
  goes_on
  sleep 10 # longer than all time limits of the others
  docker unpause "$container"
  [ "$(held "$node")" = 0 ]
  # It learns that it was declared dead, ends, and is started again: first in the ledger, then healthy.
  wait_for "$patience" alive 5
  wait_for "$patience" healthy silo 5
  fact "it held $files files; then it is $(state "$container")"
}

disconnect_silo() {
  local container node
  container=$(busy)
  node=$(node_of "$container")
  docker network disconnect "${project}_default" "$container"
  wait_for "$patience" died "$node"
  goes_on
  sleep 10
  docker network connect --alias silo "${project}_default" "$container"
  wait_for "$patience" alive 5
  wait_for "$patience" healthy silo 5
  fact "then it is $(state "$container")"
}

restart_database() {
  compose restart postgres
  wait_for "$patience" healthy postgres 1
  goes_on
  wait_for "$patience" healthy silo 5
}

kill_database() {
  compose kill -s KILL postgres
  sleep 10 # the silos have noticed
  up
  wait_for "$patience" healthy postgres 1
  goes_on
  wait_for "$patience" healthy silo 5
}

rebuild() {
  # More than a comment, so that other code is compiled.
  printf '\nstatic class ChangedByTheTrial\n{\n    public static string Text => "trial";\n}\n' \
      >>src/OrleansIngest.Engine/Diagnostics/Counted.cs
  [ -z "${TRY_IMAGE:-}" ] || echo 'LABEL changed=1' >>deploy/Dockerfile
  local before after
  before=$(docker image inspect -f '{{.Id}}' orleans-ingest:trial)
  build
  after=$(docker image inspect -f '{{.Id}}' orleans-ingest:trial)
  [ "$before" != "$after" ]
  [ -n "${TRY_IMAGE:-}" ] && return
  # A change of a source must not restore packages or compile them again.
  if grep -q 'Restored ' "$work/built"; then return 1; fi
  grep -q 'publish: compiled [0-9]* assemblies ahead of time, found [1-9]' "$work/built"
}

roll() {
  local before container image
  before=$(loaded)
  ROLL_PATIENCE=$patience deploy/roll.sh
  image=$(docker image inspect -f '{{.Id}}' orleans-ingest:trial)
  [ "$(silos | wc -l)" = 5 ]
  for container in $(silos) $(compose ps -q monitor); do [ "$(docker inspect -f '{{.Image}}' "$container")" = "$image" ]; done
  fact "$(($(loaded) - before)) files loaded meanwhile"
  [ "$(loaded)" -gt "$before" ]
}

down_and_up() {
  compose --profile demo down --timeout 20
  [ -z "$(silos)" ]
  up
  wait_for "$patience" healthy silo 5
  wait_for "$patience" healthy monitor 1
  goes_on
}

waiting() { sql "SELECT count(*) FROM ingest.file WHERE status IN ('discovered', 'ready', 'loading', 'failed')"; }
more_wait() { [ "$(waiting)" -ge "$1" ]; }
nothing_waits() { [ "$(waiting)" = 0 ] && more_loaded "$1"; }
finish() {
  compose --profile demo stop --timeout 20 generator
  local files
  files=$(docker run --rm -v "${project}_data:/data:ro" --entrypoint bash postgres:17 -c 'ls /data/events/*.csv | wc -l')
  fact "$files files; $(waiting) waited when the generator stopped"
  wait_for $((patience * 3)) nothing_waits "$files"
  [ "$(loaded)" = "$files" ]
  local quarantined
  quarantined=$(sql "SELECT count(*) FROM ingest.file WHERE status = 'quarantined'")
  fact "quarantined: $quarantined; claimed more than once: $(sql 'SELECT count(*) FROM ingest.file WHERE epoch > 1')"
}

verify() {
  docker run --rm -i --network "${project}_default" -v "${project}_data:/data:ro" \
    -e PGHOST=postgres -e PGUSER=loader -e PGPASSWORD="$password" -e PGDATABASE=ecommerce postgres:17 bash \
        -s <"$trial/verify.sh" >"$work/verified" || { cat "$work/verified"; return 1; }
  cat "$work/verified"
  while read -r line; do fact "$line"; done <"$work/verified"
}
