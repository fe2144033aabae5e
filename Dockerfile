# docker build --tag kairos-pull .
# docker run --rm kairos-pull check nginx:1.27
# The command in one folder, for an account without rights. A shell is left in it: GitLab and Jenkins need one.

FROM node:24-alpine AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM node:24-alpine
COPY --from=build /src/package.json /src/LICENSE /opt/kairos-pull/
COPY --from=build /src/bin /opt/kairos-pull/bin
COPY --from=build /src/dist/command /opt/kairos-pull/dist/command
RUN ln -s /opt/kairos-pull/bin/kairos-pull.js /usr/local/bin/kairos-pull
# By number, so that Kubernetes can see it is not root; 1000 is the account `node`.
USER 1000
WORKDIR /work
ENTRYPOINT ["kairos-pull"]
CMD ["--help"]
