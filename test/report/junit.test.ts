import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Result } from '../../src/core/result.ts';
import { createJunitReporter } from '../../src/report/junit.ts';
import type { RunOptions } from '../../src/report/reporter.ts';
import { anyResult } from '../support/arbitrary-result.ts';
import { parseXml, type XmlElement } from '../support/parse-xml.ts';
import { failedResult, pullableResult, runReporter } from '../support/results.ts';

const junitOf = (results: readonly Result[], options: RunOptions = {}) =>
  runReporter(createJunitReporter(options), results);

const missing = failedResult('not-found', 'tag', {
  input: 'nginx:9',
  message: 'There is no tag 9.',
  hint: 'Look at "tags".',
  foundAt: [{ source: 'compose.yaml', line: 12, path: 'services.web.image' }],
});

/** The attributes that junit-10.xsd of Jenkins' xunit plugin knows, of the elements we write. */
const JUNIT_10 = {
  testsuites: ['name', 'time', 'tests', 'failures', 'disabled', 'errors'],
  testsuite: ['name', 'tests', 'failures', 'errors', 'time', 'disabled', 'skipped', 'timestamp', 'hostname', 'file'],
  testcase: ['name', 'assertions', 'time', 'classname', 'status', 'file', 'line', 'group'],
  failure: ['type', 'message'],
  error: ['type', 'message'],
  skipped: ['type', 'message'],
};

describe('the JUnit report', () => {
  it('has a suite for each file and one for the command line, a case for each location', () =>
    assert.equal(
      junitOf([
        pullableResult({ foundAt: [{ source: './compose.yaml', line: 3, path: 'services.db.image' }] }),
        missing,
        failedResult('unreachable', 'dns', { input: 'no.where/a:1', message: 'The name has no address.' }),
        failedResult('ignored', null, { input: 'acme/dev', message: 'It is ignored.', durationMs: 0 }),
      ]),
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="kairos-pull" tests="4" failures="1" errors="1" time="1.230">
  <testsuite name="compose.yaml" tests="2" failures="1" errors="0" time="0.208" skipped="0">
    <testcase classname="compose.yaml" name="nginx:latest (services.db.image)" file="compose.yaml" line="3" time="0.104"/>
    <testcase classname="compose.yaml" name="nginx:9 (services.web.image)" file="compose.yaml" line="12" time="0.104">
      <failure type="not-found" message="not found (tag): There is no tag 9.">not found (tag): There is no tag 9.
Look at &quot;tags&quot;.
at compose.yaml:12 services.web.image</failure>
    </testcase>
  </testsuite>
  <testsuite name="command line" tests="2" failures="0" errors="1" time="0.104" skipped="1">
    <testcase classname="command line" name="no.where/a:1" time="0.104">
      <error type="unreachable" message="unreachable (DNS lookup failed): The name has no address.">unreachable (DNS lookup failed): The name has no address.
at command line</error>
    </testcase>
    <testcase classname="command line" name="acme/dev" time="0.000">
      <skipped type="ignored" message="skipped (ignored): It is ignored.">skipped (ignored): It is ignored.
at command line</skipped>
    </testcase>
  </testsuite>
</testsuites>
`,
    ));

  it('is a document even without results', () =>
    assert.deepEqual(parseXml(junitOf([])).attributes, {
      name: 'kairos-pull',
      tests: '0',
      failures: '0',
      errors: '0',
      time: '1.230',
    }));

  it('has only attributes and elements that a strict schema allows', () => {
    const skipped = failedResult('ignored', null, { foundAt: [{ source: 'a.yaml', line: 1 }] });
    const undetermined = failedResult('unreachable', 'dns');
    const known: Readonly<Record<string, readonly string[]>> = JUNIT_10;
    const see = ({ name, attributes, children }: XmlElement): void => {
      for (const attribute of Object.keys(attributes))
        assert.ok(known[name]?.includes(attribute), `${name} ${attribute}`);
      children.forEach(see);
    };
    see(parseXml(junitOf([pullableResult(), missing, skipped, undetermined])));
  });

  it('gives an image on several lines of a file different names, and counts its time once', () => {
    const foundAt = [
      { source: 'images.txt', line: 1 },
      { source: 'images.txt', line: 5 },
    ];
    const [suite] = parseXml(junitOf([pullableResult({ foundAt })])).children;
    assert.deepEqual(
      suite?.children.map(({ attributes: { name, line, time } }) => [name, line, time]),
      [
        ['nginx:latest', '1', '0.104'],
        ['nginx:latest #2', '5', '0.000'],
      ],
    );
    assert.equal(suite?.attributes.time, '0.104');
  });

  it('quotes the registry', () => {
    const registryErrors = [{ code: 'DENIED', message: 'no & never' }];
    const text = junitOf([failedResult('denied', null, { registryErrors })]);
    assert.ok(text.includes('\nregistry says: &quot;no &amp; never&quot; (DENIED)\n'));
  });

  it('reports a tolerated failure as skipped: it must neither fail nor look fine', () => {
    const [suite] = parseXml(junitOf([missing], { warnOn: ['not-found'] })).children;
    const { tests, failures, errors, skipped } = suite?.attributes ?? {};
    assert.deepEqual([tests, failures, errors, skipped], ['1', '0', '0', '1']);
    assert.equal(suite?.children[0]?.children[0]?.name, 'skipped');
  });

  it('is inverted with --expect absent', () => {
    const fails = ({ reason }: { reason: unknown }) => reason === null;
    const text = junitOf([pullableResult(), missing], { fails });
    assert.match(text, /<failure type="present" message="present: The image exists, but was expected to be absent\.">/);
    assert.match(text, /<testsuites name="kairos-pull" tests="2" failures="1" errors="0"/);
  });

  it('removes characters that XML does not allow, including noncharacters', () => {
    const [suite] = parseXml(junitOf([pullableResult({ input: 'a\0b\ufffec\uffff\ud800d<&>"\'' })])).children;
    assert.equal(suite?.children[0]?.attributes.name, 'a bc d<&>"\'');
  });

  it('is well-formed with correct counts, whatever the results contain', () => {
    fc.assert(
      fc.property(fc.array(anyResult, { maxLength: 3 }), (results) => {
        const root = parseXml(junitOf(results));
        const cases = root.children.flatMap(({ children }) => children);
        const locations = results.reduce((sum, { foundAt }) => sum + Math.max(1, foundAt.length), 0);
        assert.equal(cases.length, locations);
        for (const suite of root.children) {
          assertCounts(suite, suite.children);
          const skipped = suite.children.filter(({ children }) => children[0]?.name === 'skipped');
          assert.equal(suite.attributes.skipped, String(skipped.length));
        }
        assertCounts(root, cases);
      }),
    );
  });
});

function assertCounts({ attributes }: XmlElement, cases: readonly XmlElement[]): void {
  const count = (name: string) => cases.filter(({ children }) => children[0]?.name === name).length;
  assert.equal(attributes.tests, String(cases.length));
  assert.equal(attributes.failures, String(count('failure')));
  assert.equal(attributes.errors, String(count('error')));
}
