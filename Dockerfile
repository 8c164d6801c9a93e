# syntax=docker/dockerfile:1
# Three images of one build, each with no more than its queues need:
#   worker   runs f0 and nothing else: no shell, no package manager (the default)
#   deploy   Debian with kubectl and helm, which render what is applied to a cluster, and git, by which gitops deploys
#   operate  Debian with a shell and git, for the commands of builds and tests
# All run as user 65532 on any architecture that its base images have. Debian, not Alpine: Temporal's native core is built
# for glibc. What is secret comes at run time; nothing of it is in a layer.
ARG NODE_VERSION=22
ARG DEBIAN_NUMBER=13
ARG DEBIAN_NAME=trixie
ARG GO_VERSION=1.26
ARG KUBECTL_VERSION=v1.36.3

FROM node:${NODE_VERSION}-${DEBIAN_NAME}-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm ci && npm prune --omit=dev --ignore-scripts
# The native core comes for all platforms at once; this image is one of them.
RUN find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name "$(uname -m)-unknown-linux-gnu" \
      -exec rm -r {} + \
    && mkdir --parents /state/artifacts

FROM golang:${GO_VERSION}-${DEBIAN_NAME} AS helm
ARG HELM_VERSION=v4.3.1
RUN CGO_ENABLED=0 GOBIN=/out go install -trimpath -ldflags="-s -w" helm.sh/helm/v4/cmd/helm@${HELM_VERSION}

FROM registry.k8s.io/kubectl:${KUBECTL_VERSION} AS kubectl

FROM node:${NODE_VERSION}-${DEBIAN_NAME}-slim AS debian-base
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git openssh-client \
    && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production F0_HOME=/var/lib/framework0 HOME=/tmp MALLOC_ARENA_MAX=2
WORKDIR /app
COPY package.json ./
COPY bin ./bin
COPY deploy/grafana ./deploy/grafana
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build --chown=65532:65532 /state /var/lib/framework0
USER 65532:65532
VOLUME /var/lib/framework0
EXPOSE 8080 9090
ENTRYPOINT ["node", "--max-old-space-size=1024", "/app/bin/f0.js"]
CMD ["worker"]

FROM debian-base AS operate

# Git asks its helper for the token by a shell, and reaches repositories at git@ by ssh.
FROM debian-base AS deploy
COPY --from=helm /out/helm /usr/local/bin/helm
COPY --from=kubectl /bin/kubectl /usr/local/bin/kubectl

FROM gcr.io/distroless/nodejs${NODE_VERSION}-debian${DEBIAN_NUMBER}:nonroot AS worker-base
ENV NODE_ENV=production F0_HOME=/var/lib/framework0 HOME=/tmp MALLOC_ARENA_MAX=2
WORKDIR /app
COPY package.json ./
COPY bin ./bin
COPY deploy/grafana ./deploy/grafana
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build --chown=65532:65532 /state /var/lib/framework0
USER 65532:65532
VOLUME /var/lib/framework0
EXPOSE 8080 9090
ENTRYPOINT ["/nodejs/bin/node", "--max-old-space-size=1024", "/app/bin/f0.js"]
CMD ["worker"]

FROM worker-base AS worker
