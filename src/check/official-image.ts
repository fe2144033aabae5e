// Official images of Docker Hub, `docker.io/library/…`: anyone may pull them, so one that is refused does not exist.

import { DOCKER_HUB, registryOfHost } from '../core/docker-hub.ts';
import { suggest } from '../core/suggestion.ts';
import type { Evidence } from '../registry/evidence.ts';
import { type CheckedImage, type Finding, finding } from './finding.ts';
import { advise } from './hint.ts';

const PREFIX = 'library/';

/** `nginx` of `docker.io/library/nginx`; undefined for every other image. */
export function officialName({ reference: { registry, repository } }: CheckedImage): string | undefined {
  const isOfficial = registryOfHost(registry) === DOCKER_HUB && repository.startsWith(PREFIX);
  return isOfficial ? repository.slice(PREFIX.length) : undefined;
}

/** The registry answers as it does for a private one. */
export function noOfficialImage(name: string, evidence: Evidence): Finding {
  const meant = suggest(name, POPULAR).trim();
  const other = `An image of a user or an organization is USER/${name}.`;
  return finding(
    {
      reason: 'unauthorized',
      cause: 'missing-or-private',
      message: `Docker Hub has no official image "${name}": it returned ${evidence.response.status}, as for a private image, but official images are never private.`,
      hint: advise('check-name', meant === '' ? `Check the spelling. ${other}` : `${meant} ${other}`),
    },
    evidence,
  );
}

/** To suggest one: those that are used most. */
const POPULAR =
  'adminer almalinux alpine amazoncorretto archlinux bash busybox caddy cassandra clojure couchbase couchdb debian docker drupal eclipse-mosquitto eclipse-temurin elasticsearch elixir erlang fedora ghost golang gradle groovy haproxy hello-world httpd influxdb jenkins joomla julia kibana kong logstash mariadb maven memcached mongo mongo-express mysql nats neo4j nextcloud nginx node odoo openjdk percona perl php phpmyadmin postgres python rabbitmq redis registry rocket.chat rockylinux ruby rust solr sonarqube swift telegraf tomcat traefik ubuntu vault varnish wordpress zookeeper'.split(
    ' ',
  );
