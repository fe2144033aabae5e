// The token services that the user allows a registry to name: `realms` in its settings.

import { isIP } from 'node:net';
import { failure, type Outcome, success } from '../core/outcome.ts';

const HOST = /^(\[[0-9a-f:.]+\]|[^\s/\\?#@%:[\]]+)(?::(\d{1,5}))?$/i;

/** `host` or `host:port`, normalized for comparison; the error completes "expected …". */
export function parseRealmHost(text: string): Outcome<string, string> {
  const [, name = '', port] = HOST.exec(isIP(text) === 6 ? `[${text}]` : text) ?? [];
  if (name === '' || !URL.canParse(`http://${name}/`) || Number(port ?? 1) > 65_535) {
    return failure('the host of a token service, such as auth.example.com');
  }
  const host = withoutDot(new URL(`http://${name}/`).hostname);
  if (!/^[^.]+(?:\.[^.]+)*$/.test(host)) return failure('the host of a token service, such as auth.example.com');
  return success(port === undefined ? host : `${host}:${Number(port)}`);
}

/** An entry without a port matches every port of its host. */
export function isListed(realm: URL, hosts: readonly string[]): boolean {
  const host = withoutDot(realm.hostname);
  const port = realm.port || (realm.protocol === 'https:' ? '443' : '80');
  return hosts.includes(host) || hosts.includes(`${host}:${port}`);
}

/** A trailing dot makes no difference. */
const withoutDot = (hostname: string): string => hostname.replace(/\.$/, '');
