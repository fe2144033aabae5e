// A result for every reason and cause: of the rows that stand for all behaviors of registries, and of what needs no registry.

import { checkTarget } from '../../src/check/check.ts';
import {
  CAUSES,
  type Cause,
  DOUBTS,
  type Reason,
  type Result,
  SKIPS,
  UNPULLABLE_REASONS,
} from '../../src/core/result.ts';
import { VERSION } from '../../src/core/version.ts';
import { createReporter } from '../../src/report/reporters.ts';
import { GROUPS } from '../check/registry-behaviors/groups.ts';
import { checkJson } from '../support/command.ts';
import { failedResult } from '../support/results.ts';
import { challenges, checkScripted, scriptContext } from '../support/scripted-check.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

export interface Example {
  readonly reason: Reason;
  readonly cause: Cause | null;
  readonly result: Result;
}

/** Rows that show more than the first one of their reason and cause. */
const CHOSEN: Readonly<Record<string, string>> = {
  'unauthorized/credentials-required': 'ECR without credentials',
  'unauthorized/credentials-expired': 'ECR, expired credentials with 403',
  'denied/missing-or-no-access': 'GHCR, missing or private, with 403',
  'rate-limited/too-many-requests': 'too many requests for every retry',
  'registry-error/registry': 'an outage with a web page, whose title says no more',
  'registry-error/token-service': 'a token service that is down',
  'registry-error/upstream': 'Quay cannot reach its upstream registry',
  'unreachable/tls': 'an expired certificate',
  'unreachable/tcp': 'a refused connection',
  'unreachable/timeout': 'no response',
  'unreachable/proxy': 'the proxy refuses the connection',
  'not-a-registry/intercepted': 'a captive portal',
  'not-a-registry/not-oci': 'a web server without a registry',
  'not-a-registry/bad-challenge': 'only an unsupported scheme',
  'not-an-image/null': 'a Helm chart',
  'not-found/null': 'a registry that does not distinguish tag and repository',
  'not-found/weak-evidence': 'a 404 without a registry error, from a registry',
  'invalid-reference/null': 'a tag with a plus sends no request',
  'corrupt/null': 'an index and an image in one document',
  'platform-missing/null': 'a missing platform',
};

/** Every pair that a result may have, in the order of the page. */
export const PAIRS: readonly (readonly [Reason, Cause | null])[] = (
  [...UNPULLABLE_REASONS, ...DOUBTS, 'internal-error', ...SKIPS] as const
).flatMap((reason) => causesOf(reason).map((cause) => [reason, cause] as const));

export function causesOf(reason: Reason): readonly (Cause | null)[] {
  return reason in CAUSES ? CAUSES[reason as keyof typeof CAUSES] : [null];
}

export async function readExamples(): Promise<readonly Example[]> {
  const skipped = await skippedResults();
  const examples: Example[] = [];
  for (const [reason, cause] of PAIRS) {
    const result =
      skipped.find((one) => one.reason === reason && one.cause === cause) ?? (await resultOf(reason, cause));
    examples.push({ reason, cause, result });
  }
  return examples;
}

async function resultOf(reason: Reason, cause: Cause | null): Promise<Result> {
  if (cause === 'credential-helper') return slowHelper();
  if (reason === 'internal-error') return failedResult(reason, null, BUG);
  const rows = Object.values(GROUPS)
    .flat()
    .filter((row) => row.reason === reason && (row.cause ?? null) === cause);
  const chosen = CHOSEN[`${reason}/${cause}`];
  const row = chosen === undefined ? rows[0] : rows.find(({ name }) => name === chosen);
  if (row === undefined) throw new Error(`no row has ${reason}/${cause}`);
  const { script, ...check } = row;
  const { result } = await checkScripted({ script, ...check });
  return result;
}

const BUG = {
  input: 'registry.example/team/app:1',
  message: `Internal error in kairos-pull ${VERSION} (TypeError, Node v24.1.0): this is a bug and says nothing about the image.`,
  hint: 'Please report it, with the command you ran; KAIROS_PULL_DEBUG=1 prints the details.',
};

async function slowHelper(): Promise<Result> {
  const failed = { code: 'helper-failed', problem: 'did not respond in time', isSlow: true } as const;
  const failedHelpers = [{ ...failed, program: 'docker-credential-pass', label: '~/.docker/config.json' }];
  const none = async function* (): AsyncGenerator<never> {};
  const credentials = { find: () => ({ credentials: none(), warnings: [], failedHelpers }) };
  const { context } = scriptContext({ '/v2/team/app/manifests/1': challenges('Basic realm="x"') }, { credentials });
  const target = { text: 'registry.example/team/app:1', foundAt: [] };
  return checkTarget(context, target, new AbortController().signal);
}

async function skippedResults(): Promise<readonly Result[]> {
  using folder = createTemporaryFolder({
    'compose.yaml':
      'services:\n  web:\n    image: registry.example/web:$TAG\n  api:\n    build: .\n    image: registry.example/api\n  db:\n    image: registry.example/db:1\n',
    Dockerfile: 'FROM scratch\n',
    'chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
    'chart/templates/web.yaml': 'spec:\n  {{- toYaml .Values.pod | nindent 2 }}\n',
    'gateway.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: { name: gateway }\nspec:\n  containers:\n    - { name: istio-proxy, image: auto }\n',
  });
  const files = ['compose.yaml', 'chart', 'gateway.yaml'].flatMap((name) => ['-f', `${folder.path}/${name}`]);
  const { results } = await checkJson([...files, '--ignore', 'registry.example/db']);
  return results.map((result) => ({
    ...result,
    foundAt: result.foundAt.map((place) => ({ ...place, source: place.source.replace(`${folder.path}/`, '') })),
    message: result.message.replaceAll(`${folder.path}/`, ''),
  }));
}

/** As on a terminal of 100 columns. */
export function formatExample(result: Result): string {
  const look = { color: 0, width: 100, unicode: true, count: 1 } as const;
  const text = createReporter('text', look).onResult?.(result) ?? '';
  return text.replace(/ · \d+(?:\.\d+)? m?s$/m, '');
}
