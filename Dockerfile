# Two images: `tradeauto` (main server, worker or both; paper brokerage) and `autorsa` (the same with AutoRSA and its Python).
#   docker build --target tradeauto -t tradeauto .
#   docker build --target autorsa   -t tradeauto:autorsa .
# tests/e2e/test_container.py runs the steps of both in a clean root; it knows the instructions that stand here.

FROM debian:12-slim AS build
WORKDIR /src
COPY . .
RUN ./run --build-only && strip build/release/tradeauto build/release/tradeauto-supervisor

FROM debian:12-slim AS tradeauto
COPY containers/install_runtime.sh /tmp/install_runtime.sh
RUN sh /tmp/install_runtime.sh
COPY --from=build /src/build/release/tradeauto /usr/local/bin/tradeauto
COPY --from=build /src/build/release/tradeauto-supervisor /usr/local/bin/tradeauto-supervisor
COPY containers/start.sh /usr/local/bin/start-tradeauto
COPY LICENSE /usr/share/doc/tradeauto/LICENSE
COPY NOTICE /usr/share/doc/tradeauto/NOTICE
# The original's image reads /app/configs/app.json: so does this one, from its working directory.
WORKDIR /app
ENV HOME=/var/lib/tradeauto
ENV TRADEAUTO_DATA_DIR=/var/lib/tradeauto
# Named on purpose in no VOLUME: a volume without a name would be made silently, and be lost with the container.
USER tradeauto
ENTRYPOINT ["/usr/local/bin/start-tradeauto"]
CMD ["up"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s --retries=3 CMD ["/usr/local/bin/start-tradeauto", "health"]

FROM python:3.12-slim-bookworm AS autorsa
COPY containers/install_runtime.sh /tmp/install_runtime.sh
RUN sh /tmp/install_runtime.sh
COPY --from=tradeauto /usr/local/bin/tradeauto /usr/local/bin/tradeauto
COPY --from=tradeauto /usr/local/bin/tradeauto-supervisor /usr/local/bin/tradeauto-supervisor
COPY containers/start.sh /usr/local/bin/start-tradeauto
COPY LICENSE /usr/share/doc/tradeauto/LICENSE
COPY NOTICE /usr/share/doc/tradeauto/NOTICE
# In the image and not in the data directory, whose volume hides what an image puts there.
RUN TRADEAUTO_DATA_DIR=/opt/tradeauto tradeauto autorsa install && chmod -R go+rX /opt/tradeauto
WORKDIR /app
ENV HOME=/var/lib/tradeauto
ENV TRADEAUTO_DATA_DIR=/var/lib/tradeauto
ENV TRADEAUTO_AUTORSA_COMMAND=/opt/tradeauto/autorsa/venv/bin/auto_rsa_bot
USER tradeauto
ENTRYPOINT ["/usr/local/bin/start-tradeauto"]
CMD ["worker"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s --retries=3 CMD ["/usr/local/bin/start-tradeauto", "health"]
