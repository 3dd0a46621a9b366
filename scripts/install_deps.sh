#!/usr/bin/env bash
# Installs what is missing of the Debian 12 packages that building and testing need. Quiet, and quick when nothing is.
# usage: scripts/install_deps.sh [build] [test] [full]      (default: build)
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/lib.sh
source "$ROOT/scripts/lib.sh"

BUILD_PACKAGES=(
  clang-19 libclang-rt-19-dev lld-19 mold cmake ninja-build ccache pkg-config git ca-certificates
  libboost1.81-dev libboost-json1.81-dev libboost-system1.81-dev
  libgrpc++-dev libgrpc-dev protobuf-compiler protobuf-compiler-grpc libprotobuf-dev
  libsqlite3-dev libhiredis-dev libsodium-dev libspdlog-dev libfmt-dev libcli11-dev libssl-dev
  prometheus-cpp-dev
)
TEST_PACKAGES=(clang-format-19 libgtest-dev libgmock-dev python3 python3-venv curl redis-tools debootstrap zsh fish)
FULL_PACKAGES=(clang-tidy-19 g++)
# Good to have: symbols in sanitizer reports. Without it the reports still name what went wrong.
TEST_OPTIONAL=(llvm-19)

check_distribution() {
  local id='' version=''
  if [[ -r /etc/os-release ]]; then
    id=$(. /etc/os-release && echo "${ID:-}")
    version=$(. /etc/os-release && echo "${VERSION_ID:-}")
  fi
  if [[ $id != debian || $version != 12 ]]; then
    warn "tradeauto is built and tested on Debian 12; this is '${id:-unknown} ${version:-unknown}'. Going on, but package" \
      "names and versions may differ (see scripts/install_deps.sh for the list)."
  fi
}

# Prints those of its arguments that are not installed, one a line.
missing_of() {
  (($# > 0)) || return 0
  local installed
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null | awk '$2 == "installed" {print $1}' || true)
  comm -23 <(printf '%s\n' "$@" | sort -u) <(sort -u <<<"$installed")
}

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -- "$@"
  else
    return 1
  fi
}

apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
    -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Acquire::http::Timeout=60 "$@"
}

# Installs the packages named; the list of what exists is fetched once.
LISTS_ARE_FRESH=0
install_packages() {
  if ((LISTS_ARE_FRESH == 0)); then
    logged apt-update apt update || warn "apt-get update failed; trying with the lists that are here"
    LISTS_ARE_FRESH=1
  fi
  logged apt-install apt install --no-install-recommends "$@"
}

main() {
  local group wanted=() optional=() missing
  for group in "${@:-build}"; do
    case $group in
      build) wanted+=("${BUILD_PACKAGES[@]}") ;;
      test) wanted+=("${TEST_PACKAGES[@]}") optional+=("${TEST_OPTIONAL[@]}") ;;
      full) wanted+=("${FULL_PACKAGES[@]}") ;;
      *) die "unknown group '$group': build, test and full are known" ;;
    esac
  done

  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    check_distribution
    warn "no apt here, so nothing is installed; needed are: ${wanted[*]}"
    return 0
  fi

  mapfile -t missing < <(missing_of "${wanted[@]}")
  if ((${#missing[@]} > 0)); then
    check_distribution
    say "installing ${#missing[@]} packages: ${missing[*]}"
    if ((EUID != 0)) && ! command -v sudo >/dev/null; then
      die "not root, and there is no sudo. Run as root:  apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    fi
    install_packages "${missing[@]}" || die "could not install: ${missing[*]} (build/logs/apt-install.log)"
  fi

  # One try for each optional package, not one at every start.
  local package tried=$ROOT/.cache/optional-packages
  for package in $(missing_of "${optional[@]}"); do
    grep -qsx "$package" "$tried" && continue
    say "installing $package (optional)"
    install_packages "$package" >/dev/null 2>&1 || warn "could not install $package; going on without it"
    mkdir -p "${tried%/*}" && echo "$package" >>"$tried"
  done
}

main "$@"
