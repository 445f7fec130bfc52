#!/usr/bin/env bash
# The topology of docker-compose.yml from Debian's packages, on loopback: a PostgreSQL of its own, `migrate`, `grants`,
# two nodes, the same proxy with the same configuration. Runs until Ctrl-C, then ends what it started and removes its
# folder; nothing is kept.
#
#   examples/compose-without-docker.sh [OPTION…]
#
#   --install         install what is missing (apt-get, as root or by sudo); otherwise it is only named
#   --import FILE     import people and apps, as `abide import` reads them
#   --port N          the proxy's port: http://localhost:N is the issuer      (a free one)
#   --node-ports A,B  the nodes' ports                                       (free ones)
#   --folder DIR      work in this folder, which must not exist yet           (a temporary one)
#   --issuer URL      another issuer, when something before the proxy ends TLS
#
# ABIDE_BIN names the binary; else target/release/abide or target/debug/abide. No other setting of the surroundings is
# used. DIR/pids has a line `NAME PID` for everything that runs; DIR/NAME.log is its log.
set -euo pipefail

examples=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
declare -A pid_of=() port_of=()
folder='' socket='' import='' issuer='' install=no policy_is_ours=no as_root=()

main() {
  options "$@"
  abide=$(the_binary)
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  packages
  clean_environment
  make_folder
  database
  schema
  choose_ports
  # One after the other: the first makes the keys that both share.
  node node-a
  node node-b
  proxy
  import_file
  greet
  stay
}

say() { printf '%s\n' "$@"; }

fail() {
  printf 'compose-without-docker.sh: %s\n' "$*" >&2
  exit 1
}

options() {
  while (($# > 0)); do
    case $1 in
      --install) install=yes && shift && continue ;;
      -h | --help) sed -n '2,18s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" && exit 0 ;;
      --import | --port | --node-ports | --folder | --issuer) (($# > 1)) || fail "$1 wants a value" ;;
      *) fail "there is no option $1; --help names them" ;;
    esac
    case $1 in
      --import)
        [[ -r $2 ]] || fail "cannot read $2"
        import=$2
        ;;
      --port)
        [[ $2 =~ ^[0-9]{1,5}$ ]] || fail "--port: '$2' is no port"
        port_of[proxy]=$2
        ;;
      --node-ports)
        [[ $2 =~ ^([0-9]{1,5}),([0-9]{1,5})$ ]] || fail "--node-ports: write two, such as 8081,8082"
        port_of[node-a]=${BASH_REMATCH[1]} port_of[node-b]=${BASH_REMATCH[2]}
        ;;
      --folder) folder=$2 ;;
      --issuer) issuer=$2 ;;
    esac
    shift 2
  done
}

the_binary() {
  local binary
  for binary in ${ABIDE_BIN:+"$ABIDE_BIN"} "$examples"/../target/{release,debug}/abide; do
    [[ -x $binary ]] && realpath "$binary" && return
    [[ -z ${ABIDE_BIN:-} ]] || fail "ABIDE_BIN: $binary is no program"
  done
  fail "there is no binary; build one (cargo build --release) or name it in ABIDE_BIN"
}

# --- packages

