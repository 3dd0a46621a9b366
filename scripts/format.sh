#!/usr/bin/env bash
# Formats the C++ sources with clang-format-19.
# usage: scripts/format.sh [--check] [--all | FILE...]
#   no FILE: those that differ from the last commit; --all: every one; --check: changes nothing, fails on a difference
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/lib.sh
source "$ROOT/scripts/lib.sh"
cd "$ROOT"

MODE=(-i)
FILES=()
SCOPE=changed
for argument in "$@"; do
  case $argument in
    --check) MODE=(--dry-run -Werror) ;;
    --all) SCOPE=all ;;
    -*) die "unknown option '$argument': --check and --all are known" ;;
    *) FILES+=("$argument") SCOPE=named ;;
  esac
done

case $SCOPE in
  all) mapfile -t FILES < <(find src tests bench -type f \( -name '*.h' -o -name '*.cc' \) 2>/dev/null | sort) ;;
  changed) mapfile -t FILES < <({
    git diff --name-only --diff-filter=d HEAD -- '*.h' '*.cc'
    git ls-files --others --exclude-standard -- '*.h' '*.cc'
  } | sort -u) ;;
esac
((${#FILES[@]} == 0)) && exit 0
command -v clang-format-19 >/dev/null || die "clang-format-19 is missing: scripts/install_deps.sh test"
rc=0
found=$(printf '%s\0' "${FILES[@]}" | xargs -0 clang-format-19 "${MODE[@]}" 2>&1) || rc=$?
if ((rc != 0)); then
  # One line a file says enough; what is no finding (a broken .clang-format, say) is shown as it is.
  sed -nE 's/^([^:]+):[0-9]+:[0-9]+: error: code should be.*/\1: not formatted: scripts\/format.sh/p' <<<"$found" | sort -u | grep . ||
    printf '%s\n' "$found"
  exit 1
fi
