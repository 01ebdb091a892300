# What runs in production: the built command line, its dependencies, the migrations. No compiler, no stand-ins, no shell needed.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No dependency needs its install script here, so none is run.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
# Optional peers (Prisma's command line, the compiler) would be two thirds of the image and are used by nothing here.
# Prisma's client carries a query compiler for each database it knows; this one speaks to Postgres.
RUN npm run build \
 && npm prune --omit=dev --omit=optional --omit=peer --ignore-scripts --no-audit --no-fund \
 && find node_modules/@prisma/client/runtime -regex '.*\.\(cockroachdb\|mysql\|sqlite\|sqlserver\)\..*' -delete

FROM node:24-slim
LABEL org.opencontainers.image.title="creditd" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=4800
WORKDIR /app
COPY --from=build /app/package.json ./package.json
COPY --from=build /app/LICENSE ./LICENSE
COPY --from=build /app/bin ./bin
COPY --from=build /app/prisma/migrations ./prisma/migrations
COPY --from=build /app/prisma/roles.sql /app/prisma/distributed.sql ./prisma/
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# A number and not a name: orchestrators that insist on an ordinary user can check it. Nothing below is written to.
USER 10001:10001
EXPOSE 4800
# The api and the worker answer probes on the same port, each in its own container.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/creditd.mjs"]
CMD ["api"]
