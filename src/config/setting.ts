// Every setting once: its flag, what the help says of it, its default. The environment twin follows from the name.
// Nothing is loaded here, so that --help stays fast; how a value is read stands in schema.ts.

import { PROOFS } from '../core/result.ts';

export interface Setting {
  readonly group: string;
  readonly short?: string;
  /** What stands behind the flag; a setting without is a switch. */
  readonly value?: string;
  readonly repeatable?: true;
  readonly choices?: readonly string[];
  /** Least and most of a whole number. */
  readonly range?: readonly [number, number];
  /** As a person would write it. */
  readonly default?: string;
  /** What it gives up, as the end of "must not …": a config file that was found, not named, may not set it. */
  readonly givesUp?: string;
  readonly description: string;
}

const WHAT = 'What to check:';
const HOW = 'How to check:';
const LOGIN = 'Credentials:';
const CONNECTION = 'Connection:';
const REPORT = 'Report:';

export const SETTINGS = {
  file: {
    group: WHAT,
    short: 'f',
    value: 'path',
    repeatable: true,
    description: 'take images from a file or folder; - is standard input; repeatable',
  },
  format: {
    group: WHAT,
    value: 'format',
    description: 'what the files are, where their names and contents do not say it',
  },
  buildArg: {
    group: WHAT,
    value: 'name[=value]',
    repeatable: true,
    description: 'build argument of Dockerfiles; without a value, that of the environment; repeatable',
  },
  allowEnv: {
    group: WHAT,
    value: 'name',
    repeatable: true,
    givesUp: 'pass secrets of the environment to registries',
    description:
      'let files put this variable into image names, though its name looks like that of a secret; repeatable',
  },
  profile: {
    group: WHAT,
    value: 'name',
    repeatable: true,
    description: 'take the Compose services of this profile too; *: all of them; repeatable',
  },
  platform: {
    group: WHAT,
    value: 'os/arch[/variant]',
    repeatable: true,
    description: 'require this platform; repeatable; all: every platform in the index',
  },
  expect: {
    group: WHAT,
    value: 'presence',
    choices: ['present', 'absent'],
    default: 'present',
    description: 'absent: fail when an image is there, as before publishing a tag',
  },
  dryRun: { group: WHAT, description: 'list what would be checked, and ask nobody' },
  proof: {
    group: HOW,
    value: 'depth',
    choices: PROOFS,
    description: 'how far to look; default manifest, and head where a manifest counts as a pull',
  },
  layers: { group: HOW, description: 'short for --proof layers: every layer must answer, none is downloaded' },
  wait: { group: HOW, value: 'duration', description: 'keep checking until every image passes or the time is up' },
  timeout: {
    group: HOW,
    value: 'duration',
    default: '30s',
    description: 'deadline of one image, everything included',
  },
  retries: {
    group: HOW,
    value: 'n',
    range: [0, 100],
    default: '2',
    description: 'repeats of a request that failed in passing',
  },
  concurrency: { group: HOW, value: 'n', range: [1, 1000], description: 'checks under way at once' },
  noCache: { group: HOW, description: 'ask every registry afresh what login it wants, and remember nothing' },
  config: {
    group: HOW,
    value: 'path',
    description: 'file of settings; default kairos-pull.yaml, .yml or .json here or in a folder above',
  },
  username: {
    group: LOGIN,
    short: 'u',
    value: 'name',
    description: 'with --password-stdin; only for the registry of the images on the command line',
  },
  passwordStdin: {
    group: LOGIN,
    givesUp: 'take standard input for a password',
    description: 'read the password from standard input',
  },
  authFile: {
    group: LOGIN,
    value: 'path',
    description: 'docker config.json, podman auth.json or a Kubernetes pull secret',
  },
  usePullSecrets: {
    group: LOGIN,
    description: 'use the pull secrets that Kubernetes files bring along for their images',
  },
  anonymous: { group: LOGIN, description: 'use no credentials' },
  plainHttp: {
    group: CONNECTION,
    givesUp: 'turn off encryption',
    description: 'http for every registry named (loopback needs no flag)',
  },
  insecure: {
    group: CONNECTION,
    givesUp: 'turn off the check of certificates',
    description: 'accept any TLS certificate',
  },
  caFile: { group: CONNECTION, value: 'pem', description: 'trust these certificate authorities too' },
  cert: { group: CONNECTION, value: 'pem', description: 'client certificate' },
  key: { group: CONNECTION, value: 'pem', description: 'key of the client certificate' },
  mirrorsFrom: {
    group: CONNECTION,
    value: 'path',
    description: "ask mirrors first: a certs.d folder or hosts.toml of containerd, podman's registries.conf",
  },
  output: {
    group: REPORT,
    short: 'o',
    value: 'format[=path]',
    repeatable: true,
    description:
      'text (default), json, ndjson, junit, github, sarif, markdown, prometheus or gitlab; with =path to a file, text stays on the screen; repeatable',
  },
  warnOn: {
    group: REPORT,
    value: 'reasons',
    repeatable: true,
    description: 'report these without failing, as in rate-limited,unreachable',
  },
  color: {
    group: REPORT,
    value: 'when',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
    description: 'NO_COLOR and FORCE_COLOR are honoured',
  },
  quiet: { group: REPORT, short: 'q', description: 'only what failed' },
  verbose: {
    group: REPORT,
    short: 'v',
    description: 'the steps on standard error: every request, status, time, credential source',
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** How files are read: the same wherever images come from files. */
export const INPUT_SETTINGS = [
  'file',
  'format',
  'buildArg',
  'allowEnv',
  'profile',
] as const satisfies readonly SettingName[];

export const settingOf = (name: SettingName): Setting => SETTINGS[name];

/** Whether its value is a path, or holds one. */
export const isPath = (name: SettingName): boolean => /^(?:path|pem)$|=path\b/.test(settingOf(name).value ?? '');

const words = (name: SettingName): string[] => name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());

/** `--ca-file` */
export const flagOf = (name: SettingName): string => `--${words(name).join('-')}`;

/** `KAIROS_PULL_CA_FILE` */
export const environmentNameOf = (name: SettingName): string => `KAIROS_PULL_${words(name).join('_').toUpperCase()}`;
