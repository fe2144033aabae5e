// How the user of a kubeconfig proves who it is: a token, a client certificate, a password, or a program that returns one.
// https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#AuthInfo

import { failure, type Outcome, success } from '../core/outcome.ts';
import { isPlainObject } from '../credentials/go-document.ts';
import type { TlsChoice } from '../http/tls-store.ts';
import { bearer, type Identity, isToken } from './cluster.ts';
import { type IdentifyOptions, runExec } from './exec-plugin.ts';
import { type KubeconfigEntry, pathOf, textOf } from './kubeconfig.ts';
import { clientCertificate, readText } from './pem.ts';

const PROXY = 'Run kubectl proxy and use its address as the server: http://127.0.0.1:8001.';

/** The error is a sentence without secrets. */
export async function identifyUser(
  user: KubeconfigEntry,
  options: IdentifyOptions,
): Promise<Outcome<Identity, string>> {
  const { name, signal } = options;
  const { value } = user;
  const client = await clientCertificate(user, name, signal);
  if (!client.ok) return client;
  const tls = client.value;
  if (textOf(value, 'as') !== '')
    return failure(`The user ${name} acts as another user, which is not supported. ${PROXY}`);

  // As kubectl: the file first.
  const tokenFile = textOf(value, 'tokenFile');
  if (tokenFile !== '') {
    const text = await readText(pathOf(user, tokenFile), signal);
    if (!text.ok) return text;
    return identified(text.value.trim(), tls, `The tokenFile of the user ${name}`);
  }
  const token = textOf(value, 'token');
  if (token !== '') return identified(token, tls, `The token of the user ${name}`);
  const [username, password] = [textOf(value, 'username'), textOf(value, 'password')];
  if (username !== '') {
    const encoded = Buffer.from(`${username}:${password}`).toString('base64');
    return success({ tls, authorization: `Basic ${encoded}`, secrets: [password, encoded].filter(Boolean) });
  }
  if (isPlainObject(value.exec)) return runExec(value.exec, user, tls, options);
  if (isPlainObject(value['auth-provider'])) {
    return failure(`The user ${name} has an auth-provider, which kubectl no longer supports. ${PROXY}`);
  }
  return success({ tls, secrets: [] });
}

function identified(token: string, tls: TlsChoice, what: string): Outcome<Identity, string> {
  return isToken(token) ? success({ tls, ...bearer(token) }) : failure(`${what} is not a token that can be sent.`);
}
