# The worker, and every other verb of `f0`. Debian, not Alpine: Temporal's native core is built for glibc.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm ci && npm prune --omit=dev --ignore-scripts

FROM node:22-bookworm-slim
# For TLS to Temporal: the slim image has no certificates, and the native core reads the system's.
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production F0_HOME=/var/lib/framework0
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY bin ./bin
RUN mkdir --parents /var/lib/framework0 && chown node:node /var/lib/framework0
USER node
VOLUME /var/lib/framework0
EXPOSE 8080 9090
ENTRYPOINT ["node", "/app/bin/f0.js"]
CMD ["worker"]
