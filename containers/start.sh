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
    # Where `health` asks a worker; a main server has a port in any case.
    if [ "$1" = worker ]; then export TRADEAUTO_HTTP_PORT="${TRADEAUTO_HTTP_PORT:-8001}"; fi
    exec tradeauto "$@"
    ;;
  health)
    if read -r host port _ 2>/dev/null <"$TRADEAUTO_DATA_DIR/worker/http.address"; then
      # A worker is healthy while it has its main server.
      exec timeout 4 bash -c 'exec 3<>"/dev/tcp/$0/$1"
        printf "GET /readyz HTTP/1.1\r\nHost: health\r\nConnection: close\r\n\r\n" >&3
        read -r _ status _ <&3; [[ $status == 200 ]]' "$host" "$port"
    fi
    # A main server is found and asked as by everyone on its own machine, whether it speaks TLS or not.
    exec tradeauto worker list --quiet -o name
    ;;
  *) exec tradeauto "$@" ;;
esac
