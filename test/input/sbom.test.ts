import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sbomExtractor } from '../../src/input/sbom.ts';
import { fixture, foundLines } from './found-lines.ts';

const find = (text: string) => foundLines(sbomExtractor, text);
const [A, B] = ['a', 'b'].map((char) => `sha256:${char.repeat(64)}`);

describe('sbom', () => {
  it('finds the containers of CycloneDX, and no other components', async () =>
    assert.deepEqual(await find(fixture('cyclonedx.json')), [
      `7 registry.example.com/shop/web@${A} | metadata.component`,
      '15 redis:7.2 | components[1]',
      '18 registry.example.com/library/postgres:16 | components[2]',
      '21 web | components[3] (unresolved-variable: The SBOM has neither its tag nor its digest.)',
      `25 registry.example.com/init@${B} | components[3].components[0]`,
    ]));

  it('finds the containers of SPDX', async () =>
    assert.deepEqual(
      await find(
        `{"spdxVersion": "SPDX-2.3", "packages": [
{"name": "registry.example.com/web", "versionInfo": "2", "primaryPackagePurpose": "CONTAINER",
 "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:oci/web@${A?.replace(':', '%3A')}?tag=2"}]},
{"name": "left", "versionInfo": "1", "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:npm/left@1"}]},
{"name": "api", "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:oci/api@${B}?repository_url=registry.example.com/shop"}]}]}`,
      ),
      [`2 registry.example.com/web:2@${A} | packages[0]`, `5 registry.example.com/shop/api@${B} | packages[2]`],
    ));

  for (const [path, head, expected] of [
    ['bom.json', '{"bomFormat": "CycloneDX",', true],
    ['sbom.cdx.json', '{\n  "$schema": "x",\n  "bomFormat" : "CycloneDX",', true],
    ['a.spdx.json', '{"spdxVersion": "SPDX-2.3"}', true],
    ['-', 'spdxVersion: SPDX-2.3\n', true],
    ['package.json', '{"name": "bomFormat"}', false],
    ['README.md', '{"bomFormat": "CycloneDX",', false],
  ] as const) {
    it(`${expected ? 'reads' : 'does not read'} ${path} ${JSON.stringify(head)}`, () =>
      assert.equal(sbomExtractor.matches(path, head), expected));
  }
});
