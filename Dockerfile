# docker build --tag kairos-pull .
# docker run --rm kairos-pull check nginx:1.27
# The command in one directory, run by an unprivileged user. The image keeps a shell, which GitLab and Jenkins need.

# A release pins the base image to its digest of that day. No ARG for it: Dependabot does not update one.
# What this stage builds runs on every architecture.
FROM --platform=$BUILDPLATFORM node:24-alpine AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build
# The driver of the monitor's PostgreSQL store, as package-lock.json has it. That of SQLite is in Node.js.
RUN node scripts/copy-package.js pg build-driver

FROM node:24-alpine
# A release adds version, revision, date, source and base image.
LABEL org.opencontainers.image.title="kairos-pull"
LABEL org.opencontainers.image.description="Tells you whether a container image can be pulled and, if not, why"
LABEL org.opencontainers.image.licenses="MIT"
COPY --from=build /src/package.json /src/LICENSE /opt/kairos-pull/
COPY --from=build /src/bin /opt/kairos-pull/bin
COPY --from=build /src/dist/command /opt/kairos-pull/dist/command
COPY --from=build /src/build-driver/node_modules /opt/kairos-pull/node_modules
RUN ln -s /opt/kairos-pull/bin/kairos-pull.js /usr/local/bin/kairos-pull
# A volume for the history of `kairos-pull monitor` gets the owner of this directory.
RUN install -d -m 0700 -o 1000 -g 1000 /var/lib/kairos-pull
# By number, so that Kubernetes can tell that it is not root; 1000 is the user `node`.
USER 1000
WORKDIR /work
ENTRYPOINT ["kairos-pull"]
CMD ["--help"]
