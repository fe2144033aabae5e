import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { parseCredentialText, readCredentialFile } from '../../src/credentials/credential-file.ts';
import { asUnprivilegedUser, requirePosix } from '../support/require-programs.ts';

const directory = mkdtempSync(join(tmpdir(), 'kp-file-'));
after(() => rmSync(directory, { recursive: true }));

const read = async (path: string): Promise<unknown> => {
  const text = await readCredentialFile(path);
  return text.ok ? text.value : { error: text.error };
};

async function readBytes(content: string | Uint8Array): Promise<unknown> {
  const path = join(directory, 'auth.json');
  writeFileSync(path, content);
  return read(path);
}

describe('readCredentialFile', () => {
  it('reads text', async () => assert.equal(await readBytes('{"ä":1}\n'), '{"ä":1}\n'));

  it('keeps a byte order mark, so that it can be reported', async () =>
    assert.equal(await readBytes('\uFEFF{}'), '\uFEFF{}'));

  it('returns undefined for a missing file, a path below a file, and an empty file', async () => {
    assert.equal(await read(join(directory, 'missing')), undefined);
    assert.equal(await readBytes(''), undefined);
    assert.equal(await read(join(directory, 'auth.json', 'config.json')), undefined);
  });

  it('reads up to 1 MiB', async () => {
    assert.equal(await readBytes(' '.repeat(1024 * 1024)), ' '.repeat(1024 * 1024));
    assert.deepEqual(await readBytes(' '.repeat(1024 * 1024 + 1)), { error: 'it is larger than 1 MiB' });
    assert.deepEqual(await read('/dev/zero'), { error: 'it is a device' });
  });

  it('reports what is wrong with anything else', async () => {
    assert.deepEqual(await readBytes(new Uint8Array([0xff, 0xfe, 0x7b, 0])), { error: 'it is not UTF-8 text' });
    assert.deepEqual(await read(directory), { error: 'it is a directory' });
    assert.deepEqual(await read('nul\0byte'), { error: 'invalid file name' });
  });

  it('reads JSON with bytes that are not UTF-8, as Go does', async () => {
    const latin1 = Buffer.from('{"HttpHeaders":{"x":"\xe4"}}', 'latin1');
    assert.equal(await readBytes(latin1), '{"HttpHeaders":{"x":"\ufffd"}}');
    assert.deepEqual(await readBytes(Buffer.from('kind: "\xe4"', 'latin1')), { error: 'it is not UTF-8 text' });
  });

  it('reads the first JSON object as docker does, and says that podman refuses the file', async () => {
    const config = await parseCredentialText('{"auths":{"r.test":{"auth":"dTpw"}}}\n{"a":1}');
    assert.ok(config.ok);
    assert.deepEqual(
      config.value.auths.map(({ key }) => key),
      ['r.test'],
    );
    assert.deepEqual(config.value.problems, [
      'text follows its JSON object: docker ignores it, but podman and skopeo refuse the file',
    ]);
  });

  it('reports a file that this user may not read', { skip: requirePosix() }, async () => {
    const path = join(directory, 'closed.json');
    writeFileSync(path, '{}');
    chmodSync(directory, 0o755);
    chmodSync(path, 0);
    assert.deepEqual(await asUnprivilegedUser(() => read(path)), { error: 'permission denied' });
  });

  it('does not wait for a pipe without data', { skip: requirePosix() }, async () => {
    const path = join(directory, 'pipe');
    execFileSync('mkfifo', [path]);
    const writer = await open(path, 'r+');
    const silent = await readCredentialFile(path, { deadlineMs: 10 });
    await writer.close();
    assert.deepEqual(silent, { ok: false, error: 'no data for 0.01 s' });
  });
});

const CONFIG = JSON.stringify({ auths: { 'quay.io': { auth: 'dXNlcjpwYXNz' } } });
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** [key, where in the file, whether there is a credential] of every entry, then the problems. */
async function parse(text: string): Promise<unknown> {
  const config = await parseCredentialText(text);
  if (!config.ok) return config.error;
  const { auths, problems } = config.value;
  const entries = auths.map(({ key, within, credential }) => [
    key,
    within,
    credential.ok && credential.value !== undefined,
  ]);
  return problems.length === 0 ? entries : [...entries, ...problems];
}

const secret = (name: string, fields: object): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  type: 'kubernetes.io/dockerconfigjson',
  ...fields,
});

