// A hostile registry repeats the credential it was sent, in disguise, so that it is printed.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { basicCredential } from '../../src/demo/logged-request.ts';
import { errorReply, jsonReply, type Reply } from '../../src/demo/reply.ts';
import { startServer } from '../../src/demo/server.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../src/registry/media-type.ts';
import { checkJson, runCommand } from '../support/command.ts';

/** A registry that asks for a login, and then answers with what `repeat` makes of the password. */
async function startMimic(repeat: (password: string, origin: string) => Reply) {
  const server = await startServer(({ headers }) => {
    const login = basicCredential(headers.authorization);
    if (login === undefined) return { status: 401, headers: { 'www-authenticate': 'Basic realm="mimic"' } };
    return repeat(login.password, server.origin);
  });
  return server;
}

/** All that is printed about an image of it, with `-v` and as JSON. */
async function printed(name: string, password: string, username = 'ada'): Promise<string> {
  const args = [`${name}/team/app:v1`, '-u', username, '--password-stdin', '--retries', '0', '-v', '--layers'];
  const formats = ['text', 'json', 'junit', 'github', 'gitlab', 'sarif', 'markdown', 'prometheus'];
  const outputs = await Promise.all(
    formats.map(async (format) => {
      const { stdout, stderr } = await runCommand(['check', ...args, '-o', format], { stdin: password });
      return stdout + stderr;
    }),
  );
  return outputs.join('\n');
}

const KEY = JSON.stringify(
  { type: 'service_account', private_key_id: 'f00dfacef00dface', private_key: '-----BEGIN\nMIIEvQIBADANZq9\n' },
  null,
  2,
);
const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&#34;');

/** Password, how the registry repeats it, and pieces that must not be printed. */
const DISGUISES: Readonly<Record<string, [string, (password: string) => Reply, ...string[]]>> = {
  'a JSON key of several lines': [
    KEY,
    (password) => errorReply(403, 'DENIED', `bad ${password}`),
    'service_account',
    'f00dfacef00dface',
    'MIIEvQIBADANZq9',
  ],
  'two blanks': ['two  blanks-Zq9', (password) => errorReply(403, 'DENIED', `bad ${password}`), 'blanks-Zq9'],
  'a tab': ['tab\tword-Zq9', (password) => errorReply(403, 'DENIED', `bad ${password}`), 'word-Zq9'],
  'a zero-width character': ['zero\u200bwidth-Zq9', (password) => errorReply(403, 'DENIED', password), 'width-Zq9'],
  'what would be a command in a log': ['pw##[x]Zq9long', (password) => errorReply(403, 'DENIED', password), 'Zq9long'],
  'a long pass phrase': [
    'correct horse battery staple, and then some more words until it is long enough',
    (password) => errorReply(403, 'DENIED', `bad ${password}`),
    'horse',
    'more words',
    'long enough',
  ],
  'entities in the title of a page': [
    'Tom&Jerry<Zq9',
    (password) => ({
      status: 403,
      headers: { 'content-type': 'text/html' },
      body: `<!doctype html><title>Not ${escapeHtml(password)}</title>`,
    }),
    'Jerry',
    'Zq9',
  ],
  'a quoted string': [
    'quo"te\\Zq9',
    (password) => errorReply(403, 'DENIED', `bad ${JSON.stringify(password)}`),
    'te\\\\Zq9',
  ],
  'JSON in JSON': [
    'quo"te-Zq9',
    (password) => errorReply(403, 'DENIED', JSON.stringify({ answer: JSON.stringify({ password }) })),
    'te-Zq9',
  ],
  'a form': [
    'my pass word!Zq9',
    (password) => errorReply(403, 'DENIED', new URLSearchParams({ password }).toString()),
    'pass+word',
    'Zq9',
  ],
  'a warning header in UTF-8': [
    'pässwörd-Zq9',
    (password) => {
      const { mediaType, bytes } = createImage().manifest;
      const warning = Buffer.from(`299 - "bye ${password}"`).toString('latin1');
      return { status: 200, headers: { 'content-type': mediaType, warning }, body: bytes };
    },
    'sswörd',
    'rd-Zq9',
  ],
  'the coding of its content': [
    'Some-Coding,Zq9',
    (password) => ({ status: 200, headers: { 'content-encoding': password }, body: 'x' }),
    'coding,zq9',
  ],
  'the platform of an index': [
    'some-os-zq9',
    (password) =>
      jsonReply(
        200,
        {
          schemaVersion: 2,
          manifests: [
            {
              mediaType: OCI_MANIFEST,
              digest: `sha256:${'0'.repeat(64)}`,
              size: 5,
              platform: { os: 'linux', architecture: password },
            },
          ],
        },
        { 'content-type': OCI_INDEX },
      ),
    'os-zq9',
  ],
  'the type of a layer': [
    'some-type-zq9',
    (password) => {
      const { mediaType } = createImage().manifest;
      const part = { digest: `sha256:${'0'.repeat(64)}`, size: 5 };
      const config = { ...part, mediaType: 'application/vnd.oci.image.config.v1+json' };
      const layers = [{ ...part, mediaType: `application/${password}` }];
      return jsonReply(200, { schemaVersion: 2, mediaType, config, layers }, { 'content-type': mediaType });
    },
    'type-zq9',
  ],
  'a value of a manifest that is of the wrong type': [
    'some-size-zq9',
    (password) => jsonReply(200, { schemaVersion: 2, config: { size: password } }, { 'content-type': OCI_MANIFEST }),
    'size-zq9',
  ],
  'the codes of errors': ['Some-Code-Zq9', (password) => errorReply(403, password, 'no'), 'Code-Zq9'],
};

