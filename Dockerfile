# Abide in a small image. It holds the one binary: pages, styles, texts and the database's schema are compiled in.
#
#   docker build -t abide .
#   docker run --read-only --network host -v abide-data:/var/lib/abide/data -v abide-keys:/var/lib/abide/keys abide
#
# docs/deployment.md tells more; docker-compose.yml runs two nodes of it.

ARG RUST=1.95

FROM rust:${RUST}-bookworm AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
# The workspace has to be whole for cargo; only Abide itself is built.
COPY demo demo
COPY rp rp
COPY benches benches
COPY tests tests
COPY templates templates
COPY static static
COPY src src
RUN cargo build --locked --profile dist --package abide --bin abide

FROM debian:bookworm-slim
# A number and not only a name: Kubernetes wants to see that it is not 0.
RUN groupadd --system --gid 10001 abide \
 && useradd --system --uid 10001 --gid abide --no-create-home --home-dir /var/lib/abide --shell /usr/sbin/nologin abide \
 && install -d -m 0755 /var/lib/abide \
 && install -d -o abide -g abide -m 0700 /var/lib/abide/data /var/lib/abide/keys
COPY --from=build /src/target/dist/abide /usr/local/bin/abide
# Apps are told of sign-outs by https: their certificates are checked against these roots.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY examples/health.sh /usr/local/bin/abide-health
COPY LICENSE-APACHE LICENSE-MIT /usr/share/doc/abide/

ENV ABIDE_DATA_DIR=/var/lib/abide/data ABIDE_KEYS_DIR=/var/lib/abide/keys
# The only places that are written; everything else may be read-only. A new volume takes over owner and mode.
VOLUME ["/var/lib/abide/data", "/var/lib/abide/keys"]
WORKDIR /var/lib/abide
USER 10001:10001
EXPOSE 8080
# Abide finishes what is in flight (15 s at most).
STOPSIGNAL SIGTERM
# Live and not ready: some orchestrators restart what is unhealthy, and no restart brings a lost database back.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["abide-health", "live"]
ENTRYPOINT ["abide"]
CMD ["serve"]
