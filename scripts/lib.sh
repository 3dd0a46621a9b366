# Helpers of ./run, ./test and scripts/*.sh. Sourced by bash, with ROOT set to the repository's root.
# Progress goes to stderr in one line each; a command's output goes to build/logs/<name>.log and is shown when it fails.
# shellcheck shell=bash

LOG_DIR=$ROOT/build/logs

say() { printf '%s\n' "$*" >&2; }
warn() { printf 'warning: %s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Compilers at once: one per processor, but 2 GB of memory for each (gRPC and Beast files need it).
build_jobs() {
  local cpus mem_kb jobs
  cpus=$(nproc)
  mem_kb=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)
  jobs=$((mem_kb / 2097152))
  ((jobs > cpus)) && jobs=$cpus
  ((jobs < 1)) && jobs=1
  echo "${TRADEAUTO_COMPILERS:-$jobs}"
}

# logged NAME COMMAND...: runs COMMAND with its output in build/logs/NAME.log; a failure shows the log's end.
logged() {
  local name=$1 rc=0
  shift
  mkdir -p "$LOG_DIR"
  "$@" >"$LOG_DIR/$name.log" 2>&1 </dev/null || rc=$?
  if ((rc != 0)); then
    say "--- $name failed ($rc); the end of build/logs/$name.log:"
    tail -n 80 "$LOG_DIR/$name.log" >&2
    say "---"
  fi
  return "$rc"
}

# timed PHASE COMMAND...: runs COMMAND and adds its wall time, in milliseconds, to WALL_MS[PHASE].
declare -A WALL_MS=()
timed() {
  local phase=$1 begin=${EPOCHREALTIME/[.,]/} rc=0
  shift
  "$@" || rc=$?
  WALL_MS[$phase]=$((${WALL_MS[$phase]:-0} + (${EPOCHREALTIME/[.,]/} - begin) / 1000))
  return "$rc"
}

# cmake_build PRESET TARGET...: configures where needed and builds; no TARGET means all. Call it in ROOT.
cmake_build() {
  local preset=$1 stamp=$ROOT/build/$1/.configured targets=()
  shift
  (($# > 0)) && targets=(--target "$@")
  if [[ ! -f $ROOT/build/$preset/build.ninja || $ROOT/CMakePresets.json -nt $stamp ]]; then
    logged "configure-$preset" cmake --preset "$preset" || return
    touch "$stamp"
  fi
  # The preset carries the environment (ccache's settings) into the build.
  logged "build-$preset" cmake --build --preset "$preset" -j "$(build_jobs)" "${targets[@]}"
}

# The distribution's Python runs our own scripts: it is there wherever the packages are.
system_python() {
  if [[ -x /usr/bin/python3 ]]; then echo /usr/bin/python3; else command -v python3; fi
}
