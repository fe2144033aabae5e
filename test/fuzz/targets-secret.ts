// No secret of the run is shown, however a server repeats it.

import assert from 'node:assert/strict';
import { checkTarget } from '../../src/check/check.ts';
import type { CheckContext } from '../../src/check/check-context.ts';
import type { CheckEvent } from '../../src/core/check-event.ts';
import type { Credential } from '../../src/credentials/credential.ts';
import { Secret } from '../../src/credentials/secret.ts';
import { createKnownSecrets } from '../../src/http/known-secrets.ts';
import { FORMATS } from '../../src/report/format.ts';
import { createReporter } from '../../src/report/reporters.ts';
import { ENCODINGS } from '../support/encodings.ts';
import { formatEvents } from '../support/event-lines.ts';
import type { Reply } from '../support/fake-send.ts';
import { runReporter } from '../support/results.ts';
import { scriptContext } from '../support/scripted-check.ts';
import type { Random } from './random.ts';
import { type FuzzTarget, valueTarget } from './target.ts';
import { createTextSource } from './text-source.ts';

const encodings = Object.values(ENCODINGS);

/** No word of ours, and none of the texts around it, has a piece of a secret that is so long. */
const LONGEST_PIECE = 12;
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
const SIGNS = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~ äé漢😀';

const wordsOf = createTextSource(
  ['access to the requested resource is not authorized', '{"errors":[{"code":"DENIED","message":"no"}]}', 'denied: '],
  ['denied ', '"', '\\', '&', '%', ' ', '\n', ':', '='],
);

interface Input {
  readonly secret: readonly string[];
  readonly username: string;
  readonly before: string;
  readonly after: string;
  /** Which encoding, and where. */
  readonly how: number;
}

const generate = (random: Random): Input => ({
  secret: Array.from({ length: 2 + random.below(5) }, () => {
    const letters = Array.from({ length: 4 + random.below(10) }, () => random.pick([...LETTERS])).join('');
    return letters + (random.isOnce(2) ? random.pick([...SIGNS]) : '');
  }),
  username: random.pick(['me', 'dom:user', '<token>', 'AWS', '']),
  before: wordsOf(random).slice(0, random.below(200)),
  after: wordsOf(random).slice(0, random.below(200)),
  how: random.below(2 ** 20),
});

const encodingOf = ({ how, secret, username }: Input): string =>
  encodings[how % encodings.length]?.(secret.join(''), username) ?? '';

/** Smaller inputs may have no secret left. */
const isSecret = ({ secret }: Input): boolean => secret.join('').trim().length >= 8 && !/\p{Cs}/u.test(secret.join(''));

function assertHidden(shown: string, input: Input): void {
  const secret = input.secret.join('');
  for (const text of [secret, encodingOf(input)]) {
    for (let at = 0; at + LONGEST_PIECE <= text.length; at += 1) {
      const piece = text.slice(at, at + LONGEST_PIECE);
      const isOurs = input.before.includes(piece) || input.after.includes(piece);
      assert.ok(
        isOurs || !shown.includes(piece),
        `${JSON.stringify(piece)} of the secret is in ${JSON.stringify(shown)}`,
      );
    }
  }
}

const hiding = valueTarget('secrets', { generate, cost: 2 }, (input) => {
  if (!isSecret(input)) return;
  const login = createKnownSecrets();
  login.addCredential(input.username, input.secret.join(''));
  assertHidden(login.hide(`${input.before} ${encodingOf(input)} ${input.after}`), input);
});

const token = valueTarget('token-secrets', { generate, cost: 2 }, (input) => {
  const secret = input.secret.join('').replace(/[^\w.~+/-]/g, '');
  if (secret.length < 8) return;
  const secrets = createKnownSecrets();
  secrets.addToken(secret);
  const only = { ...input, secret: [secret], how: 0 };
  assertHidden(secrets.hide(`${input.before} ${secret} ${input.after}`), only);
});

const proxy = valueTarget('proxy-secrets', { generate, cost: 2 }, (input) => {
  if (!isSecret(input)) return;
  const login = [input.username, input.secret.join('')].map(encodeURIComponent).join(':');
  const secrets = createKnownSecrets([`http://${login}@proxy.example:3128`]);
  assertHidden(secrets.hide(`${input.before} ${encodingOf(input)} ${input.after}`), input);
});

/** Where a registry repeats what was sent to it. */
const PLACES: readonly ((words: string, word: string) => Reply)[] = [
  (words) => ({ status: 403, body: { errors: [{ code: 'DENIED', message: words }] } }),
  (words) => ({ status: 403, body: { errors: [{ code: words, message: 'no' }] } }),
  (words) => ({ status: 401, body: { details: words } }),
  (words) => ({ status: 500, body: words }),
  (words) => ({
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: `<!doctype html><title>${words}</title>`,
  }),
  (words) => ({ status: 404, headers: { warning: `299 - "${words}"` } }),
  (_, word) => ({ status: 401, headers: { 'www-authenticate': `${word} realm="x"` } }),
  (_, word) => ({ status: 401, headers: { 'www-authenticate': `Bearer realm="http://[${word}"` } }),
  (words) => ({ status: 200, body: { schemaVersion: 2, mediaType: `application/${words}` } }),
  (words) => ({ status: 503, headers: { 'content-type': 'text/plain', 'retry-after': words }, body: words }),
];

const never = new AbortController().signal;

/** A whole check with a login that is sent, answered by words that repeat it, in every report. */
const check = valueTarget('checked-secrets', { generate, cost: 6 }, async (input) => {
  const password = input.secret.join('');
  if (!isSecret(input) || !/^[ -~]+$/.test(password)) return;
  const encoded = encodingOf(input).replace(/[\r\n]/g, ' ');
  const answer = PLACES[Math.floor(input.how / encodings.length) % PLACES.length]?.(
    `${input.before} ${encoded}`,
    encoded,
  );
  const credential: Credential = { kind: 'password', username: 'me', password: new Secret(password), source: 'a file' };
  const secrets = createKnownSecrets();
  const credentials: CheckContext['credentials'] = {
    find: () => ({
      credentials: (async function* () {
        yield credential;
      })(),
      warnings: [],
    }),
  };
  const script = {
    '*': ({ headers }: { headers: Readonly<Record<string, string>> }): Reply =>
      headers.authorization === undefined
        ? { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } }
        : (answer ?? {}),
  };
  const events: CheckEvent[] = [];
  const { context } = scriptContext(script, { credentials, secrets, onEvent: (event) => events.push(event) });
  const result = await checkTarget(context, { text: 'registry.example/team/app:1', foundAt: [] }, never);
  const options = { color: 0, unicode: true, verbose: true } as const;
  const shown = FORMATS.map((format) => runReporter(createReporter(format, options), [result])).join('\n');
  assertHidden(shown + formatEvents(events), { ...input, username: 'me' });
});

export const SECRET_TARGETS: readonly FuzzTarget[] = [hiding, token, proxy, check];
