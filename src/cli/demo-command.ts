// `kairos-pull demo`: every kind of result, from a registry in this process. It needs no network and a few seconds.

import { Chalk } from 'chalk';
import { createChecker } from '../check/checker.ts';
import { EXIT, type ExitCode, exitCodeOf } from '../core/exit-code.ts';
import { parseReference } from '../core/reference.ts';
import type { Result } from '../core/result.ts';
import { Secret } from '../credentials/secret.ts';
import type { Scenario } from '../demo/scenarios.ts';
import { createReporter } from '../report/reporters.ts';
import type { Io } from './io.ts';
import { isTaken } from './sink.ts';
import { colorLevel, supportsUnicode, widthOf } from './terminal.ts';

const WORDS: Readonly<Record<number, string>> = {
  0: 'continue',
  2: 'fix the command',
  3: 'log in, or ask for access',
  4: 'the image does not exist',
  5: 'unknown; try again',
  6: 'it exists, but cannot be pulled as requested',
};

export async function runDemo(io: Io): Promise<ExitCode> {
  // Loaded on demand: no other command has a registry.
  const { startDemo } = await import('../demo/scenarios.ts');
  const registry = await startDemo();
  try {
    const color = colorLevel('auto', io.env, io.stdout);
    const look = { color, width: widthOf(io.stdout), unicode: supportsUnicode(io.env, io.platform) };
    const paint = new Chalk({ level: color });
    await isTaken(
      io.stdout.writeText(`Started a built-in registry on ${registry.name} with one image for each kind of result.\n`),
    );
    // Concurrent, as one is retried for a second or two.
    const checks = registry.scenarios.map((scenario) => runScenario(scenario, io));
    // An interruption rejects all of them, but only one is awaited.
    for (const check of checks) check.catch(() => undefined);
    for (const [at, scenario] of registry.scenarios.entries()) {
      const result = (await checks[at]) as Result;
      const code = exitCodeOf(result, { expect: 'present', warnOn: [] });
      const { onResult } = createReporter('text', { ...look, count: 1 });
      const lines = [
        `\n${paint.bold(scenario.title)}\n${paint.dim(`$ ${commandOf(scenario)}`)}\n`,
        onResult?.(result) ?? '',
        `${paint.dim(`exit code ${code}: ${WORDS[code]}`)}\n`,
      ];
      if (!(await isTaken(io.stdout.writeText(lines.join(''))))) break;
    }
    await isTaken(io.stdout.writeText(`\nNow try your own: ${paint.bold('kairos-pull check <image>')}\n`));
    return EXIT.ok;
  } finally {
    await registry.close();
  }
}

async function runScenario({ reference, credential, platform, layers }: Scenario, io: Io): Promise<Result> {
  const parsed = parseReference(reference);
  const registries = parsed.ok ? [parsed.value.registry] : [];
  const checker = createChecker({
    platforms: platform === undefined ? undefined : [platform],
    proof: layers ? 'layers' : undefined,
    login: credential && { username: credential.username, password: new Secret(credential.password), registries },
    anonymous: credential === undefined,
    // Neither the user's proxy nor stored credentials apply here.
    env: {},
  });
  try {
    return await checker.check(reference, { signal: io.interruption });
  } finally {
    await checker.close();
  }
}

/** What a user would type. */
function commandOf({ reference, credential, platform, layers }: Scenario): string {
  const words = ['kairos-pull', 'check'];
  if (platform !== undefined) words.push('--platform', platform);
  if (layers) words.push('--layers');
  if (credential !== undefined) words.push('--username', credential.username, '--password-stdin');
  words.push(reference);
  return credential === undefined ? words.join(' ') : `echo ${credential.password} | ${words.join(' ')}`;
}