describe('parseCredentialText', () => {
  it('reads a docker config', async () => assert.deepEqual(await parse(CONFIG), [['quay.io', undefined, true]]));

  it('reads a pull secret as kubectl prints it, in JSON and in YAML', async () => {
    const json = JSON.stringify(secret('regcred', { data: { '.dockerconfigjson': base64(CONFIG) } }));
    const yaml = `apiVersion: v1
data:
  .dockerconfigjson: ${base64(CONFIG)}
kind: Secret
metadata:
  name: regcred
type: kubernetes.io/dockerconfigjson
`;
    assert.deepEqual(await parse(json), [['quay.io', 'Secret regcred', true]]);
    assert.deepEqual(await parse(yaml), [['quay.io', 'Secret regcred', true]]);
  });

  it('reads stringData, which takes precedence over data', async () => {
    const yaml = `# written by hand
kind: Secret
metadata: { name: regcred }
type: kubernetes.io/dockerconfigjson
stringData:
  .dockerconfigjson: |
    ${CONFIG}
data:
  .dockerconfigjson: bm90IHRoaXM=
`;
    assert.deepEqual(await parse(yaml), [['quay.io', 'Secret regcred', true]]);
  });

  it('reads the old dockercfg type', async () => {
    const dockercfg = JSON.stringify({ 'r.test': { username: 'u', password: 'p' } });
    const text = JSON.stringify(
      secret('old', { type: 'kubernetes.io/dockercfg', data: { '.dockercfg': base64(dockercfg) } }),
    );
    assert.deepEqual(await parse(text), [['r.test', 'Secret old', true]]);
  });

  it('reads all pull secrets of a list and of a stream, and ignores the rest', async () => {
    const one = secret('one', { stringData: { '.dockerconfigjson': CONFIG } });
    const two = secret('two', { data: { '.dockerconfigjson': base64('{"auths":{"r.test":{}}}') } });
    const other = secret('tls', { type: 'kubernetes.io/tls', data: { 'tls.key': 'AAAA' } });
    const expected = [
      ['quay.io', 'Secret one', true],
      ['r.test', 'Secret two', false],
    ];
    assert.deepEqual(await parse(JSON.stringify({ kind: 'List', items: [one, other, two] })), expected);
    const stream = [one, { kind: 'ConfigMap', data: {} }, two].map((document) => JSON.stringify(document, null, 1));
    assert.deepEqual(await parse(`kind: Namespace\n---\n${stream.join('\n---\n')}\n`), expected);
  });

  it('never lets a pull secret choose programs to run', async () => {
    const text = JSON.stringify(
      secret('evil', { stringData: { '.dockerconfigjson': '{"credsStore":"x","credHelpers":{"r":"y"}}' } }),
    );
    const config = await parseCredentialText(text);
    assert.ok(config.ok);
    assert.deepEqual(config.value, { auths: [], credHelpers: [], problems: [] });
  });

  it('continues after a broken secret and reports it', async () => {
    const broken = [
      secret('a', { data: { '.dockerconfigjson': '%' } }),
      secret('b', { data: {} }),
      secret('c', { stringData: { '.dockerconfigjson': '{\n"auths":' } }),
      secret('d', { stringData: { '.dockerconfigjson': CONFIG } }),
    ];
    assert.deepEqual(await parse(JSON.stringify({ kind: 'List', items: broken })), [
      ['quay.io', 'Secret d', true],
      'Secret a: its ".dockerconfigjson" is not base64-encoded text',
      'Secret b: it has no ".dockerconfigjson"',
      'Secret c: it is not valid JSON (line 2, column 9)',
    ]);
  });

  const refused: [string, string, string][] = [
    ['a byte order mark', `\uFEFF${CONFIG}`, 'it starts with a byte order mark, which docker and podman reject'],
    ['NUL bytes', '{"auths":\0{}}', 'it is not a text file'],
    ['a trailing comma', '{\n  "auths": {\n    "quay.io": {},\n  }\n}', 'it is not valid JSON (line 4, column 3)'],
    ['truncated JSON', '{\n  "auths": {\n', 'it is not valid JSON (line 2, column 13)'],
    ['prose', 'my password is hunter2', 'it is neither JSON nor a Kubernetes Secret'],
    ['broken YAML', 'kind: Secret\ndata:\n  a: "x\n', 'it is not valid YAML (line 4)'],
    ['a YAML bomb', `kind: &a [x,x,x,x,x,x,x,x,x]\n${bomb()}`, 'its YAML aliases cannot be resolved'],
  ];
  for (const [name, text, error] of refused) it(`rejects ${name}`, async () => assert.equal(await parse(text), error));

  it('reports a Kubernetes object without credentials', async () => {
    const problem = 'it contains no pull secret (type kubernetes.io/dockerconfigjson)';
    assert.deepEqual(await parse('kind: Pod\n'), [problem]);
    assert.deepEqual(await parse(JSON.stringify(secret('x', { type: 'Opaque', data: {} }))), [problem]);
  });

  it('never throws and never quotes the text', async () => {
    const text = fc.tuple(fc.constantFrom('', '{', 'kind: Secret\n', '['), fc.string({ unit: 'binary' }));
    await fc.assert(
      fc.asyncProperty(text, async ([start, rest]) => {
        const config = await parseCredentialText(`${start}"hunter2-${rest}`);
        assert.ok(!JSON.stringify(config).includes('hunter2'));
      }),
    );
  });
});

function bomb(): string {
  const names = [...'bcdefghi'];
  return names
    .map(
      (name, index) =>
        `${name}: &${name} [${Array(9)
          .fill(`*${index === 0 ? 'a' : names[index - 1]}`)
          .join(',')}]`,
    )
    .join('\n');
}
