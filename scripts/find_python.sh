#!/usr/bin/env bash
# Prints the path of a Python that AutoRSA can run on: 3.12, else 3.13. Debian 12 itself has 3.11 only.
# usage: scripts/find_python.sh [--fetch]
#   --fetch: where there is none, have uv download one into .cache/ (needs the network)
# Every candidate is executed: a pyenv shim may exist and yet fail with 127.
# AUTORSA_PYTHON, if set, is the only candidate. Exit status 1: none; the reason is on stderr.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/lib.sh
source "$ROOT/scripts/lib.sh"
shopt -s nullglob

CACHE=$ROOT/.cache
export UV_PYTHON_INSTALL_DIR=$CACHE/python

# Prints "3.12 /real/path" if $1 is a Python that runs, with what a virtual environment needs.
probe() {
  timeout 20 "$1" -I -c 'import ensurepip, ssl, sqlite3, sys, venv
print("%d.%d %s" % (*sys.version_info[:2], sys.executable))' 2>/dev/null </dev/null
}

# Prints the first candidate of the wanted version.
first_of_version() {
  local wanted=$1 candidate found
  shift
  for candidate in "$@"; do
    found=$(probe "$candidate") || continue
    if [[ ${found%% *} == "$wanted" ]]; then
      echo "${found#* }"
      return 0
    fi
  done
  return 1
}

fetch_with_uv() {
  local venv=$CACHE/uv
  [[ -x $venv/bin/uv ]] || {
    logged uv-venv "$(system_python)" -m venv "$venv" &&
      logged uv-install "$venv/bin/pip" install -q --disable-pip-version-check --require-hashes \
        -r "$ROOT/scripts/uv-requirements.txt"
  } || return
  logged uv-python timeout 600 "$venv/bin/uv" python install 3.12
}

candidates() {
  local name
  for name in python3.12 python3.13 python3 python; do type -ap "$name" || true; done
  printf '%s\n' "$CACHE"/python/*/bin/python3 ~/.pyenv/versions/3.12*/bin/python3 ~/.pyenv/versions/3.13*/bin/python3
  if command -v uv >/dev/null; then uv python find --no-python-downloads '>=3.12,<3.14' 2>/dev/null || true; fi
}

if [[ -n ${AUTORSA_PYTHON:-} ]]; then
  found=$(probe "$AUTORSA_PYTHON") || die "AUTORSA_PYTHON=$AUTORSA_PYTHON does not run, or lacks venv, ssl or sqlite3"
  case ${found%% *} in
    3.12 | 3.13) echo "${found#* }" ;;
    *) die "AUTORSA_PYTHON=$AUTORSA_PYTHON is Python ${found%% *}; AutoRSA needs 3.12 or 3.13" ;;
  esac
  exit 0
fi

search() {
  local list version
  mapfile -t list < <(candidates | awk 'NF && !seen[$0]++')
  for version in 3.12 3.13; do
    first_of_version "$version" "${list[@]}" && return 0
  done
  return 1
}

search && exit 0
if [[ ${1:-} == --fetch ]] && fetch_with_uv; then
  search && exit 0
fi
die "no Python 3.12 or 3.13 that runs: install one (pyenv install 3.12, or uv python install 3.12) or set AUTORSA_PYTHON"
