# One image for compose, ECS and Lambda: the runtime base and the program, nothing else.

# Bases are arguments, so that a mirror or local images can take their place. Each digest is of the index of the tag
# before it, which holds amd64 and arm64.
ARG NODE_IMAGE=docker.io/library/node:22.23.3-bookworm-slim@sha256:43ac6c60b8f89723f746e8a92ce91abd5017e627ce1ddfe4238355d3a30b772c
# The version of rust-toolchain.toml. That file stays out of the build: rustup would fetch the lint tools it lists.
ARG RUST_IMAGE=docker.io/library/rust:1.95.0-slim-bookworm@sha256:d7482085ff5b415f84dba5647ae71606650bdef00db7aeb69f4b3d170c3e4082
# Debian 13 with glibc, libgcc and CA certificates, without shell and package manager. Its glibc may be newer than the
# builder's (Debian 12), never older.
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian13:nonroot@sha256:e792ab3d241a468a4fd7519ddbbebe66b49b5f365771716ea688ad40b6c6f1c2

# The web page, which is the same on every platform
FROM ${NODE_IMAGE} AS web
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY src/frontend/package.json src/frontend/
COPY src/shared/package.json src/shared/
RUN npm ci -w src/frontend -w src/shared
COPY tsconfig.base.json ./
COPY src/shared src/shared
COPY src/frontend src/frontend
RUN npm run build

FROM ${RUST_IMAGE} AS rust
WORKDIR /app
# Not optimized: they work for a second.
RUN cargo install --locked --debug cargo-chef@0.1.78 cargo-auditable@0.7.7

# The dependencies alone: what follows is built anew only when this recipe changes, not with every line of code.
FROM rust AS recipe
COPY Cargo.toml Cargo.lock ./
RUN cargo chef prepare

FROM rust AS program
COPY --from=recipe /app/recipe.json ./
RUN cargo chef cook --release --locked --no-default-features
COPY Cargo.toml Cargo.lock ./
COPY src/backend src/backend
# Before the compiler runs: the page is embedded, and cargo would not notice one that comes later.
COPY --from=web /app/src/frontend/dist src/frontend/dist
ARG VERSION
ARG COMMIT
# The program carries the list of its crates, by which scanners know its vulnerabilities.
RUN BUILD_VERSION="${VERSION:+$VERSION${COMMIT:++$COMMIT}}" cargo auditable build --release --locked --no-default-features

FROM ${RUNTIME_IMAGE}
COPY --from=program /app/target/release/reference-architecture /usr/local/bin/
# As numbers, so that a platform can see that this is not root.
USER 65532:65532
EXPOSE 3000
STOPSIGNAL SIGTERM
# By the program itself, since there is neither shell nor curl. ECS has its own, and Lambda needs none.
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["reference-architecture", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/reference-architecture"]
ARG VERSION
ARG COMMIT
LABEL org.opencontainers.image.title="Reference Architecture" \
      org.opencontainers.image.description="A minimal multi-tenant backend on one DynamoDB table" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT"
