#!/usr/bin/env bash
# Runs every test of Abide, part by part, and installs what they need on a Debian or Ubuntu machine.
#
#   tests/run.sh                 everything; what CI runs
#   tests/run.sh PART…           these parts only
#   tests/run.sh --list          the parts and what they are
#
# A part that cannot run fails and says why. The last line counts the tests, and one for a part that has none:
# `N passed, N failed`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# One line per part, in the order of a run: the name is that of the function `part_…`.
parts=(
  "tools     what the machine needs: a C compiler, Chromium and its driver, Node.js"
  "npm       the npm packages of the relying parties (tests/interop)"
  "clients   the relying parties in Python, Go and Java: what they need, and building them"
  "fmt       the formatting of the Rust code"
  "build     all binaries, dev profile"
  "clippy    the lints, warnings are errors"
  "unit      the tests beside the code"
  "stories   stories in process, and everything else of \`--test it\` that has no part of its own"
  "store     the store's contract and its survival, embedded; backup and restore"
  "postgres  the same contract on a real PostgreSQL, several nodes, a server that goes and comes; moving there and back"
  "faults    kill -9, power cuts, races, full disks, damaged files: the short form of tests/faults.sh"
  "cli       the command line of the real binary"
  "deploy    two nodes behind a proxy, as examples/ and docker-compose.yml have them"
  "interop   relying parties from elsewhere against the real binary"
  "browser   Chromium against the real binaries"
  "rp        the crate for relying apps, against Abide and against a provider of another make (npm oidc-provider)"
  "demo      the tests of the demo"
  "doc       the examples in the documentation, and the documentation itself"
  "deny      licences, duplicates and sources of the dependencies (cargo-deny)"
  "ran       did each test that docs/conformance.md names run and pass? by the last run of each part above"
)

# The modules of the integration tests that are parts of their own; `stories` is all the others.
store_tests=(store:: keep::)
postgres_tests=(store::postgres keep::postgres)
faults_tests=(faults::)
cli_tests=(cli::)
deploy_tests=(deploy::)
interop_tests=(interop:: interop_openidconnect::)
browser_tests=(browser::)

