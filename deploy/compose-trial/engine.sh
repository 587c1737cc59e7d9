# engine.sh: a container engine for deploy/try-compose.sh, which sources this file. It uses the engine that DOCKER_HOST or the
# default socket reaches; where none runs, it starts one in $work/engine, and stop_engine leaves the machine as it was.

forwarding() { cat /proc/sys/net/ipv4/ip_forward; }
forward_policy() { "$1" -S FORWARD 2>/dev/null | sed -n 's/^-P FORWARD //p'; }
has_bridge() { ip link show docker0 >/dev/null 2>&1; }
rule_programs() { # those of both address families, where they work
  local program
  for program in iptables ip6tables; do if "$program" -S >/dev/null 2>&1; then echo "$program"; fi; done
}

start_engine() {
  if docker info >/dev/null 2>&1; then
    engine_origin='already running'
    return
  fi
  [ "$(id -u)" = 0 ] || quit "no container engine runs, and only root can start one"
  local program
  for program in dockerd iptables ip; do
    command -v "$program" >/dev/null ||
        quit "no container engine runs, and there is no $program to start one: apt-get install docker.io iptables iproute2"
  done
  engine=$work/engine
  mkdir -p "$engine"
  forwarding_before=$(forwarding)
  bridge_before=$(has_bridge && echo yes || echo no)
  declare -gA policy_before=()
  for program in $(rule_programs); do policy_before[$program]=$(forward_policy "$program"); done
  export DOCKER_HOST=unix://$engine/docker.sock
  # A session of its own, so that Ctrl-C reaches this script alone, which then cleans up with the engine's help.
  setsid dockerd --data-root "$engine/data" --exec-root "$engine/exec" --pidfile "$engine/pid" \
      --host "$DOCKER_HOST" >"$engine/log" 2>&1 </dev/null &
  engine_pid=$!
  engine_origin="started for the trial"
  wait_for "$patience" docker info || { tail -n 5 "$engine/log" >&2; quit "dockerd did not start"; }
}

stop_engine() {
  [ -n "${engine_pid:-}" ] || return 0
  kill "$engine_pid" 2>/dev/null
  local i
  for ((i = 0; i < 300; i++)); do
    kill -0 "$engine_pid" 2>/dev/null || break
    sleep 0.1
  done
  if kill -KILL "$engine_pid" 2>/dev/null; then end_orphans; fi
  wait "$engine_pid" 2>/dev/null
  grep -F "$work/" /proc/self/mounts | cut -d' ' -f2 | sort -r | while read -r mount; do umount -l "$mount"; done
  remove_rules
  [ "$bridge_before" = yes ] || ! has_bridge || ip link delete docker0
  echo "$forwarding_before" >/proc/sys/net/ipv4/ip_forward
  engine_pid=
}

# The containerd of this engine and its shims have its directory in their command lines.
end_orphans() {
  local process
  for process in /proc/[0-9]*; do
    if tr '\0' ' ' 2>/dev/null <"$process/cmdline" | grep -qF "$engine/exec"; then kill -KILL "${process#/proc/}" 2>/dev/null; fi
  done
  return 0
}

# Removes the rules and chains of Docker and puts back the policy; the rules of others stay. Only where no other engine can have
# made them.
remove_rules() {
  [ "$bridge_before" = no ] || return 0
  local program table
  for program in $(rule_programs); do
    for table in filter nat; do
      "$program-save" -t "$table" | grep -vE '^:DOCKER|^-A DOCKER|-[io] (docker0|br-[0-9a-f]+)|-j DOCKER' | "$program-restore"
    done
    [ -z "${policy_before[$program]:-}" ] || "$program" -P FORWARD "${policy_before[$program]}"
  done
}
