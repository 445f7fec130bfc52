#!/usr/bin/env bash
# Fuzzes what reads foreign input, one target after the other, resumable by target.
#
#   tests/fuzz.sh                     all targets, a processor hour each, from where they were left
#   tests/fuzz.sh TARGET…             these targets only
#   tests/fuzz.sh --seconds N TARGET… N processor seconds each instead of an hour
#   tests/fuzz.sh --fresh TARGET…     from the beginning
#   tests/fuzz.sh --list              the targets, and how long each has run, with what
#
# It needs cargo-fuzz (`cargo install cargo-fuzz`) and a nightly toolchain. A target runs in slices of five minutes; each slice
# that is done is added to fuzz/runs.tsv, which is kept with the sources (target, processor seconds, inputs, commit), and what
# was found to reach further stays in target/fuzz/TARGET. Two runs of different targets can go side by side. An input over which
# a target fails stops that target: it is in fuzz/artifacts/TARGET, and belongs into fuzz/corpus/TARGET once its fault is mended.
# The inputs of fuzz/corpus run in every `cargo test` as well (`fuzz_corpus`).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

found=$PWD/target/fuzz
runs=$PWD/fuzz/runs.tsv
seconds=3600
slice=300
fresh=no

main() {
  local wanted=() name failed=()
  while (($# > 0)); do
    case $1 in
      -h | --help) sed -n '2,15s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; return 0 ;;
      --list) list; return 0 ;;
      --seconds) seconds=${2:?a number of seconds}; shift ;;
      --fresh) fresh=yes ;;
      -*) echo "no such option: $1; tests/fuzz.sh --help has them" >&2; return 2 ;;
      *) is_target "$1" || { echo "no target is called '$1'; tests/fuzz.sh --list names them" >&2; return 2; }
         wanted+=("$1") ;;
    esac
    shift
  done
  ((${#wanted[@]} > 0)) || mapfile -t wanted < <(targets)
  mkdir -p "$found"
  cargo +nightly fuzz build
  for name in "${wanted[@]}"; do
    [[ $fresh == no ]] || forget "$name"
    run "$name" || failed+=("$name")
  done
  list
  ((${#failed[@]} == 0)) || { echo "failed: ${failed[*]}; see fuzz/artifacts" >&2; return 1; }
}

targets() {
  local file
  for file in fuzz/fuzz_targets/*.rs; do basename "$file" .rs; done
}

is_target() { [[ -e fuzz/fuzz_targets/$1.rs ]]; }

# How long a target has run, and how many inputs it was given.
done_by() {
  awk -v target="$1" '$1 == target { seconds += $2; inputs += $3 } END { print seconds + 0, inputs + 0 }' "$runs"
}

# Adds a slice to what this target has run at this commit.
write_down() {
  rewrite -v target="$1" -v seconds="$2" -v inputs="$3" -v commit="$(git describe --always --abbrev=7 --dirty --exclude "*")" '
    $1 == target && $4 == commit { $2 += seconds; $3 += inputs; added = 1 }
    { print }
    END { if (!added) print target, seconds, inputs, commit }'
}

forget() {
  rm -rf "${found:?}/$1"
  rewrite -v target="$1" '$1 != target'
}

# The record, gone over by awk, while no run beside this one does so.
rewrite() {
  (
    flock 9
    awk -F '\t' -v OFS='\t' "$@" "$runs" | sort > "$runs.new" && mv "$runs.new" "$runs"
  ) 9< fuzz/Cargo.toml
}

run() {
  local name=$1 spent left output TIMEFORMAT='%U %S'
  mkdir -p "$found/$name"
  read -r spent _ < <(done_by "$name")
  while ((spent < seconds)); do
    left=$((seconds - spent < slice ? seconds - spent : slice))
    output=$(mktemp)
    # What is found goes to the first folder, the second is only read.
    # What counts is what the processor did: beside other work, an hour on the wall may be a minute of it. The bound for one
    # input is told by the wall, and has room for that.
    if ! { time cargo +nightly fuzz run "$name" "$found/$name" "fuzz/corpus/$name" -- \
      -max_total_time="$left" -max_len=16384 -timeout=60 -print_final_stats=1 > "$output" 2>&1; } 2> "$output.time"; then
      tail -n 30 "$output" >&2
      rm -f "$output" "$output.time"
      return 1
    fi
    write_down "$name" "$(awk '{ print int($1 + $2) }' "$output.time")" \
      "$(awk '/^stat::number_of_executed_units:/ { print $2 }' "$output")"
    rm -f "$output" "$output.time"
    read -r spent _ < <(done_by "$name")
  done
}

list() {
  local name spent inputs
  for name in $(targets); do
    read -r spent inputs < <(done_by "$name")
    printf '%-16s %6s of %s s, %s inputs, %s kept\n' "$name" "$spent" "$seconds" "$inputs" \
      "$(find "fuzz/corpus/$name" -type f | wc -l)"
  done
}

main "$@"
