import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Target } from '../../src/core/target.ts';
import { createTargetSet } from '../../src/input/target-set.ts';

const at = (line: number) => [{ source: 'x', line }];

/** The new targets, after all were added. */
function added(...targets: Target[]): Target[] {
  const set = createTargetSet();
  return targets.map((target) => set.add(target)).filter((target) => target !== undefined);
}

describe('createTargetSet', () => {
  it('keeps an image once for each required platform, however that is written', () =>
    assert.deepEqual(
      added(
        { text: 'nginx', foundAt: at(1) },
        { text: 'nginx', foundAt: at(2), platform: 'linux/arm64' },
        { text: 'nginx:latest', foundAt: at(3), platform: 'linux/aarch64' },
        { text: 'nginx', foundAt: at(4), platform: 'linux/amd64' },
        { text: 'docker.io/library/nginx', foundAt: at(5) },
      ),
      [
        { text: 'nginx', foundAt: [...at(1), ...at(5)] },
        { text: 'nginx', foundAt: [...at(2), ...at(3)], platform: 'linux/arm64' },
        { text: 'nginx', foundAt: at(4), platform: 'linux/amd64' },
      ],
    ));

  it('does not let an image that is skipped in one location hide it in another', () => {
    const skip = { reason: 'local-build', message: 'It is built here.' } as const;
    assert.deepEqual(
      added(
        { text: 'app', foundAt: at(1), skip },
        { text: 'app', foundAt: at(2) },
        { text: 'app', foundAt: at(3), skip },
        { text: 'app', foundAt: at(4), skip: { ...skip, message: 'For another reason.' } },
      ),
      [
        { text: 'app', foundAt: [...at(1), ...at(3)], skip },
        { text: 'app', foundAt: at(2) },
        { text: 'app', foundAt: at(4), skip: { ...skip, message: 'For another reason.' } },
      ],
    );
  });

  it('keeps at most a thousand locations of an image', () => {
    const [target] = added(...Array.from({ length: 5000 }, (_, index) => ({ text: 'nginx', foundAt: at(index + 1) })));
    assert.equal(target?.foundAt.length, 1000);
    assert.deepEqual(target?.foundAt.at(-1), at(1000)[0]);
  });
});
