#!/bin/sh
# The entry point of both images: `up`, `main` and `worker` start a server; every other word is a command of tradeauto.
set -eu

case ${1:-} in
  up | main | worker)
    # A journal or a ledger that dies with its container has forgotten what it started, and would start it again.
    if ! mountpoint -q "$TRADEAUTO_DATA_DIR"; then
      echo "error: $TRADEAUTO_DATA_DIR is no volume, and what is kept there must outlive this container:" \
        "mount one, e.g. -v tradeauto-data:$TRADEAUTO_DATA_DIR" >&2
      exit 1
    fi
    exec tradeauto "$@"
    ;;
  health)
    # Found and asked as by everyone on its own machine: the data directory tells where it listens, and holds the token.
    exec tradeauto worker list --quiet -o name
    ;;
  *) exec tradeauto "$@" ;;
esac
