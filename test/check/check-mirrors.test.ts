import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkMirrors, type LocationCheck, type LocationTime } from '../../src/check/check-mirrors.ts';
import { type MirrorAttempt, planMirrors } from '../../src/check/mirror.ts';
import { buildResult, type Conclusion } from '../../src/check/result.ts';
import { formatReference, parseReference } from '../../src/core/reference.ts';
import type { Cause, Reason, Result } from '../../src/core/result.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { failedResult, pullableResult } from '../support/results.ts';

const RULES = [{ prefix: 'docker.io', mirrors: [{ location: 'one.example' }, { location: 'two.example' }] }];

const withoutFrame = ({ input, foundAt, reference, startedAt, durationMs, ...conclusion }: Result) =>
  conclusion as Conclusion;

const WITH_MANIFEST = new Set<string>([
  'pullable',
  'platform-missing',
  'incomplete',
  'corrupt',
  'not-an-image',
  'legacy-schema1',
]);

/** Each registry takes `tookMs`; unlisted ones return not-found. */
async function check(answers: Readonly<Record<string, Reason | 'pullable'>>, tookMs = 10, as?: LocationCheck['as']) {
  const parsed = parseReference('nginx:1');
  assert.ok(parsed.ok);
  const plan = planMirrors(parsed.value, RULES);
  assert.ok(plan);
  const clock = createFakeClock(Date.UTC(2026, 0, 1));
  const asked: [string, number, number][] = [];
  const checkAt = async (
    { location: { registry } }: MirrorAttempt,
    { timeoutMs, hostsAfter }: LocationTime,
  ): Promise<LocationCheck> => {
    asked.push([registry, timeoutMs, hostsAfter]);
    clock.pass(tookMs);
    const answer = answers[registry] ?? 'not-found';
    const requests = [
      {
        purpose: 'manifest',
        method: 'GET',
        url: `https://${registry}/`,
        status: 200,
        durationMs: 1,
        attempt: 1,
      } as const,
    ];
    const result =
      answer === 'pullable'
        ? pullableResult({ message: `${registry} has it.`, requests })
        : failedResult(answer, null as Cause | null, { message: `${registry} says ${answer}.`, requests });
    const isServed = WITH_MANIFEST.has(answer);
    return { conclusion: withoutFrame(result), as: isServed ? 'serves' : ((answers[registry] && as) ?? 'fails') };
  };
  const target = { text: 'nginx:1', foundAt: [{ source: 'a.txt', line: 1 }] };
  const startedMs = clock.now();
  const name = formatReference(parsed.value);
  const conclusion = await checkMirrors({ plan, name, checkAt, clock, timeoutMs: 3000 });
  const result = buildResult({ target, startedMs, endedMs: clock.now() }, conclusion);
  return { asked, result };
}

const summary = ({ verdict, reason, servedBy, message, warnings, requests }: Result) => ({
  verdict,
  reason,
  servedBy,
  message,
  warnings: warnings.map((warning) => `${warning.code}: ${warning.message}`),
  hosts: requests.map(({ url }) => new URL(url).host),
});

