#!/bin/sh
# What a release binary needs at run time, and the user that it runs as. Run as root in a Debian 12 image.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get -q update
apt-get -q -y install --no-install-recommends \
  ca-certificates libboost-json1.81.0 libc-ares2 libfmt9 libgrpc++1.51 libhiredis0.14 libprometheus-cpp-core1.0 \
  libprotobuf32 libsodium23 libspdlog1.10 libsqlite3-0 libssl3 zlib1g
rm -rf /var/lib/apt/lists/*
# The number is part of the contract: volumes belong to it.
useradd --system --uid 10001 --user-group --home-dir /var/lib/tradeauto --shell /usr/sbin/nologin tradeauto
install -d -o tradeauto -g tradeauto -m 0700 /var/lib/tradeauto
install -d /app/configs
