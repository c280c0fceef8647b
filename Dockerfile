# One image for every long-running command: `serve` (the default), `caps`, `migrate`.
# Debian, not Alpine: the native part of the Temporal SDK needs glibc.

FROM node:20-bookworm-slim AS build
WORKDIR /app
# Install scripts stay off: no package needs one to run, and ours would build without sources.
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY src/db/migrations ./src/db/migrations
COPY examples ./examples
USER node
EXPOSE 3000
# The image has no curl, and Node can ask as well.
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=6 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.SLUICE_PORT ?? 3000}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps", "--max-semi-space-size=64", "dist/src/cli.js"]
CMD ["serve"]
