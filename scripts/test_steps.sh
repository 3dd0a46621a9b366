# The steps of ./test. Sourced by it, after lib.sh; the working directory is ROOT.
# Each step leaves one line in STEPS; a failed one never ends the run, so that one run shows all that is wrong.
# shellcheck shell=bash

RESULTS=$ROOT/build/test-results
STEPS=$RESULTS/steps.tsv
PYTEST_VENV=$ROOT/.cache/pytest-venv
CLOSED=0

open_results() {
  rm -rf "$RESULTS"
  mkdir -p "$RESULTS"
  : >"$STEPS"
  trap on_exit EXIT
  trap 'exit 130' INT TERM
}

# Whatever ends ./test early is a failure, and is told in a closing line like any other.
on_exit() {
  local rc=$?
  ((CLOSED)) && return
  record failed "./test" "ended early with $rc"
  close_results
}

# record STATUS NAME [DETAIL]
record() { printf 'step\t%s\t%s\t%s\n' "$1" "$2" "${3:-}" >>"$STEPS"; }

# step PHASE NAME COMMAND...: one check, which counts as one test; what only prepares (deps, build) counts when it fails.
# A failure sets FAILED_STEP.
step() {
  local phase=$1 name=$2 begin=$SECONDS
  shift 2
  say "== $name"
  if timed "$phase" "$@"; then
    [[ $phase == deps || $phase == build ]] || record passed "$name"
    ((SECONDS - begin < 2)) || say "   $((SECONDS - begin)) s"
  else
    record failed "$name" "see above"
    FAILED_STEP=1
  fi
}

# suite PHASE NAME XML COMMAND...: a test runner that writes JUnit XML; each of its tests counts.
suite() {
  local phase=$1 name=$2 xml=$3 begin=$SECONDS rc=0
  shift 3
  say "== $name"
  timed "$phase" logged "${name// /-}" "$@" || rc=$?
  printf 'suite\t%s\t%s\t%s\n' "$rc" "$name" "$xml" >>"$STEPS"
  say "   $((SECONDS - begin)) s"
}

# The closing: times, then what was skipped and failed, then the sum, alone on the last line.
close_results() {
  local phase millis total=0 line='' rc=0
  for phase in deps checks build unit e2e redis tidy fuzz; do
    [[ -v WALL_MS[$phase] ]] || continue
    millis=${WALL_MS[$phase]}
    total=$((total + millis))
    line+="$phase $(((millis + 500) / 1000)) s, "
  done
  say "wall time: ${line}together $(((total + 500) / 1000)) s"
  CLOSED=1
  if [[ -n $(system_python) ]]; then
    "$(system_python)" scripts/close_tests.py "$STEPS" || rc=$?
  else
    cat "$STEPS" >&2
    echo "0 passed, 1 failed, 0 skipped"
    rc=1
  fi
  exit "$rc"
}

# --- Python ---------------------------------------------------------------------------------------------------------

# The environment of pytest, made anew when its lock file changes.
make_pytest_venv() {
  local lock=tests/requirements.txt stamp=$PYTEST_VENV/.lock-sha256
  local sum
  sum=$(sha256sum <"$lock") || return
  [[ -f $stamp && $(<"$stamp") == "$sum" ]] && return 0
  rm -rf "$PYTEST_VENV"
  logged pytest-venv "$(system_python)" -m venv "$PYTEST_VENV" || return
  logged pytest-install "$PYTEST_VENV/bin/pip" install -q --disable-pip-version-check --no-input \
    --require-hashes --only-binary :all: -r "$lock" || return
  echo "$sum" >"$stamp"
}

# Tests of the real AutoRSA need a Python that Debian 12 does not have; without one they skip themselves, by this reason.
find_autorsa_python() {
  local found
  say "== python for AutoRSA"
  if found=$(scripts/find_python.sh --fetch); then
    export AUTORSA_PYTHON=$found
    say "   $found"
  else
    warn "the tests of the real AutoRSA cannot run here"
  fi
}

