import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseCredentialText } from '../../src/credentials/credential-text.ts';

const CONFIG = JSON.stringify({ auths: { 'quay.io': { auth: 'dXNlcjpwYXNz' } } });
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** [key, where within the file] of every login, then the problems. */
async function read(text: string): Promise<unknown> {
  const config = await parseCredentialText(text);
  if (!config.ok) return config.error;
  const { auths, problems } = config.value;
  const logins = auths.map(({ key, within, login }) => [key, within, login.ok && login.value !== undefined]);
  return problems.length === 0 ? logins : [...logins, ...problems];
}

const secret = (name: string, fields: object): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  type: 'kubernetes.io/dockerconfigjson',
  ...fields,
});

describe('parseCredentialText', () => {
  it('reads a docker config', async () => assert.deepEqual(await read(CONFIG), [['quay.io', undefined, true]]));

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
    assert.deepEqual(await read(json), [['quay.io', 'Secret regcred', true]]);
    assert.deepEqual(await read(yaml), [['quay.io', 'Secret regcred', true]]);
  });

  it('reads stringData, which outranks data', async () => {
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
    assert.deepEqual(await read(yaml), [['quay.io', 'Secret regcred', true]]);
  });

  it('reads the old dockercfg type', async () => {
    const dockercfg = JSON.stringify({ 'r.test': { username: 'u', password: 'p' } });
    const text = JSON.stringify(
      secret('old', { type: 'kubernetes.io/dockercfg', data: { '.dockercfg': base64(dockercfg) } }),
    );
    assert.deepEqual(await read(text), [['r.test', 'Secret old', true]]);
  });

  it('reads all pull secrets of a list and of a stream, and passes over the rest', async () => {
    const one = secret('one', { stringData: { '.dockerconfigjson': CONFIG } });
    const two = secret('two', { data: { '.dockerconfigjson': base64('{"auths":{"r.test":{}}}') } });
    const other = secret('tls', { type: 'kubernetes.io/tls', data: { 'tls.key': 'AAAA' } });
    const expected = [
      ['quay.io', 'Secret one', true],
      ['r.test', 'Secret two', false],
    ];
    assert.deepEqual(await read(JSON.stringify({ kind: 'List', items: [one, other, two] })), expected);
    const stream = [one, { kind: 'ConfigMap', data: {} }, two].map((document) => JSON.stringify(document, null, 1));
    assert.deepEqual(await read(`kind: Namespace\n---\n${stream.join('\n---\n')}\n`), expected);
  });

  it('never lets a pull secret choose programs to run', async () => {
    const text = JSON.stringify(
      secret('evil', { stringData: { '.dockerconfigjson': '{"credsStore":"x","credHelpers":{"r":"y"}}' } }),
    );
    const config = await parseCredentialText(text);
    assert.ok(config.ok);
    assert.deepEqual(config.value, { auths: [], credHelpers: [], problems: [] });
  });

  it('goes on after a broken secret and names it', async () => {
    const broken = [
      secret('a', { data: { '.dockerconfigjson': '%' } }),
      secret('b', { data: {} }),
      secret('c', { stringData: { '.dockerconfigjson': '{\n"auths":' } }),
      secret('d', { stringData: { '.dockerconfigjson': CONFIG } }),
    ];
    assert.deepEqual(await read(JSON.stringify({ kind: 'List', items: broken })), [
      ['quay.io', 'Secret d', true],
      'Secret a: its ".dockerconfigjson" is not base64 of a text',
      'Secret b: it has no ".dockerconfigjson"',
      'Secret c: it is not valid JSON (line 2)',
    ]);
  });

  const refused: [string, string, string][] = [
    ['a byte order mark', `\uFEFF${CONFIG}`, 'it starts with a byte order mark, which docker and podman refuse'],
    ['NUL bytes', '{"auths":\0{}}', 'it is not a text file'],
    ['a trailing comma', '{\n  "auths": {\n    "quay.io": {},\n  }\n}', 'it is not valid JSON (line 4)'],
    ['a text that breaks off', '{\n  "auths": {\n', 'it is not valid JSON (line 2)'],
    ['prose', 'my password is hunter2', 'it is neither JSON nor a Kubernetes Secret'],
    ['broken YAML', 'kind: Secret\ndata:\n  a: "x\n', 'it is not valid YAML (line 4)'],
    ['a YAML bomb', `kind: &a [x,x,x,x,x,x,x,x,x]\n${bomb()}`, 'its YAML aliases cannot be resolved'],
  ];
  for (const [name, text, error] of refused) it(`refuses ${name}`, async () => assert.equal(await read(text), error));

  it('says when a Kubernetes object holds no login', async () => {
    const problem = 'it holds no pull secret (type kubernetes.io/dockerconfigjson)';
    assert.deepEqual(await read('kind: Pod\n'), [problem]);
    assert.deepEqual(await read(JSON.stringify(secret('x', { type: 'Opaque', data: {} }))), [problem]);
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