packages() {
  local wanted=()
  postgres_programs >/dev/null || wanted+=(postgresql)
  haproxy_program >/dev/null || wanted+=(haproxy)
  if ((${#wanted[@]} > 0)); then
    [[ $install == yes ]] || fail "missing: ${wanted[*]}; --install installs them"
    install_packages "${wanted[@]}"
  fi
  programs=$(postgres_programs) || fail "PostgreSQL's server (initdb) is missing"
  haproxy=$(haproxy_program) || fail "haproxy is missing"
}

# The newest of Debian's, else what the path has. 14 and older have no \getenv in psql.
postgres_programs() {
  local all initdb
  all=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V) || all=$(command -v initdb) || return 1
  initdb=$(tail -n 1 <<<"$all")
  dirname "$initdb"
}

# Administrators' programs are not in everybody's path.
haproxy_program() { PATH=$PATH:/usr/sbin command -v haproxy; }

# Debian's packages start what they bring, and neither Debian's cluster nor its proxy is wanted here: a policy denies
# it while they are installed.
install_packages() {
  local policy=/usr/sbin/policy-rc.d
  command -v apt-get >/dev/null || fail "install these first (there is no apt-get here): $*"
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "as root: apt-get install $*"
    as_root=(sudo)
  fi
  if [[ -e $policy ]]; then
    ! "$policy" haproxy start >/dev/null 2>&1 || fail "$policy lets packages start their servers; install them yourself: $*"
  else
    policy_is_ours=yes
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
  fi
  say "installing $*"
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
  forget_policy
  say "Their own servers were not started. With systemd they will be at the next boot, unless you say"
  say "systemctl disable ${*}"
}

forget_policy() {
  [[ $policy_is_ours == no ]] || "${as_root[@]}" rm -f /usr/sbin/policy-rc.d
  policy_is_ours=no
}

# --- the ground

# Settings of whoever calls are not ours.
clean_environment() {
  local name
  for name in $(compgen -e); do
    case $name in ABIDE_* | PG* | RUST_LOG) unset "$name" ;; esac
  done
}

make_folder() {
  umask 077
  if [[ -n $folder ]]; then
    mkdir "$folder" || { folder='' && fail "the folder must not exist, and the one above it must"; }
    folder=$(realpath "$folder")
  else
    folder=$(mktemp --directory --tmpdir abide-compose-XXXXXX)
  fi
  # It becomes part of a URL and of the name of a socket, which may have 107 bytes.
  [[ $folder =~ ^[A-Za-z0-9/._-]{1,80}$ ]] || fail "$folder: plain letters, and no more than 80 of them"
  say "script $$" >"$folder/pids"
  socket=$folder/database/socket
}

# PostgreSQL refuses to run as root.
ordinary() { id postgres >/dev/null 2>&1 && echo postgres || echo nobody; }

as_ordinary() {
  if ((EUID == 0)); then
    (cd / && exec setpriv --reuid "$(ordinary)" --regid nogroup --clear-groups "$@")
  else
    "$@"
  fi
}

# start NAME LOG COMMAND…: in the background, in a session of its own (Ctrl-C is for us alone: we end things in order),
# and ended by the kernel if we are killed.
start() {
  local name=$1 log=$folder/$1.log
  shift
  setsid setpriv --pdeathsig TERM "$@" </dev/null >>"$log" 2>&1 &
  pid_of[$name]=$!
  say "$name $!" >>"$folder/pids"
}

# A process of ours that still runs. A number alone may be somebody else's by now.
runs() { [[ -n ${pid_of[$1]:-} ]] && jobs -pr | grep -qx "${pid_of[$1]}"; }

# until_ready NAME COMMAND…: for at most 60 s, and only as long as it runs.
until_ready() {
  local name=$1 end=$((SECONDS + 60))
  shift
  until "$@" >/dev/null 2>&1; do
    runs "$name" || fail "$name ended: $(tail -n 20 "$folder/$name.log")"
    ((SECONDS < end)) || fail "$name is not ready after 60 s: $(tail -n 20 "$folder/$name.log")"
    sleep 0.1
  done
}

secret() { od --address-radix=n --format=x1 --read-bytes=24 /dev/urandom | tr -d ' \n'; }

# --- the services, in the order and by the names of docker-compose.yml

database() {
  local server=("$programs/postgres" -D "$folder/database/data" -c listen_addresses= -c "unix_socket_directories=$socket")
  admin_password=$(secret) owner_password=$(secret) node_password=$(secret)
  mkdir -p "$socket"
  say "$admin_password" >"$folder/database/password"
  if ((EUID == 0)); then
    chown -R "$(ordinary)" "$folder/database"
    # Through, not in.
    chmod 711 "$folder"
  fi
  as_ordinary "$programs/initdb" --auth=scram-sha-256 --username=postgres --pwfile="$folder/database/password" \
    --encoding=UTF8 --locale=C.UTF-8 --pgdata="$folder/database/data" >"$folder/initdb.log" 2>&1 ||
    fail "initdb failed: $(tail -n 5 "$folder/initdb.log")"
  rm "$folder/database/password"
  if ((EUID == 0)); then
    # The kernel forgets who is to be told of a parent's end when a process changes its user: so it is said after that.
    server=(setpriv --reuid "$(ordinary)" --regid nogroup --clear-groups setpriv --pdeathsig INT "${server[@]}")
  fi
  start database "${server[@]}"
  until_ready database "$programs/pg_isready" --quiet --host="$socket" --username=postgres
}

sql() { # sql ROLE PASSWORD DATABASE FILE
  PGPASSWORD=$2 "$programs/psql" --no-psqlrc --quiet --host="$socket" --username="$1" --dbname="$3" --file="$4"
}

schema() {
  ABIDE_OWNER_PASSWORD=$owner_password ABIDE_NODE_PASSWORD=$node_password \
    sql postgres "$admin_password" postgres "$examples/database/roles.sql" || fail "the roles could not be made"
  # migrate
  ABIDE_STORE__KIND=postgres ABIDE_STORE__URL="postgres://abide_owner@localhost/abide?host=$socket" \
    PGPASSWORD=$owner_password "$abide" migrate || fail "the schema could not be made"
  # grants
  sql abide_owner "$owner_password" abide "$examples/database/grants.sql" || fail "the grants could not be made"
}

# Below 32768, where Linux takes no port for outgoing connections and other programs that ask for any.
choose_ports() {
  local name port tries
  for name in proxy node-a node-b; do
    for ((tries = 0; tries < 100; tries++)); do
      [[ -z ${port_of[$name]:-} ]] || break
      port=$((20000 + RANDOM % 10000))
      [[ " ${port_of[*]} " == *" $port "* ]] || is_taken "$port" || port_of[$name]=$port
    done
    [[ -n ${port_of[$name]:-} ]] || fail "no free port was found"
    ! is_taken "${port_of[$name]}" || fail "port ${port_of[$name]} is taken"
  done
  issuer=${issuer:-http://localhost:${port_of[proxy]}}
}

is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

as_node() { # as_node NAME COMMAND…
  PGPASSWORD=$node_password ABIDE_ISSUER=$issuer ABIDE_LISTEN=127.0.0.1:${port_of[$1]} \
    ABIDE_HTTP__TRUSTED_PROXIES=127.0.0.1 ABIDE_STORE__KIND=postgres \
    ABIDE_STORE__URL="postgres://abide@localhost/abide?host=$socket" \
    ABIDE_DATA_DIR="$folder/$1" ABIDE_KEYS_DIR="$folder/keys" "${@:2}"
}

node() {
  as_node "$1" start "$1" "$abide" serve
  until_ready "$1" bash "$examples/health.sh" ready "127.0.0.1:${port_of[$1]}"
}

proxy() {
  PROXY_BIND=127.0.0.1:${port_of[proxy]} NODE_A=127.0.0.1:${port_of[node-a]} NODE_B=127.0.0.1:${port_of[node-b]} \
    start proxy "$haproxy" -db -f "$examples/proxy/haproxy.cfg"
  until_ready proxy bash "$examples/health.sh" ready "127.0.0.1:${port_of[proxy]}"
}

import_file() {
  [[ -z $import ]] || as_node node-a "$abide" import "$import" || fail "the import was refused"
}

greet() {
  local link
  say "" "  issuer    $issuer" "  proxy     http://localhost:${port_of[proxy]}"
  say "  nodes     http://localhost:${port_of[node-a]} http://localhost:${port_of[node-b]}"
  say "  database  $socket"
  say "  folder    $folder"
  if link=$(as_node node-a "$abide" setup-link 2>/dev/null); then
    say "" "  This link makes the first administrator; it works once, within an hour:" "  $link"
  else
    say "" "  Sign in as one of those who were imported."
  fi
  say "" "Ready. Ctrl-C ends everything."
}

# A node may go, that is what two are for; nothing works without the others.
stay() {
  local gone name
  while wait -n -p gone || true; [[ -n ${gone:-} ]]; do
    for name in "${!pid_of[@]}"; do
      [[ ${pid_of[$name]} == "$gone" ]] || continue
      [[ $name == node-* ]] || fail "$name ended: $(tail -n 20 "$folder/$name.log")"
      say "$name ended; the other one goes on"
    done
    gone=''
  done
  fail "nothing runs any more"
}

# --- the end

# shellcheck disable=SC2317 # called by clean_up
# stop NAME SIGNAL: and waits; after 25 s without mercy.
stop() {
  local end=$((SECONDS + 25))
  runs "$1" || return 0
  kill -s "$2" "${pid_of[$1]}" 2>/dev/null || true
  while runs "$1"; do
    if ((SECONDS >= end)); then
      say "$1 does not stop; killed" >&2
      kill -s KILL "${pid_of[$1]}" 2>/dev/null || true
    fi
    sleep 0.05
  done
}

# shellcheck disable=SC2317 # called by the trap
# From the outside in. A node finishes what is in flight and needs the database for it.
clean_up() {
  local status=$?
  trap '' HUP INT TERM
  set +e
  stop proxy TERM
  stop node-a TERM
  stop node-b TERM
  stop database INT
  [[ -z $folder ]] || rm -rf -- "$folder"
  forget_policy
  exit "$status"
}

main "$@"