describe('a password is not printed though the registry repeats it as', () => {
  for (const [name, [password, repeat, ...pieces]] of Object.entries(DISGUISES)) {
    it(name, async () => {
      await using server = await startMimic(repeat);
      const text = await printed(server.name, password);
      for (const piece of pieces) assert.ok(!text.toLowerCase().includes(piece.toLowerCase()), text);
    });
  }

  it('the password of a user whose name contains a colon', async () => {
    await using server = await startMimic((password) =>
      errorReply(403, 'DENIED', `not ${password.replace('user:', '')}`),
    );
    const text = await printed(server.name, 'hunter2-Zq9', 'dom:user');
    assert.ok(!text.includes('hunter2-Zq9'), text);
  });
});

describe('an address that the registry redirects to is printed without', () => {
  const TOKEN = 'tok'.repeat(40);
  const PLACES: Readonly<Record<string, string>> = {
    'a token in its path': `/${TOKEN}/blob`,
    'a token in a path parameter': `/blob;sig=${TOKEN.slice(0, 30)}`,
    'a token as scope': `/blob?scope=${TOKEN}`,
    'a token as account': `/blob?account=${TOKEN}`,
    'a token as last': `/blob?last=${TOKEN}`,
  };
  for (const [name, path] of Object.entries(PLACES)) {
    it(name, async () => {
      await using server = await startMimic((_, origin) => ({ status: 307, headers: { location: origin + path } }));
      const text = await printed(server.name, 'hunter2-Zq9');
      assert.ok(!text.includes(TOKEN.slice(0, 12)), text);
    });
  }

  it('the password in its host', async () => {
    await using server = await startMimic((password) => ({
      status: 307,
      headers: { location: `https://${password}.invalid/blob` },
    }));
    const text = await printed(server.name, 'hunter2-zq9');
    assert.ok(!text.includes('hunter2-zq9'), text);
    assert.match(text, /\*\*\*\.invalid/);
  });
});

describe('a weak password changes nothing of what we say ourselves', () => {
  const WEAK = [
    'manifest',
    'http',
    'https',
    'sha256',
    'pullable',
    'linux',
    'amd64',
    'team',
    'true',
    'null',
    '127.0.0.1',
    'denied',
  ];
  const { manifest } = createImage();
  const GOOD: Reply = { status: 200, headers: { 'content-type': manifest.mediaType }, body: manifest.bytes };
  const ANSWERS: Readonly<Record<string, Reply>> = {
    'an image that is there': GOOD,
    'one that is not': errorReply(404, 'MANIFEST_UNKNOWN', 'no such thing'),
    'one that is refused': errorReply(403, 'DENIED', 'no'),
    'an outage': errorReply(500, 'UNKNOWN', 'no'),
  };
  for (const [name, answer] of Object.entries(ANSWERS)) {
    it(name, async () => {
      await using server = await startMimic(() => answer);
      const documentFor = async (password: string) => {
        const args = [`${server.name}/team/app:v1`, '-u', 'ada', '--password-stdin', '--retries', '0'];
        const { result } = await checkJson(args, { stdin: password });
        return {
          ...result,
          durationMs: 0,
          startedAt: '',
          requests: result.requests.map((one) => ({ ...one, durationMs: 0 })),
        };
      };
      const usual = await documentFor('correct-horse-Zq9');
      for (const password of WEAK) assert.deepEqual(await documentFor(password), usual, password);
    });
  }
});

describe('a redirect to an address that contains the token of its registry', () => {
  for (const [name, pathOf] of Object.entries<(token: string) => string>({
    'after the host': (token) => `/store/${token}/m`,
    'as the whole path': (token) => `/${token}`,
    'in a parameter': (token) => `/store/m?${token}`,
  })) {
    it(`is judged as any other, with the token ${name}`, async () => {
      const token = `T${'aB3x'.repeat(30)}`;
      await using server = await startServer(({ path, headers }) => {
        if (path.startsWith('/token')) return jsonReply(200, { token });
        if (path.includes(token) || path.startsWith('/store/')) return errorReply(404, 'MANIFEST_UNKNOWN', 'unknown');
        const realm = `Bearer realm="${server.origin}/token",service="s"`;
        if (headers.authorization === undefined) return { status: 401, headers: { 'www-authenticate': realm } };
        return { status: 307, headers: { location: pathOf(token) } };
      });
      const { result, stdout, exitCode } = await checkJson([`${server.name}/team/app:v1`, '--retries', '0']);
      assert.deepEqual([result.reason, exitCode], ['not-found', 4], result.message);
      assert.ok(result.requests.every(({ url }) => URL.canParse(url) && new URL(url).host === server.name));
      assert.ok(!stdout.includes('aB3xaB3x'));
    });
  }
});

describe('words of a registry that look like a pattern', () => {
  it('are quoted as they are, and do no harm', async () => {
    const bomb = "<'$$`".repeat(12);
    const error = (message: string) => ({ code: 'X', message });
    await using server = await startServer(({ path }) =>
      path.includes('/bomb/')
        ? jsonReply(500, { errors: [error(bomb), error('$`'), error('$`')] })
        : errorReply(500, 'X', "cannot expand $'HOME' and $& in path"),
    );
    const args = ['bomb', 'path', 'bomb/again'].map((name) => `${server.name}/${name}/app:v1`);
    const { results, exitCode } = await checkJson([...args, '--retries', '0']);
    assert.equal(exitCode, 5);
    assert.equal(results[0]?.message, `${server.name} returned 500 Internal Server Error: ${bomb}.`);
    assert.equal(
      results[1]?.message,
      `${server.name} returned 500 Internal Server Error: cannot expand $'HOME' and $& in path.`,
    );
    assert.equal(results.length, 3);
  });
});