# run_pytest NAME ARGUMENT...: in the phase PYTEST_PHASE; TEST_STORE names an engine other than the tests' own choice.
run_pytest() {
  local name=$1
  shift
  suite "$PYTEST_PHASE" "$name" "$RESULTS/${name// /-}.xml" \
    env PYTHONDONTWRITEBYTECODE=1 TRADEAUTO_BINARY="$ROOT/build/release/tradeauto" \
    TRADEAUTO_TEST_STORE="${TEST_STORE:-}" \
    "$PYTEST_VENV/bin/python" -m pytest -p no:cacheprovider -q --tb=short -o junit_family=xunit2 \
    --junitxml="$RESULTS/${name// /-}.xml" "$@"
}

end_to_end() {
  local folders=() folder
  for folder in tests/standin tests/e2e; do
    compgen -G "$folder/test_*.py" >/dev/null && folders+=("$folder")
  done
  if [[ ! -x build/release/tradeauto ]]; then
    record failed "end to end" "there is no build/release/tradeauto to test"
  elif ((${#folders[@]} == 0)); then
    record failed "end to end" "there is no test_*.py in tests/e2e"
  else
    # They mostly wait: for fills, leases, deadlines. A file's tests stay together, since they share what is dear to make.
    PYTEST_PHASE=e2e run_pytest "end to end" -n "$((2 * $(nproc)))" --dist loadfile "${folders[@]}"
    sed -n -e '/^=.*both original peers/,/^never sent/p' -e '/^inputs: /p' -e '/^judged: /p' "$LOG_DIR/end-to-end.log" >&2
    PYTEST_PHASE=redis TEST_STORE=redis run_pytest "end to end on Redis" -n "$((2 * $(nproc)))" --dist loadfile tests/e2e
    sed -n '/^judged: /p' "$LOG_DIR/end-to-end-on-Redis.log" >&2
  fi
}

# --- Checks of the sources ------------------------------------------------------------------------------------------

source_checks() {
  local python
  python=$(system_python)
  step checks "layer check" "$python" scripts/check_layers.py
  step checks "words check" "$python" scripts/check_words.py
  step checks "API document" logged api-document "$PYTEST_VENV/bin/python" -B -m openapi_spec_validator \
    --validation-errors all api/openapi.yaml
  step checks "API changes" "$python" -B scripts/api_changes.py
  step checks "operations table" "$python" -B scripts/operations_table.py --check
  step checks "format check" logged format scripts/format.sh --check --all
  PYTEST_PHASE=checks run_pytest "tools" tests/tools
}

clang_tidy() {
  logged clang-tidy run-clang-tidy-19 -quiet -p build/release -j "$(build_jobs)" "^$ROOT/src/.*\.cc\$"
}

# --- Builds and their tests -----------------------------------------------------------------------------------------

# build_and_ctest PRESET [TARGET...]: builds the targets (all, if none is named) and runs the tests that exist then.
build_and_ctest() {
  local preset=$1 FAILED_STEP=0 symbols
  step build "build $preset" cmake_build "$@"
  ((FAILED_STEP)) && return 0
  symbols="allow_addr2line=1"
  command -v llvm-symbolizer-19 >/dev/null && symbols="external_symbolizer_path=$(command -v llvm-symbolizer-19)"
  # A target that was not asked for is listed by ctest as NOT_BUILT: that is no test.
  suite unit "ctest $preset" "$RESULTS/ctest-$preset.xml" env \
    ASAN_OPTIONS="$symbols:detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1" \
    UBSAN_OPTIONS="$symbols:print_stacktrace=1" TSAN_OPTIONS="$symbols:halt_on_error=1:second_deadlock_stack=1" \
    ctest --test-dir "build/$preset" --output-on-failure --no-tests=error --schedule-random \
    --exclude-regex '_NOT_BUILT$' -j "$(nproc)" --output-junit "$RESULTS/ctest-$preset.xml"
}

# Long fuzzing: every target of tests/fuzz, with the inputs that it has found before as a start.
fuzz() {
  compgen -G 'tests/fuzz/*.cc' >/dev/null || return 0
  local FAILED_STEP=0 target name
  step build "build fuzz" cmake_build fuzz
  ((FAILED_STEP)) && return 0
  for target in build/fuzz/tests/fuzz/*_fuzz; do
    name=${target##*/}
    mkdir -p ".cache/fuzz/$name"
    step fuzz "fuzz $name" logged "$name" "$target" -max_total_time="${TRADEAUTO_FUZZ_SECONDS:-60}" \
      -print_final_stats=1 -artifact_prefix="build/logs/$name-" ".cache/fuzz/$name"
  done
}
