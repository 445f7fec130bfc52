#!/usr/bin/env bash
# The long form of the fault tests: the full counts of docs/reliability.md, resumable by part and seed.
#
#   tests/faults.sh                  all parts, from where they were left
#   tests/faults.sh PART…            these parts only
#   tests/faults.sh --seeds N PART…  N steps of a part, with seeds of their own, instead of its usual number
#   tests/faults.sh --fresh PART…    from the beginning
#   tests/faults.sh --list           the parts, how many rounds they make, and how many are done
#
# A part is cut into steps, each with its own seed; a step that is done is written down in target/faults/PART and not
# done again. Ctrl-C between two steps loses nothing, within one that step. `tests/run.sh` has a short form of each part.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# part, test, rounds in a step, steps
parts=(
  "power_large   power_cut::a_large_store_loses_nothing_acknowledged                  30  2"
  "power_new     power_cut::a_new_store_loses_nothing_acknowledged                    30  2"
  "power_crowd   power_cut::a_crowd_with_long_values_loses_nothing_acknowledged       30  2"
  "power_control power_cut::without_the_sync_losses_are_found                         30  2"
  "kills_sled    kills::a_killed_node_on_sled_loses_nothing_acknowledged              40  5"
  "kills_node    kills::a_killed_node_on_postgres_loses_nothing_acknowledged          25  2"
  "kills_server  kills::a_database_stopped_at_once_loses_nothing_acknowledged         25  2"
  "can_fail      forgetful::                                                          10  2"
  "races_code    races::one_code_is_redeemed_once                                     50  4"
  "races_strict  races::without_a_retry_a_token_is_renewed_once                       50  4"
  "races_retry   races::with_a_retry_a_token_has_one_successor                        50  4"
  "races_logout  logout_races::                                                       50 10"
  "races_setup   setup_races::                                                        20 10"
  "told_at_once  tellings::ended_at_once                                            1000  1"
  "told_timeouts tellings::timed_out                                              100000  1"
  "told_kills    tellings::killed                                                     50  4"
  "mails_killed  mails::                                                               20  2"
  "disk_full     disk_full::                                                          10  1"
  "damage        damage::a_damaged_store_is_refused_or_whole                          50  1"
)

log=target/faults
seeds=""
fresh=no

main() {
  local wanted=() name
  while (($# > 0)); do
    case $1 in
      -h | --help) sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; return 0 ;;
      --list) list; return 0 ;;
      --seeds) seeds=${2:?a number of steps}; shift ;;
      --fresh) fresh=yes ;;
      -*) echo "no such option: $1; tests/faults.sh --help has them" >&2; return 2 ;;
      *) is_part "$1" || { echo "no part is called '$1'; tests/faults.sh --list names them" >&2; return 2; }
         wanted+=("$1") ;;
    esac
    shift
  done
  ((${#wanted[@]} > 0)) || for name in "${parts[@]}"; do wanted+=("${name%% *}"); done
  mkdir -p "$log"
  build
  local failed=()
  for name in "${wanted[@]}"; do part "$name" || failed+=("$name"); done
  if ((${#failed[@]} > 0)); then echo "failed: ${failed[*]}"; return 1; fi
}

is_part() { find_part "$1" >/dev/null; }

find_part() {
  local line
  for line in "${parts[@]}"; do
    if [[ ${line%% *} == "$1" ]]; then echo "$line"; return 0; fi
  done
  return 1
}

list() {
  local line name test rounds steps
  for line in "${parts[@]}"; do
    read -r name test rounds steps <<<"$line"
    printf '%-14s %4s rounds, %s of %s steps done   faults::%s\n' "$name" $((rounds * steps)) "$(done_of "$name")" "$steps" "$test"
  done
}

done_of() { cat "$log/$1" 2>/dev/null | grep -c '^seed ' || true; }

build() {
  # The same selection as tests/run.sh, so that nothing is built twice.
  cargo build --workspace --all-targets --locked
  binary=$(cargo test --workspace --locked --test it --no-run --message-format=json 2>/dev/null |
    sed -n 's/.*"target":{[^}]*"name":"it".*"executable":"\([^"]*\)".*/\1/p' | tail -1)
  [[ -x $binary ]] || { echo "the integration tests were not built" >&2; exit 1; }
}

part() {
  local name test rounds steps seed began output
  read -r name test rounds steps <<<"$(find_part "$1")"
  if [[ $fresh == yes ]]; then rm -f "$log/$name"; fi
  output=$(mktemp)
  for seed in $(seq 1 "${seeds:-$steps}"); do
    if grep -q "^seed $seed:" "$log/$name" 2>/dev/null; then continue; fi
    began=$SECONDS
    printf '=== %s, seed %s, %s rounds\n' "$name" "$seed" "$rounds"
    # sled panics on damaged files, and is caught: not worth a page each.
    if RUST_BACKTRACE=0 ABIDE_FAULT_ROUNDS=$rounds ABIDE_FAULT_SEED=$seed "$binary" "faults::$test" --nocapture >"$output" 2>&1 &&
      grep -q 'test result: ok. [1-9]' "$output"; then
      grep '^result ' "$output"
      printf 'seed %s: %s s; %s\n' "$seed" $((SECONDS - began)) "$(grep '^result ' "$output" | tr '\n' ' ')" >>"$log/$name"
      printf -- '--- %s s\n' $((SECONDS - began))
    else
      cp "$output" "$log/$name.failed"
      tail -n 40 "$output"
      echo "--- $name FAILED with seed $seed after $((SECONDS - began)) s; all it said is in $log/$name.failed"
      rm -f "$output"
      return 1
    fi
  done
  rm -f "$output"
}

main "$@"
