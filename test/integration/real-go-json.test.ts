// Manifests, indexes and configs that are odd JSON: ours and a real client written in Go must read them alike. Every row is
// pulled by skopeo as well (a config is inspected); where it pulls what we call corrupt, the row says who refuses it.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Bundle, type Content, createContent } from '../../src/demo/content.ts';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { checkJson } from '../support/command.ts';
import { requirePrograms } from '../support/require-programs.ts';
import { createRealClient, type RealClient } from '../support/skopeo.ts';

const skip = requirePrograms('skopeo');

type Row = readonly [name: string, text: string, verdict: 'pullable' | 'corrupt' | 'incomplete', refusedBy?: string];

const KUBELET = 'containerd, which decodes it into the type of the specification';
const US = 'us alone: clients disagree on which of the two counts';

const IMAGE = createImage({ text: 'go json' });
const MANIFEST = Buffer.from(IMAGE.manifest.bytes).toString();
const OTHER = createImage({ text: 'another' });
const LAYER = JSON.stringify(IMAGE.layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size }))[0]);
const ABSENT_LAYER = LAYER.replace(/sha256:[0-9a-f]+/, `sha256:${'0'.repeat(64)}`);
const INDEX = createIndex([IMAGE, OTHER]);
const INDEX_TEXT = Buffer.from(INDEX.manifest.bytes).toString();

const swap = (text: string, from: string | RegExp, to: string): string => {
  const changed = text.replace(from, to);
  assert.notEqual(changed, text);
  return changed;
};
/** These members before the others: of the manifest, its config, its layer; of the index, its first entry. */
const top = (members: string): string => swap(MANIFEST, '{', `{${members},`);
const inConfig = (members: string): string => swap(MANIFEST, '"config":{', `"config":{${members},`);
const inLayer = (members: string): string => swap(MANIFEST, '"layers":[{', `"layers":[{${members},`);
const inIndex = (members: string): string => swap(INDEX_TEXT, '{', `{${members},`);
const inEntry = (members: string): string => swap(INDEX_TEXT, '"manifests":[{', `"manifests":[{${members},`);

