// Every setting once: flag, help, default. The name of the environment variable is derived from the name.
// Only lists of names are loaded here, so that --help stays fast; setting-parsers.ts parses the values.

import { DOUBTS, PROOFS, UNPULLABLE_REASONS } from '../core/result.ts';
import { INPUT_FORMATS } from '../input/extractor.ts';
import { FORMATS } from '../report/format.ts';

export interface Setting {
  readonly group: string;
  readonly short?: string;
  /** Placeholder of the value; a setting without one is a switch. */
  readonly value?: string;
  readonly repeatable?: true;
  readonly choices?: readonly string[];
  /** Minimum and maximum of an integer. */
  readonly range?: readonly [number, number];
  /** As on the command line. */
  readonly default?: string;
  /** The protection it gives up, as the end of "must not …": a config file that was found rather than named may not set it. */
  readonly givesUp?: string;
  readonly description: string;
}

const WHAT = 'What to check:';
const HOW = 'How to check:';
const CREDENTIALS = 'Credentials:';
const CONNECTION = 'Connection:';
const REPORT = 'Report:';

export const SETTINGS = {
  file: {
    group: WHAT,
    short: 'f',
    value: 'path',
    repeatable: true,
    description: 'read images from a file or directory (- for stdin); repeatable',
  },
  from: {
    group: WHAT,
    value: 'source',
    choices: ['kubernetes'],
    givesUp: 'use the credentials of a cluster',
    description: 'read the images of a cluster, with the kubeconfig, or the service account of this pod',
  },
  namespace: {
    group: WHAT,
    value: 'name',
    repeatable: true,
    description: "with --from kubernetes: namespace to read (default: the context's; * for all); repeatable",
  },
  selector: { group: WHAT, value: 'labels', description: 'with --from kubernetes: only objects with these labels' },
  context: {
    group: WHAT,
    value: 'name',
    givesUp: 'choose a cluster',
    description: 'with --from kubernetes: context of the kubeconfig to use',
  },
  server: {
    group: WHAT,
    value: 'url',
    givesUp: 'choose a cluster',
    description: 'with --from kubernetes: the address of kubectl proxy, such as http://127.0.0.1:8001',
  },
  format: {
    group: WHAT,
    value: 'format',
    description: `override the detected input format: ${INPUT_FORMATS.join(', ')}`,
  },
  exclude: {
    group: WHAT,
    value: 'glob',
    repeatable: true,
    description: 'exclude files and directories that match this .gitignore pattern; repeatable',
  },
  noGitignore: { group: WHAT, description: 'also read files that .gitignore excludes' },
  ignore: {
    group: WHAT,
    value: 'image',
    repeatable: true,
    description:
      'skip images that match this pattern, as with ignore in the config file: * matches any characters; repeatable',
  },
  buildArg: {
    group: WHAT,
    value: 'name[=value]',
    repeatable: true,
    description: 'build argument for Dockerfiles; without a value, taken from the environment; repeatable',
  },
  allowEnv: {
    group: WHAT,
    value: 'name',
    repeatable: true,
    givesUp: 'pass secrets of the environment to registries',
    description: 'allow this variable in image names even if it looks like a secret; repeatable',
  },
  profile: {
    group: WHAT,
    value: 'name',
    repeatable: true,
    description: 'include Compose services with this profile (* for all); repeatable',
  },
  platform: {
    group: WHAT,
    value: 'os/arch[/variant]',
    repeatable: true,
    description: 'require this platform, or "all" for every platform in the index; repeatable',
  },
  expect: {
    group: WHAT,
    value: 'presence',
    choices: ['present', 'absent'],
    default: 'present',
    description: 'with "absent", fail if the image exists (for example before publishing a tag)',
  },
  shard: {
    group: WHAT,
    value: 'n/m',
    description:
      'check only part n of m, such as 3/10: m runs of the same command split the images; "report merge" joins their reports',
  },
  dryRun: { group: WHAT, description: 'list what would be checked; no network' },
  proof: {
    group: HOW,
    value: 'depth',
    choices: PROOFS,
    description:
      'how much to verify (default: manifest; head on registries, such as Docker Hub, that count a manifest request as a pull)',
  },
  layers: {
    group: HOW,
    description: 'shorthand for --proof layers: verify that every layer exists, without downloading any',
  },
  wait: {
    group: HOW,
    value: 'duration',
    description: 'keep retrying until every image passes, the time runs out, or waiting cannot help',
  },
  timeout: {
    group: HOW,
    value: 'duration',
    default: '30s',
    description: 'time limit per image, retries included',
  },
  retries: {
    group: HOW,
    value: 'n',
    range: [0, 100],
    default: '2',
    description: 'retries after a temporary failure',
  },
  concurrency: {
    group: HOW,
    value: 'n',
    range: [1, 1000],
    description:
      'maximum number of parallel checks (default: 128; per registry 16, and up to 64 while it responds quickly)',
  },
  noCache: { group: HOW, description: 'do not cache how registries authenticate' },
  config: {
    group: HOW,
    value: 'path',
    description: 'config file (default: nearest kairos-pull.yaml, .yml or .json)',
  },
  username: {
    group: CREDENTIALS,
    short: 'u',
    value: 'name',
    description: 'user name (requires --password-stdin); sent only to registries of images on the command line',
  },
  passwordStdin: {
    group: CREDENTIALS,
    givesUp: 'read a password from standard input',
    description: 'read the password from standard input',
  },
  authFile: {
    group: CREDENTIALS,
    value: 'path',
    description: 'docker config.json, podman auth.json or a Kubernetes pull secret',
  },
  usePullSecrets: {
    group: CREDENTIALS,
    description: 'use imagePullSecrets found in the Kubernetes files, or named in the cluster',
  },
  anonymous: { group: CREDENTIALS, description: 'use no credentials' },
  plainHttp: {
    group: CONNECTION,
    givesUp: 'turn off encryption',
    description: 'use http instead of https (not needed for loopback registries)',
  },
  insecure: {
    group: CONNECTION,
    givesUp: 'turn off the verification of certificates',
    description: 'do not verify TLS certificates',
  },
  allowPrivate: {
    group: CONNECTION,
    givesUp: 'let registries name private addresses',
    description: 'allow public registries to redirect to private addresses',
  },
  caFile: { group: CONNECTION, value: 'pem', description: 'additional CA certificates to trust' },
  cert: { group: CONNECTION, value: 'pem', description: 'client certificate' },
  key: { group: CONNECTION, value: 'pem', description: 'private key of the client certificate' },
  mirrorsFrom: {
    group: CONNECTION,
    value: 'path',
    description: "read mirrors from containerd's certs.d or hosts.toml, or from podman's registries.conf",
  },
  output: {
    group: REPORT,
    short: 'o',
    value: 'format[=path]',
    repeatable: true,
    description: `${FORMATS.join(', ')} (default: text); format=path writes to a file and keeps text on the terminal; repeatable`,
  },
  warnOn: {
    group: REPORT,
    value: 'reasons',
    repeatable: true,
    description: `report these reasons as warnings instead of failures: ${[...UNPULLABLE_REASONS, ...DOUBTS].join(', ')}; repeatable`,
  },
  strict: {
    group: REPORT,
    description: 'fail if an image or file was skipped because it could not be resolved (exit code 2)',
  },
  color: {
    group: REPORT,
    value: 'when',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
    description: 'when to use colors; NO_COLOR and FORCE_COLOR are honored',
  },
  quiet: { group: REPORT, short: 'q', description: 'print failures only' },
  verbose: {
    group: REPORT,
    short: 'v',
    description: 'log every step to stderr as it happens; -vv adds all headers',
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** How input files are read, for every command that reads them. */
export const INPUT_SETTINGS = [
  'file',
  'format',
  'exclude',
  'noGitignore',
  'ignore',
  'strict',
  'buildArg',
  'allowEnv',
  'profile',
] as const satisfies readonly SettingName[];

export const settingOf = (name: SettingName): Setting => SETTINGS[name];

/** Whether its value is a path, or contains one. */
export const isPath = (name: SettingName): boolean => /^(?:path|pem)$|=path\b/.test(settingOf(name).value ?? '');

const words = (name: string): string[] => name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());

/** `--ca-file` */
export const flagOf = (name: string): string => `--${words(name).join('-')}`;

/** `KAIROS_PULL_CA_FILE` */
export const environmentNameOf = (name: string): string => `KAIROS_PULL_${words(name).join('_').toUpperCase()}`;
