// With what a user can log in here: a program that stores credentials, or the environment variables of this one.

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Env } from '../core/env.ts';

/**
 * `variables`: KAIROS_PULL_REGISTRY, KAIROS_PULL_USERNAME and KAIROS_PULL_PASSWORD. `monitor`: what a service has, which may
 * run in a container: its config file, and its environment.
 */
export type LoginTool = 'docker' | 'podman' | 'skopeo' | 'variables' | 'monitor';

const PROGRAMS = ['docker', 'podman', 'skopeo'] as const;

/** Set by the pipelines that do not set CI. */
const PIPELINES = [
  'GITHUB_ACTIONS',
  'GITLAB_CI',
  'JENKINS_URL',
  'TF_BUILD',
  'TEAMCITY_VERSION',
  'BUILDKITE',
  'KUBERNETES_SERVICE_HOST',
];

/** Commands are for a terminal: a pipeline or a pod has none. Reads the directories of the PATH. */
export function findLoginTool(env: Env): LoginTool {
  const isUnattended = /^(?:1|true|yes)$/i.test(env.CI ?? '') || PIPELINES.some((name) => env[name]);
  if (isUnattended) return 'variables';
  if (env.PATH === undefined) return 'docker';
  return PROGRAMS.find((program) => isOnPath(program, env)) ?? 'variables';
}

function isOnPath(program: string, env: Env): boolean {
  const file = process.platform === 'win32' ? `${program}.exe` : program;
  return (env.PATH ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .some((directory) => isExecutable(join(directory, file)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