const MANIFESTS: readonly Row[] = [
  ['nothing odd', MANIFEST, 'pullable'],
  ['an annotation that is a number', top('"annotations":{"a":5}'), 'corrupt'],
  ['an annotation that is null', top('"annotations":{"a":null}'), 'pullable'],
  ['annotations that are null', top('"annotations":null'), 'pullable'],
  ['annotations that are a list', top('"annotations":[]'), 'corrupt'],
  ['the same annotation twice', top('"annotations":{"a":"1","a":"2"}'), 'pullable'],
  ['an annotation of the layer that is a number', inLayer('"annotations":{"a":5}'), 'corrupt'],
  ['an annotation of the config that is true', inConfig('"annotations":{"a":true}'), 'corrupt'],
  ['a size of 5.0', swap(MANIFEST, /"size":(\d+)/, '"size":$1.0'), 'corrupt'],
  ['a size of 5e0', swap(MANIFEST, /"size":(\d+)/, '"size":$1e0'), 'corrupt'],
  ['a size of "5"', swap(MANIFEST, /"size":(\d+)/, '"size":"$1"'), 'corrupt'],
  ['a size of 2^63', swap(MANIFEST, /"size":\d+/, '"size":9223372036854775808'), 'corrupt'],
  ['a schemaVersion of 2.0', swap(MANIFEST, '"schemaVersion":2', '"schemaVersion":2.0'), 'corrupt'],
  ['a schemaVersion of 2e0', swap(MANIFEST, '"schemaVersion":2', '"schemaVersion":2e0'), 'corrupt'],
  ['a platform that is a text', inLayer('"platform":"x"'), 'corrupt'],
  ['an os that is a number', inLayer('"platform":{"os":5}'), 'corrupt'],
  ['os.features that are a text', inLayer('"platform":{"os.features":"x"}'), 'corrupt'],
  ['os.features of null', inLayer('"platform":{"os.features":[null]}'), 'pullable'],
  ['a subject that is a text', top('"subject":"x"'), 'corrupt'],
  ['a subject without anything', top('"subject":{}'), 'pullable'],
  ['a subject that is null', top('"subject":null'), 'pullable'],
  ['a subject of a size that is none', top('"subject":{"size":1.5}'), 'corrupt'],
  ['data', inLayer('"data":"aGVsbG8="'), 'pullable'],
  ['data in two lines', inLayer('"data":"aGVs\\nbG8="'), 'pullable'],
  ['data as a list of bytes', inLayer('"data":[1,2,null]'), 'pullable'],
  ['data as a list of more', inLayer('"data":[256]'), 'corrupt'],
  ['data that is no base64', inLayer('"data":"!!!"'), 'corrupt'],
  ['data without padding', inLayer('"data":"aGVsbG8"'), 'corrupt'],
  ['data in the alphabet for URLs', inLayer('"data":"_-_-"'), 'corrupt'],
  ['urls that are one', inLayer('"urls":"x"'), 'corrupt'],
  ['urls of numbers', inLayer('"urls":[5]'), 'corrupt'],
  ['urls of null', inLayer('"urls":[null]'), 'pullable'],
  ['an artifactType that is a number', top('"artifactType":5'), 'corrupt', KUBELET],
  ['a mediaType that is a number', swap(MANIFEST, /"mediaType":"[^"]*"/, '"mediaType":5'), 'corrupt'],
  ['Layers', swap(MANIFEST, '"layers"', '"Layers"'), 'pullable'],
  ['layers with a long s', swap(MANIFEST, '"layers"', '"layer\u017f"'), 'pullable'],
  ['Config', swap(MANIFEST, '"config":{"mediaType"', '"Config":{"mediaType"'), 'pullable'],
  ['SCHEMAVERSION', swap(MANIFEST, '"schemaVersion"', '"SCHEMAVERSION"'), 'pullable'],
  [
    'Digest, MediaType and SIZE',
    swap(swap(swap(MANIFEST, /"digest"/g, '"Digest"'), /"mediaType"/g, '"MediaType"'), /"size"/g, '"SIZE"'),
    'pullable',
  ],
  ['layers, and Layers that are not there', swap(MANIFEST, /\}$/, `,"Layers":[${ABSENT_LAYER}]}`), 'corrupt'],
  ['Layers that are not there, and layers', top(`"Layers":[${ABSENT_LAYER}]`), 'corrupt', US],
  ['schemaVersion twice', top('"schemaVersion":1'), 'pullable'],
  ['config twice, each with a part', top('"config":{}'), 'pullable'],
  ['layers twice, the last of them good', top(`"layers":[${ABSENT_LAYER}]`), 'pullable'],
  ['layers twice, the last of them absent', swap(MANIFEST, /\}$/, `,"layers":[${ABSENT_LAYER}]}`), 'incomplete'],
  ['unknown fields twice', top('"x":1,"X":2,"x":3'), 'pullable'],
  ['layers that are null', swap(MANIFEST, /"layers":\[.*?\]/, '"layers":null'), 'pullable'],
  ['no layers', swap(MANIFEST, /,"layers":\[.*?\]/, ''), 'pullable'],
  ['layers that are an object', swap(MANIFEST, /"layers":\[.*?\]/, '"layers":{}'), 'corrupt'],
  ['a layer that is null', swap(MANIFEST, /"layers":\[.*?\]/, '"layers":[null]'), 'corrupt'],
  ['Manifests besides', top('"Manifests":[]'), 'corrupt'],
  ['FSLAYERS besides', top('"FSLAYERS":[]'), 'corrupt'],
  ['a lone surrogate', top('"annotations":{"a":"\\ud800"}'), 'pullable'],
  ['a byte order mark', `\ufeff${MANIFEST}`, 'corrupt'],
  ['a second value', `${MANIFEST} {}`, 'corrupt'],
  ['blanks behind it', `${MANIFEST} \t\r\n`, 'pullable'],
  ['a form feed behind it', `${MANIFEST}\f`, 'corrupt'],
  ['NaN', top('"x":NaN'), 'corrupt'],
  ['a number beyond all', top('"x":1e999'), 'pullable'],
  ['10,000 levels', top(`"x":${'['.repeat(9_999)}${']'.repeat(9_999)}`), 'pullable'],
  ['10,001 levels', top(`"x":${'['.repeat(10_000)}${']'.repeat(10_000)}`), 'corrupt'],
];