describe('checkMirrors', () => {
  it('uses the first mirror with the image, and no further', async () => {
    const { result } = await check({ 'one.example': 'pullable' });
    assert.deepEqual(summary(result), {
      verdict: 'pullable',
      reason: null,
      servedBy: 'one.example',
      message: 'Served by mirror one.example: one.example has it.',
      warnings: [],
      hosts: ['one.example'],
    });
  });

  it('warns of a mirror that lacks what the registry has', async () => {
    const { result } = await check({ 'docker.io': 'pullable' });
    assert.deepEqual(summary(result), {
      verdict: 'pullable',
      reason: null,
      servedBy: 'docker.io',
      message: 'docker.io has it.',
      warnings: [
        'mirror-missing: Mirror one.example does not have docker.io/library/nginx:1; docker.io served it.',
        'mirror-missing: Mirror two.example does not have docker.io/library/nginx:1; docker.io served it.',
      ],
      hosts: ['one.example', 'two.example', 'docker.io'],
    });
  });

  it('warns of a mirror that could not be reached', async () => {
    const { result } = await check({ 'one.example': 'unreachable', 'two.example': 'pullable' });
    assert.deepEqual(summary(result).warnings, [
      'mirror-failed: Mirror one.example did not serve docker.io/library/nginx:1; two.example served it: one.example says unreachable.',
    ]);
  });

  for (const reason of ['platform-missing', 'incomplete', 'corrupt', 'not-an-image', 'legacy-schema1'] as const) {
    it(`uses what the mirror has, as a runtime does: ${reason}`, async () => {
      const { result } = await check({ 'one.example': reason, 'docker.io': 'pullable' });
      const { verdict, servedBy, message } = summary(result);
      assert.deepEqual(
        { verdict, reason: result.reason, servedBy, message },
        {
          verdict: 'unpullable',
          reason,
          servedBy: 'one.example',
          message: `Served by mirror one.example: one.example says ${reason}.`,
        },
      );
    });
  }

  for (const reason of ['registry-error', 'denied', 'unauthorized', 'not-a-registry'] as const) {
    it(`stays with a mirror that serves the manifest and then fails: ${reason}`, async () => {
      const { result } = await check({ 'one.example': reason, 'docker.io': 'pullable' }, 10, 'serves');
      assert.deepEqual([result.reason, result.servedBy], [reason, 'one.example']);
      assert.match(result.hint ?? '', /^podman uses only the mirror that has the manifest/);
    });
  }

  for (const reason of ['registry-error', 'unreachable', 'rate-limited', 'unauthorized', 'denied'] as const) {
    it(`is not missing if the registry lacks it and a mirror is ${reason}`, async () => {
      const { result } = await check({ 'two.example': reason });
      assert.deepEqual(summary(result), {
        verdict: result.verdict,
        reason,
        servedBy: undefined,
        message: `docker.io does not have docker.io/library/nginx:1, but mirror two.example may: two.example says ${reason}.`,
        warnings: [],
        hosts: ['one.example', 'two.example', 'docker.io'],
      });
    });
  }

  it('is missing if no mirror and no registry has it', async () => {
    assert.deepEqual((await check({})).result.reason, 'not-found');
  });

  it('names the mirror that gave no answer before the one that refused it', async () => {
    const { result } = await check({ 'one.example': 'denied', 'two.example': 'unreachable' });
    assert.equal(result.reason, 'unreachable');
  });

  for (const reason of ['unauthorized', 'registry-error', 'rate-limited'] as const) {
    it(`reports the registry's reason if no mirror has the image: ${reason}`, async () => {
      const { result } = await check({ 'two.example': 'unreachable', 'docker.io': reason });
      assert.deepEqual(summary(result), {
        verdict: result.verdict,
        reason,
        servedBy: undefined,
        message: `docker.io says ${reason}.`,
        warnings: [
          'mirror-failed: Mirror two.example did not serve docker.io/library/nginx:1: two.example says unreachable.',
        ],
        hosts: ['one.example', 'two.example', 'docker.io'],
      });
    });
  }

  it('reports the image that was given', async () => {
    const { result } = await check({ 'two.example': 'pullable' });
    assert.equal(result.input, 'nginx:1');
    assert.deepEqual(result.foundAt, [{ source: 'a.txt', line: 1 }]);
    assert.deepEqual(result.reference, {
      registry: 'docker.io',
      repository: 'library/nginx',
      tag: '1',
      digest: null,
      canonical: 'docker.io/library/nginx:1',
    });
    assert.equal(result.startedAt, '2026-01-01T00:00:00.000Z');
    assert.equal(result.durationMs, 20);
  });

  it('gives each the time that is left, and says how many hosts come after it', async () => {
    const { asked } = await check({ 'docker.io': 'pullable' }, 1000);
    assert.deepEqual(asked, [
      ['one.example', 3000, 2],
      ['two.example', 2000, 1],
      ['docker.io', 1000, 0],
    ]);
  });

  it('does not begin with a host when no time is left', async () => {
    const { asked, result } = await check({ 'docker.io': 'pullable' }, 1500);
    assert.deepEqual(
      asked.map(([registry]) => registry),
      ['one.example', 'two.example'],
    );
    assert.deepEqual([result.reason, result.cause], ['unreachable', 'timeout']);
    assert.equal(result.message, 'The check did not finish within 3 s.');
  });

  it('ends with a mirror that hangs, as a pull does', async () => {
    const { asked, result } = await check({ 'two.example': 'unreachable', 'docker.io': 'pullable' }, 10, 'hangs');
    assert.deepEqual(
      asked.map(([registry]) => registry),
      ['one.example', 'two.example'],
    );
    assert.deepEqual([result.reason, result.servedBy], ['unreachable', undefined]);
    assert.equal(
      result.message,
      'two.example says unreachable. While mirror two.example keeps the connection open, a runtime tries no other host for docker.io/library/nginx:1: a pull hangs.',
    );
    assert.match(result.hint ?? '', /^Repair mirror two\.example, or remove it from the list of mirrors\./);
    assert.deepEqual(
      result.warnings.map(({ code }) => code),
      ['mirror-missing'],
    );
  });

  it('sends no request if a rule blocks the image', async () => {
    const parsed = parseReference('nginx:1');
    assert.ok(parsed.ok);
    const plan = planMirrors(parsed.value, [{ prefix: 'docker.io', mirrors: [], blockedBy: 'registries.conf' }]);
    assert.ok(plan);
    const { verdict, reason, cause, message, requests } = await checkMirrors({
      plan,
      name: formatReference(parsed.value),
      checkAt: () => assert.fail('a request was sent'),
      clock: createFakeClock(),
      timeoutMs: 1000,
    });
    assert.deepEqual(
      { verdict, reason, cause, requests },
      { verdict: 'unpullable', reason: 'denied', cause: 'policy-block', requests: [] },
    );
    assert.equal(
      message,
      'docker.io/library/nginx:1 is blocked by registries.conf, so runtimes that use that file will not pull it.',
    );
  });
});