main() {
  local names=() name
  case "${1:-}" in
    --list) printf '%s\n' "${parts[@]}"; return 0 ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; return 0 ;;
  esac
  if (($# > 0)); then
    for name in "$@"; do
      is_part "$name" || { echo "no part is called '$name'; tests/run.sh --list names them" >&2; return 2; }
      names+=("$name")
    done
  else
    for name in "${parts[@]}"; do names+=("${name%% *}"); done
    # What passed some other day counts for nothing.
    rm -f "$logs"/*.log
  fi
  run_all "${names[@]}"
}

is_part() {
  local part
  for part in "${parts[@]}"; do [[ ${part%% *} == "$1" ]] && return 0; done
  return 1
}

# What each part printed the last time it ran.
logs=target/tests

# A failed part does not keep the others from running: one run tells everything.
run_all() {
  local name began started=$SECONDS passed=0 failed=0 parts_failed=() ok
  [[ -t 1 ]] && export CARGO_TERM_COLOR=always
  mkdir -p "$logs"
  for name in "$@"; do
    began=$SECONDS
    output=$logs/$name.log
    printf '\n=== %s\n' "$name"
    # A process of its own: inside `if`, `set -e` would be off in a function called here.
    ok=yes
    bash -euo pipefail "${BASH_SOURCE[0]}" --one "$name" 2>&1 | tee "$output" || ok=no
    count "$ok"
    if [[ $ok == yes ]]; then
      printf -- '--- %s: passed in %s s\n' "$name" $((SECONDS - began))
    else
      parts_failed+=("$name")
      printf -- '--- %s: FAILED after %s s\n' "$name" $((SECONDS - began))
    fi
  done
  printf '\n%s s in all%s\n' $((SECONDS - started)) "${parts_failed[*]:+; failed: ${parts_failed[*]}}"
  printf '%s passed, %s failed\n' "$passed" "$failed"
  ((${#parts_failed[@]} == 0))
}

# Adds a part's tests to `passed` and `failed`. A part without tests counts as one, and so does a failure beside them.
count() {
  local tests good bad
  tests=$(sed -nE 's/.* ([0-9]+) passed; ([0-9]+) failed;.*/\1 \2/p' "$output")
  good=$(awk '{ sum += $1 } END { print sum + 0 }' <<<"$tests")
  bad=$(awk '{ sum += $2 } END { print sum + 0 }' <<<"$tests")
  if [[ $1 == no ]] && ((bad == 0)); then bad=1; fi
  if [[ $1 == yes ]] && ((good == 0)); then good=1; fi
  passed=$((passed + good))
  failed=$((failed + bad))
}

fail() {
  echo "$*" >&2
  exit 1
}

part_tools() {
  command -v cargo >/dev/null || fail "Rust is missing: install the stable toolchain with rustup, then run this again"
  local wanted=()
  command -v cc >/dev/null || wanted+=(gcc libc6-dev)
  [[ -x /usr/bin/chromium ]] || wanted+=(chromium)
  [[ -x /usr/bin/chromedriver ]] || wanted+=(chromium-driver)
  # Pages are measured in Chinese, too: without a font for it they are empty boxes.
  [[ -d /usr/share/fonts/truetype/wqy ]] || wanted+=(fonts-wqy-microhei)
  command -v node >/dev/null || wanted+=(nodejs)
  command -v npm >/dev/null || wanted+=(npm)
  [[ -e /etc/ssl/certs/ca-certificates.crt ]] || wanted+=(ca-certificates)
  ((${#wanted[@]} == 0)) || install_packages "${wanted[@]}"
  cargo --version
  cargo fmt --version 2>/dev/null || fail "rustfmt is missing: rustup component add rustfmt"
  cargo clippy --version 2>/dev/null || fail "clippy is missing: rustup component add clippy"
  /usr/bin/chromium --version 2>/dev/null || fail "Chromium does not start"
  /usr/bin/chromedriver --version
  echo "Node.js $(node --version), npm $(npm --version 2>/dev/null)"
  local major
  major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
  ((major >= 18)) || fail "Node.js 18 or newer is needed for openid-client"
}

install_packages() {
  command -v apt-get >/dev/null || fail "install these first (there is no apt-get here): $*"
  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "as root: apt-get install $*"
    as_root=(sudo)
  fi
  echo "installing $*"
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

part_npm() {
  command -v npm >/dev/null || fail "npm is missing: tests/run.sh tools"
  (cd tests/interop && npm ci --no-audit --no-fund)
}

# Each language's own lock file says what is installed. The second time, nothing is fetched.
part_clients() {
  local wanted=()
  python3 -c 'import ensurepip, venv' 2>/dev/null || wanted+=(python3-venv)
  command -v go >/dev/null || wanted+=(golang-go)
  command -v javac >/dev/null || wanted+=(default-jdk-headless)
  command -v mvn >/dev/null || wanted+=(maven)
  ((${#wanted[@]} == 0)) || install_packages "${wanted[@]}"
  build_authlib
  build_go_oidc
  build_spring_security
}

# What is in its folder is from this very list, or it is made anew.
build_authlib() {
  authlib_is_installed || (
    cd tests/interop/authlib
    python3 -m venv --clear .venv
    .venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
    cp requirements.txt .venv/installed.txt
  )
  tests/interop/authlib/.venv/bin/python -c 'import authlib; print("Authlib", authlib.__version__)'
}

authlib_is_installed() { cmp -s tests/interop/authlib/{requirements.txt,.venv/installed.txt}; }

build_go_oidc() {
  local go
  go=$(go_command)
  "$go" version
  (cd tests/interop/go-oidc && "$go" build -mod=readonly -o bin/ferry .)
}

# A Go of 1.21 or newer fetches by itself the one that go.mod names. Debian 12 has an older one; but what is fetched is a
# module like any other, which the old one can fetch as well. A module has no executable files: those bits are ours to set.
go_command() {
  local go minor wanted there
  go=$(command -v go)
  minor=$("$go" version | sed -E 's/.* go1\.([0-9]+).*/\1/')
  if ((minor < 21)); then
    wanted=v0.0.1-go$(sed -n 's/^go //p' tests/interop/go-oidc/go.mod).$("$go" env GOOS)-$("$go" env GOARCH)
    # Outside of the module: its go.mod is too new to be read.
    there=$(cd / && "$go" mod download -json "golang.org/toolchain@$wanted" | sed -nE 's/.*"Dir": "(.*)".*/\1/p')
    [[ -n $there ]] || fail "Go 1.21 or newer is needed for go-oidc, and $("$go" version) could not fetch one"
    find "$there/bin" "$there/pkg/tool" -type f -exec chmod u+x {} +
    go=$there/bin/go
  fi
  echo "$go"
}

build_spring_security() {
  local version
  version=$(mvn --batch-mode --version)
  echo "${version%%$'\n'*}"
  spring_security_is_built || (cd tests/interop/spring-security && mvn --quiet --batch-mode --no-transfer-progress package)
}

spring_security_is_built() { is_newer spring-security/target/ledger.jar spring-security/pom.xml spring-security/src; }

clients_are_built() {
  authlib_is_installed && is_newer go-oidc/bin/ferry go-oidc/go.sum go-oidc/main.go && spring_security_is_built
}

# Is what was built newer than all files that it was built from?
is_newer() {
  local built=tests/interop/$1 source
  for source in "${@:2}"; do
    [[ -e $built && -z $(find "tests/interop/$source" -type f -newer "$built") ]] || return 1
  done
}

# npm writes its own list when it is done: one older than the lock file is of before.
npm_is_installed() { [[ tests/interop/node_modules/.package-lock.json -nt tests/interop/package-lock.json ]]; }

part_fmt() { cargo fmt --all --check; }

part_build() { cargo build --workspace --all-targets --locked; }

part_clippy() { cargo clippy --workspace --all-targets --locked -- -D warnings; }

# Always the whole workspace, narrowed by target: another selection of packages would select other features, and build
# half of the dependencies once more.
part_unit() { cargo test --workspace --locked --lib --bin abide; }

part_stories() {
  local apart=() name
  for name in "${store_tests[@]}" "${faults_tests[@]}" "${cli_tests[@]}" "${deploy_tests[@]}" "${interop_tests[@]}" \
    "${browser_tests[@]}"; do
    apart+=(--skip "$name")
  done
  cargo test --workspace --locked --test it -- "${apart[@]}"
}

part_store() {
  local name apart=()
  for name in "${postgres_tests[@]}"; do apart+=(--skip "$name"); done
  modules "${store_tests[@]}" "${apart[@]}"
}

# The tests start servers of their own, on free ports, from these programs. What Debian's package starts by itself is
# neither used nor touched.
part_postgres() {
  install_postgres
  modules "${postgres_tests[@]}"
}

install_postgres() {
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || install_packages postgresql
}

# A full disk is a small tmpfs, and only root may mount one.
part_faults() {
  install_postgres
  modules "${faults_tests[@]}"
}

part_deploy() {
  install_postgres
  local wanted=()
  [[ -x /usr/sbin/haproxy ]] || wanted+=(haproxy)
  command -v docker-compose >/dev/null || wanted+=(docker-compose)
  ((${#wanted[@]} == 0)) || install_packages "${wanted[@]}"
  modules "${deploy_tests[@]}"
}

part_cli() { modules "${cli_tests[@]}"; }

part_interop() {
  npm_is_installed || part_npm
  clients_are_built || part_clients
  # Debian may start its own Apache with the package: it is neither used nor touched.
  local wanted=()
  [[ -x /usr/sbin/apache2 ]] || wanted+=(apache2)
  [[ -e /usr/lib/apache2/modules/mod_auth_openidc.so ]] || wanted+=(libapache2-mod-auth-openidc)
  ((${#wanted[@]} == 0)) || install_packages "${wanted[@]}"
  modules "${interop_tests[@]}"
}

part_browser() {
  npm_is_installed || part_npm
  # The demo's binary belongs to another package: the tests of this one do not build it.
  part_build
  modules "${browser_tests[@]}"
}

# Runs the modules of the integration tests, but for those behind each `--skip`. A filter that matches nothing would pass silently: that is a failure.
modules() {
  local name listed
  listed=$(cargo test --workspace --locked --test it -- --list) || fail "the integration tests do not build"
  for name in "$@"; do
    [[ $name == --skip ]] && break
    grep -q "^$name.*: test\$" <<<"$listed" || fail "there is no integration test below $name"
  done
  cargo test --workspace --locked --test it -- "$@"
}

part_rp() {
  command -v npm >/dev/null || fail "npm is missing: tests/run.sh tools"
  (cd rp/tests/interop && npm ci --no-audit --no-fund)
  # Every test target of the crate, by name: a bare `-p abide-rp` would select other features of the dependencies.
  local target targets=()
  for target in rp/tests/*.rs rp/tests/*/main.rs; do
    [[ $target == */main.rs ]] && target=${target%/main.rs}.rs
    targets+=(--test "$(basename "$target" .rs)")
  done
  cargo test --workspace --locked "${targets[@]}"
}

part_demo() { cargo test --workspace --locked --bin demo; }

part_doc() {
  cargo test --workspace --locked --doc
  # Private items too: the reader is whoever works on this house.
  RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" cargo doc --locked --workspace --no-deps --document-private-items
}

# Not the advisories: their database needs a network that a test machine may not have.
part_deny() {
  if ! cargo deny --version >/dev/null 2>&1; then
    echo "installing cargo-deny; this takes some minutes, once"
    # Unoptimised: it builds in half the time and still answers within seconds.
    cargo install cargo-deny --locked --debug --quiet || fail "cargo-deny cannot be installed"
  fi
  cargo deny --locked check licenses bans sources
}

# Tests beside the code are named with their crate there, and without it where they run.
part_ran() {
  local named missing
  named=$(grep '^| ' docs/conformance.md | grep -oE '`[a-z0-9_]+(::[a-z0-9_]+)+`' | tr -d '`' | sed -E 's/^(abide|abide_rp):://' | sort -u)
  missing=$(comm -23 <(cat <<<"$named") \
    <(cat "$logs"/*.log | sed -E 's/\x1b\[[0-9;]*m//g' | sed -nE 's/^test ([^ ]+)( - [a-z ]+)? \.\.\. ok$/\1/p' | sort -u))
  [[ -z $missing ]] || fail "named in docs/conformance.md, and not seen to pass:"$'\n'"$missing"
  echo "$(wc -l <<<"$named") tests are named, and each of them passed"
}

if [[ ${1:-} == --one ]]; then
  "part_$2"
else
  main "$@"
fi