const INDEXES: readonly Row[] = [
  ['nothing odd', INDEX_TEXT, 'pullable'],
  ['an annotation that is a number', inIndex('"annotations":{"a":5}'), 'corrupt'],
  ['an annotation of an entry that is a number', inEntry('"annotations":{"a":5}'), 'corrupt'],
  ['a subject that is a text', inIndex('"subject":"x"'), 'corrupt', KUBELET],
  ['Manifests', swap(INDEX_TEXT, '"manifests"', '"Manifests"'), 'pullable'],
  ['a size of 5.0', swap(INDEX_TEXT, /"size":(\d+)/, '"size":$1.0'), 'corrupt'],
  ['a platform that is a text', swap(INDEX_TEXT, /"platform":\{.*?\}/, '"platform":"x"'), 'corrupt'],
  ['a variant that is a number', swap(INDEX_TEXT, '"os":', '"variant":7,"os":'), 'corrupt'],
  ['an os.version that is a number', swap(INDEX_TEXT, '"os":', '"os.version":7,"os":'), 'corrupt'],
  ['OS', swap(INDEX_TEXT, /"os"/g, '"OS"'), 'pullable'],
  ['os and OS', swap(INDEX_TEXT, '"os":', '"OS":"windows","os":'), 'corrupt', US],
  ['data that is no base64', inEntry('"data":"!!!"'), 'corrupt'],
  ['urls that are one', inEntry('"urls":"x"'), 'corrupt'],
  ['two lists of entries', swap(INDEX_TEXT, /\}$/, ',"Manifests":[]}'), 'corrupt'],
];

const CONFIG = Buffer.from(
  createImage({
    config: { created: '2020-01-02T03:04:05Z', config: { Env: ['A=b'], Labels: { a: 'b' } } },
  }).config.bytes,
).toString();
const field = (name: string, value: string): string =>
  swap(CONFIG, '"Env":["A=b"]', `"Env":["A=b"],"${name}":${value}`);
const at = (time: string): string => swap(CONFIG, '"2020-01-02T03:04:05Z"', time);

