// `kairos-pull demo`: every kind of answer, from a registry in this very process. No network, two seconds.

import { Chalk } from 'chalk';
import { createChecker } from '../check/checker.ts';
import { parseReference } from '../core/reference.ts';
import type { Result } from '../core/result.ts';
import { Secret } from '../credentials/secret.ts';
import { type Scene, startStage } from '../demo/scenarios.ts';
import { createReporter } from '../report/reporters.ts';
import { supportsUnicode } from '../report/unicode.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import type { Io } from './io.ts';
import { isTaken } from './sink.ts';
import { colorLevel, widthOf } from './terminal.ts';

const WORDS: Readonly<Record<number, string>> = {
  0: 'go on',
  2: 'mend the call',
  3: 'log in, or ask for access',
  4: 'it is missing',
  5: 'nobody can tell: try again',
  6: 'it is there, but broken for you',
};

export async function runDemo(io: Io): Promise<number> {
  const stage = await startStage();
  try {
    const color = colorLevel('auto', io.env, io.stdout);
    const look = { color, width: widthOf(io.stdout), unicode: supportsUnicode(io.env, io.platform) };
    const paint = new Chalk({ level: color });
    await isTaken(
      io.stdout.writeText(`A registry in this process, on ${stage.name}, with one image for every kind of answer.\n`),
    );
    // All at once: the one that is retried takes longest.
    const checks = stage.scenes.map((scene) => playScene(scene, io));
    // An interruption ends them all, and only one is waited for.
    for (const check of checks) check.catch(() => undefined);
    for (const [at, scene] of stage.scenes.entries()) {
      const result = (await checks[at]) as Result;
      const code = exitCodeOf(result, { expect: 'present', warnOn: [] });
      const { onResult } = createReporter('text', { ...look, count: 1 });
      const lines = [
        `\n${paint.bold(scene.title)}\n${paint.dim(`$ ${commandOf(scene)}`)}\n`,
        onResult?.(result) ?? '',
        `${paint.dim(`exit code ${code}: ${WORDS[code]}`)}\n`,
      ];
      if (!(await isTaken(io.stdout.writeText(lines.join(''))))) break;
    }
    await isTaken(io.stdout.writeText(`\nNow yours: ${paint.bold('kairos-pull check <image>')}\n`));
    return EXIT.ok;
  } finally {
    await stage.close();
  }
}

async function playScene({ reference, login, platform, layers }: Scene, io: Io): Promise<Result> {
  const parsed = parseReference(reference);
  const registries = parsed.ok ? [parsed.value.registry] : [];
  const checker = createChecker({
    platforms: platform === undefined ? undefined : [platform],
    proof: layers ? 'layers' : undefined,
    login: login && { username: login.username, password: new Secret(login.password), registries },
    anonymous: login === undefined,
    // Neither a proxy nor a stored login of the person has a part in this play.
    env: {},
  });
  try {
    return await checker.check(reference, { signal: io.interruption });
  } finally {
    await checker.close();
  }
}

/** What a person would type. */
function commandOf({ reference, login, platform, layers }: Scene): string {
  const words = ['kairos-pull', 'check'];
  if (platform !== undefined) words.push('--platform', platform);
  if (layers) words.push('--layers');
  if (login !== undefined) words.push('--username', login.username, '--password-stdin');
  words.push(reference);
  return login === undefined ? words.join(' ') : `echo ${login.password} | ${words.join(' ')}`;
}
