# The bundle on Node.js: no packages, no shell script, not root.
# By digest, since tags can be moved. docs/deployment.md says how to update it.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6
FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY build.ts tsconfig.json ./
COPY migrations migrations
COPY src src
RUN node build.ts

FROM ${NODE_IMAGE}
WORKDIR /app
COPY --from=build /build/dist dist
# 0.0.0.0 is the container's own address. Do not publish the admin port: it requires no token.
ENV NODE_ENV=production ENVIRONMENT=production HOST=0.0.0.0 PORT=8000 ADMIN_HOST=0.0.0.0 ADMIN_PORT=9090
# The compiled code of the bundle saves a sixth of each start. Containers may run on a read-only file system.
RUN install -d -o node -g node .cache
USER node
RUN node --min-semi-space-size=16 --max-semi-space-size=16 --no-allocation-site-pretenuring dist/main.js openapi > /dev/null
EXPOSE 8000 9090
STOPSIGNAL SIGTERM
# With node:http, because fetch refuses some ports, such as 10080.
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s CMD ["node", "-e", "require('http').get({ host: '127.0.0.1', port: process.env.ADMIN_PORT || process.env.PORT, path: '/health/live' }, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
# For V8's garbage collector: young objects have room for a few hundred requests from the start, and none are placed among the
# old ones at once, as V8 does when objects of the same kind lived long during the start. Objects of requests live for
# milliseconds.
ENTRYPOINT ["node", "--min-semi-space-size=16", "--max-semi-space-size=16", "--no-allocation-site-pretenuring", "dist/main.js"]
CMD ["serve"]
