# syntax=docker/dockerfile:1
# The sources run as they are: Bun needs no build. Every step is in exec form, so none needs a shell, and what runs in the end
# has none: Bun, its libraries, certificates and this program.

FROM oven/bun:1.4.5-slim AS packages
WORKDIR /app
ENV BUN_INSTALL_CACHE_DIR=/cache
COPY package.json bun.lock bunfig.toml ./
RUN --mount=type=cache,target=/cache ["bun", "install", "--frozen-lockfile", "--production", "--ignore-scripts"]
# A peer of Elysia's that only its type generator loads; half of what is installed.
RUN ["rm", "-rf", "node_modules/typescript", "node_modules/@typescript"]
# Made here because the last stage has nothing that could make it.
WORKDIR /data

FROM oven/bun:1.4.5-distroless
COPY --from=packages --chown=65532:65532 /data /data
COPY --from=packages /app/node_modules /app/node_modules
COPY package.json LICENSE /app/
COPY workers /app/workers
COPY src /app/src

ENV NODE_ENV=production \
    BUN_RUNTIME_TRANSPILER_CACHE_PATH=0 \
    PORT=4000 \
    CONFIG_FILE_PATH=/etc/fleetpulse/config.yaml

# The service keeps its state in data/ of its working directory: /data. Nothing else is written.
WORKDIR /
VOLUME ["/data"]
# nonroot of the base image; by number, so that Kubernetes can see that it is not root.
USER 65532:65532
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["/usr/local/bin/bun", "/app/src/cli/healthcheck.ts"]
ENTRYPOINT ["/usr/local/bin/bun", "/app/src/main.ts"]