const CONFIGS: readonly Row[] = [
  ['nothing odd', CONFIG, 'pullable'],
  ['a label that is a number', swap(CONFIG, '"a":"b"', '"a":5'), 'corrupt'],
  ['a label that is null', swap(CONFIG, '"a":"b"', '"a":null'), 'pullable'],
  ['Env that is a text', swap(CONFIG, '["A=b"]', '"A=b"'), 'corrupt'],
  ['Cmd that is a text', field('Cmd', '"sh"'), 'corrupt'],
  ['User that is a number', field('User', '1000'), 'corrupt'],
  ['ExposedPorts of null', field('ExposedPorts', '{"80/tcp":null}'), 'pullable'],
  ['ExposedPorts that are a list', field('ExposedPorts', '["80/tcp"]'), 'corrupt'],
  ['Volumes that are a list', field('Volumes', '["/data"]'), 'corrupt'],
  ['ArgsEscaped that is a text', field('ArgsEscaped', '"true"'), 'corrupt'],
  ['an empty time', at('""'), 'corrupt'],
  ['a time that is null', at('null'), 'pullable'],
  ['a date', at('"2020-01-02"'), 'corrupt'],
  ['a time without its zone', at('"2020-01-02T03:04:05"'), 'corrupt'],
  ['a day that no month has', at('"2020-02-30T03:04:05Z"'), 'corrupt'],
  ['a leap day', at('"2020-02-29T03:04:05.123456789+01:00"'), 'pullable'],
  ['an os.version that is a number', swap(CONFIG, '"os":', '"os.version":10,"os":'), 'corrupt'],
  ['os.features that are a text', swap(CONFIG, '"os":', '"os.features":"x","os":'), 'corrupt'],
  ['diff_ids of numbers', swap(CONFIG, /"diff_ids":\[.*?\]/, '"diff_ids":[1]'), 'corrupt'],
  ['a history that is an object', swap(CONFIG, /"history":\[.*?\]/, '"history":{}'), 'corrupt'],
  ['Architecture and OS', swap(swap(CONFIG, '"architecture"', '"Architecture"'), '"os"', '"OS"'), 'pullable'],
  ['os and OS', swap(CONFIG, '"os":', '"OS":"windows","os":'), 'corrupt', US],
  ['something behind it', `${CONFIG} x`, 'corrupt'],
  ['a list around it', `[${CONFIG}]`, 'corrupt'],
];

describe('odd JSON is read as a Go client reads it', { skip }, () => {
  let client: RealClient;
  let registry: EmbeddedRegistry;
  before(async () => {
    client = createRealClient();
    registry = await startRegistry();
  });
  after(async () => {
    await registry.close();
    client[Symbol.dispose]();
  });

  async function compare([, text, verdict, refusedBy]: Row, stored: (manifest: Content) => Bundle, tag: string) {
    registry.put('team/app', tag, stored(createContent(typeOf(text), text)));
    const image = `${registry.name}/team/app:${tag}`;
    const { result } = await checkJson([image, '--layers']);
    assert.equal(result.reason ?? result.verdict, verdict, result.message);
    const { status, stderr } = await client.pull(image);
    const isPulled = verdict === 'pullable' || refusedBy !== undefined;
    assert.equal(status === 0, isPulled, stderr);
  }
  const typeOf = (text: string): string =>
    text.includes('anifests"') && !text.includes('config') ? INDEX.manifest.mediaType : IMAGE.manifest.mediaType;

  for (const [at, row] of MANIFESTS.entries()) {
    it(`a manifest with ${row[0]} is ${row[2]}${row[3] === undefined ? '' : `, to ${row[3]}`}`, () =>
      compare(row, (manifest) => ({ ...IMAGE, manifest }), `image-${at}`));
  }
  for (const [at, [name, text, verdict, refusedBy]] of CONFIGS.entries()) {
    it(`a config with ${name} is ${verdict}${refusedBy === undefined ? '' : `, to ${refusedBy}`}`, async () => {
      const config = createContent(IMAGE.config.mediaType, text);
      const manifest = createContent(
        IMAGE.manifest.mediaType,
        swap(swap(MANIFEST, IMAGE.config.digest, config.digest), /"size":\d+/, `"size":${config.size}`),
      );
      registry.put('team/app', `config-${at}`, { manifest, blobs: [config, ...IMAGE.layers] });
      const image = `${registry.name}/team/app:config-${at}`;
      const { result } = await checkJson([image, '--platform', 'linux/amd64']);
      assert.equal(result.reason ?? result.verdict, verdict, result.message);
      // A copy does not decode it.
      const { status, stderr } = await client.run(['inspect', '--tls-verify=false', `docker://${image}`]);
      assert.equal(status === 0, verdict === 'pullable' || refusedBy !== undefined, stderr);
    });
  }
  for (const [at, row] of INDEXES.entries()) {
    it(`an index with ${row[0]} is ${row[2]}${row[3] === undefined ? '' : `, to ${row[3]}`}`, () =>
      compare(row, (manifest) => ({ ...INDEX, manifest }), `index-${at}`));
  }
});
