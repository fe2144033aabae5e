// Everything in the program that reads, cleans or writes text from outside: files, responses of servers, names.

import { parseChallenges } from '../../src/auth/rfc-challenge.ts';
import { scopesFor, vetRealm } from '../../src/auth/token-endpoint.ts';
import { formatImages } from '../../src/cli/images-command.ts';
import { formatInternalError } from '../../src/cli/internal-error.ts';
import { formatProblem } from '../../src/cli/notes.ts';
import { parseDuration } from '../../src/config/duration.ts';
import { readHostsToml } from '../../src/config/hosts-toml.ts';
import { parseMirrorLocation } from '../../src/config/mirror-location.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { readRegistriesConf } from '../../src/config/registries-conf.ts';
import { createSettingParsers } from '../../src/config/setting-parsers.ts';
import { createUserFiles } from '../../src/config/user-files.ts';
import { digestProblem } from '../../src/core/digest.ts';
import { matchesGlob } from '../../src/core/glob.ts';
import { parseJson } from '../../src/core/json.ts';
import { once } from '../../src/core/once.ts';
import { parsePlatform, selectPlatform } from '../../src/core/platform.ts';
import { parseReference } from '../../src/core/reference.ts';
import { judgementOf, type Result } from '../../src/core/result.ts';
import { suggest } from '../../src/core/suggestion.ts';
import { cleanLayout, cleanLine, cleanText } from '../../src/core/text.ts';
import { UsageError } from '../../src/core/usage-error.ts';
import { hideUserinfo, hideUserinfoIn } from '../../src/core/userinfo.ts';
import { matchAuthKey } from '../../src/credentials/auth-key.ts';
import { parseCredentialText } from '../../src/credentials/credential-file.ts';
import { decodeBase64Text } from '../../src/credentials/go-document.ts';
import { readYamlDocuments } from '../../src/credentials/yaml-text.ts';
import { createKnownSecrets } from '../../src/http/known-secrets.ts';
import { findRetryAfter, parseRetryAfter } from '../../src/http/retry-after.ts';
import { shownUrl } from '../../src/http/shown-url.ts';
import { splitWords } from '../../src/input/dockerfile-word.ts';
import { parseDotenv } from '../../src/input/dotenv.ts';
import type { InputFormat } from '../../src/input/extractor.ts';
import { extractorFor, extractorNamed } from '../../src/input/extractors.ts';
import { FIELD_PATH, parseFieldPath } from '../../src/input/field-path.ts';
import { createIgnore } from '../../src/input/ignore.ts';
import { findVariable, isImageLike } from '../../src/input/image-text.ts';
import { interpolate } from '../../src/input/interpolation.ts';
import { parseJsonFile } from '../../src/input/json.ts';
import { outlineOf } from '../../src/input/outline.ts';
import { findPullSecrets } from '../../src/input/pull-secret.ts';
import { readSource } from '../../src/input/read-source.ts';
import { createTargetSet } from '../../src/input/target-set.ts';
import { splitList } from '../../src/input/yaml-list.ts';
import { FORMATS } from '../../src/report/format.ts';
import { createReporter } from '../../src/report/reporters.ts';
import { eventsOf, formatEvents } from './event-lines.ts';
import { requestFor } from './fake-send.ts';
import { pullableResult, runReporter } from './results.ts';
import { checkScripted } from './scripted-check.ts';
import type { TextKind } from './worst-texts.ts';

/** Never throws, whatever the text contains; what it returns does not matter. */
export type TextReader = (text: string) => unknown;

type Readers = Readonly<Record<string, readonly [read: TextReader, ...kinds: TextKind[]]>>;

const NO_FILES = { env: {}, buildArgs: {}, profiles: ['p1'], readFile: async () => undefined };

/** A UsageError is an expected outcome. */
const refusing =
  (read: TextReader): TextReader =>
  async (text) => {
    try {
      return await read(text);
    } catch (error) {
      if (error instanceof UsageError) return error.message;
      throw error;
    }
  };

/** Every image with everything that is done to it before it is checked. */
async function readAs(path: string, text: string): Promise<void> {
  const set = createTargetSet();
  const ignored = createIgnore([{ image: '*a*b*', reason: 'x', location: 'x' }], 0);
  for await (const targets of readSource(
    (async function* () {
      yield text;
    })(),
    path,
    { ...NO_FILES, onPullSecrets: () => undefined },
    () => undefined,
  )) {
    for (const target of targets) set.add(ignored(target));
  }
}

/** Each line is a rule, and the name of an image. */
function ignoreEach(text: string): void {
  const names = text.split('\n');
  const ignored = createIgnore(
    names.map((image) => ({ image, reason: 'x', until: '2099-01-01', location: 'x' })),
    0,
  );
  for (const name of names) ignored({ text: name, foundAt: [] });
}

/** One file with other directories, and so other variables. */
const INCLUDES = `include:\n${Array.from({ length: 4 }, (_, index) => `- {path: b.yaml, project_directory: d${index}}\n`).join('')}`;

/** A kustomization of many pods; a pipeline of many includes. */
const REFERRED = {
  'r.yaml': Array.from(
    { length: 300 },
    (_, index) =>
      `kind: Pod\napiVersion: v1\nmetadata: {name: ${'a'.repeat(60)}${index}}\nspec: {containers: [{name: a, image: "a:1"}]}\n---\n`,
  ).join(''),
  'b/kustomization.yaml': 'resources: [../r.yaml, ../c]\nimages: [{name: a, newTag: "2"}]\n',
  'c/kustomization.yaml': 'resources: [../b]\ncomponents: [../b]\n',
};

const imagesWithFiles =
  (format: Exclude<InputFormat, 'list'>, source: string): TextReader =>
  (text) =>
    extractorNamed(format).extract(text, source, {
      ...NO_FILES,
      readFile: async (path) => {
        const referred = new Map(Object.entries(REFERRED)).get(path) ?? (path === 'self.yml' ? text : undefined);
        return referred === undefined ? undefined : { text: referred, isForeign: false };
      },
      listFiles: async () => Array.from({ length: 1000 }, (_, index) => `${'a/'.repeat(index % 50)}self.yml`),
    });

const imagesOf =
  (format: Exclude<InputFormat, 'list'>): TextReader =>
  (text) =>
    extractorNamed(format).extract(text, 'folder/a file', NO_FILES);

/** The text wherever a registry or a file can have written it; a part of it where others were cut. */
function resultWith(text: string): Result {
  const part = text.slice(0, text.length / 8);
  const learned = {
    input: text,
    foundAt: [{ source: part, line: 1, path: part }],
    warnings: [{ code: 'registry-warning', message: part }],
    message: text,
    hint: part,
    mediaType: part,
    platforms: [part],
    registryErrors: [{ code: part, message: text }],
    credential: { source: part, kind: 'password', username: part },
    requests: [{ purpose: 'manifest', method: 'GET', url: part, status: 200, durationMs: 1, attempt: 1, error: part }],
  } as const;
  return { ...pullableResult(learned), ...judgementOf('not-found', 'tag') };
}

const LOOK = { color: 1, width: 80, unicode: true, verbose: true, cwd: '/work', count: 1, inputWidths: [10] } as const;

const REPORTERS: Readers = Object.fromEntries(
  FORMATS.map((format) => {
    const read: TextReader = (text) => {
      const reporter = createReporter(format, LOOK);
      const problem = reporter.onProblem?.({ source: text, line: 1, message: text });
      return [problem, runReporter(reporter, [resultWith(text)])];
    };
    return [`report: ${format}`, [read, 'characters']];
  }),
);

/** Header fields as long as a server can send them. */
const MAX_FIELD = 16_384;

const ANSWERS = Object.fromEntries(
  [200, 400, 401, 403, 404, 429, 500].map((status): [string, [TextReader, ...TextKind[]]] => [
    `check: a response with ${status}`,
    [
      (text) => {
        const field = text.slice(0, MAX_FIELD);
        const headers = {
          'www-authenticate': [field, `Bearer realm="https://token.test",scope="${field}"`],
          'retry-after': field,
          'content-type': field,
          'ratelimit-limit': field,
          'docker-content-digest': field,
          warning: `299 - "${field}"`,
        };
        return checkScripted({ script: { '*': { status, headers, body: text } } });
      },
      'characters',
      'registry',
    ],
  ]),
);

/** Credentials and tokens, as long as they get, of repeated characters. */
const secrets = once(() => {
  const all = createKnownSecrets();
  for (const secret of ['aaaa', '    ', '\\\\\\\\', '%25%25', 'a b\nc &<"', 'hunter2-Zq9'])
    all.addCredential('a', secret);
  all.addToken('a'.repeat(5000));
  all.addToken(`${'ab1.'.repeat(1000)}c`);
  return all;
});

const REGISTRY_URL = new URL('https://r.test/v2/team/app/manifests/1');

const schema = createSettingParsers(FORMATS);
const config = { name: 'kairos-pull.yaml', locate: (path: string) => path };

/** Each with the kinds of texts made for it; every reader accepts every text. */
export const TEXT_READERS: Readers = {
  'core: a reference': [parseReference, 'characters'],
  'core: a platform': [
    (text) => [parsePlatform(text), selectPlatform(text, [{ platform: { os: text } }])],
    'characters',
  ],
  'core: a digest': [(text) => [digestProblem(text), digestProblem(`sha256:${text}`)], 'characters'],
  'core: a text to show': [(text) => cleanText(text), 'characters'],
  'core: a line to show': [(text) => cleanLine(text), 'characters'],
  'core: a layout to show': [(text) => cleanLayout(text), 'characters'],
  'core: a credential in a text': [
    (text) => [hideUserinfo(text), hideUserinfoIn(text), hideUserinfo(`${text}@r.test/x`)],
    'characters',
  ],
  'core: a pattern': [(text) => [matchesGlob(text, text), matchesGlob(`*${text}*`, 'a'.repeat(1000))], 'characters'],
  'core: JSON': [(text) => parseJson(Buffer.from(text)), 'characters', 'registry', 'logins'],
  'http: a time to wait': [(text) => [parseRetryAfter(text, 0), findRetryAfter(text, 0)], 'characters'],
  'http: a text to hide secrets in': [(text) => secrets().hide(text, ['team/app']), 'characters'],
  'http: an address to show': [
    (text) => {
      const url = new URL(`https://r.test/${text.replace(/[\s\\?#]/g, '_')}?${text.slice(0, MAX_FIELD)}`);
      return shownUrl({ ...requestFor(url.href), redirectedFrom: REGISTRY_URL }, secrets().hide);
    },
    'characters',
  ],
  'auth: challenges': [(text) => parseChallenges(text), 'characters'],
  'auth: a scope': [(text) => scopesFor(text, 'app'), 'characters'],
  'auth: a realm': [
    (text) => vetRealm(text, REGISTRY_URL, (realm, maxLength) => cleanText(secrets().hide(realm), maxLength)),
    'characters',
  ],
  'auth: base64': [decodeBase64Text, 'characters'],
  'auth: a credential file': [parseCredentialText, 'characters', 'logins'],
  'auth: YAML': [(text) => readYamlDocuments(text), 'characters', 'yaml'],
  'auth: a key': [
    (text) => [matchAuthKey(text, 'r.test', 'app'), matchAuthKey(`*${text}`, 'r.test', 'app')],
    'characters',
  ],
  'config: a config file': [refusing((text) => parseConfig(text, config)), 'characters', 'yaml', 'config'],
  'config: hosts.toml': [
    refusing((text) => readHostsToml(text, 'r.test', '/etc/hosts.toml', createUserFiles())),
    'characters',
    'toml',
  ],
  'config: registries.conf': [
    refusing((text) => readRegistriesConf(text, '/etc/registries.conf')),
    'characters',
    'toml',
  ],
  'config: a mirror': [(text) => parseMirrorLocation(text), 'characters'],
  'config: a duration': [parseDuration, 'characters'],
  'config: a word to suggest for': [(text) => suggest(text, FORMATS), 'characters'],
  'config: every setting': [(text) => Object.values(schema).map((one) => [one(text), one([text])]), 'characters'],
  'input: what a file is': [(text) => [extractorFor('-', text), extractorFor('a.yaml', text)], 'characters'],
  'input: .env': [(text) => parseDotenv(text, { outer: () => undefined }), 'characters', 'dotenv'],
  'input: .env of a Compose project': [
    (text) =>
      extractorNamed('compose').extract('services: {a: {image: "a:$A$V1"}}', 'folder/compose.yaml', {
        ...NO_FILES,
        readFile: async () => ({ text, isForeign: false }),
      }),
    'characters',
    'dotenv',
  ],
  'input: a Compose file that is included often': [
    (text) =>
      extractorNamed('compose').extract(INCLUDES, 'folder/compose.yaml', {
        ...NO_FILES,
        readFile: async () => ({ text, isForeign: false }),
      }),
    'compose',
    'dotenv',
  ],
  'input: a value of Compose': [(text) => interpolate(text, () => ({ text: 'a', missing: [] })), 'characters'],
  'input: a line of a Dockerfile': [(text) => splitWords(text), 'characters'],
  'input: a variable': [findVariable, 'characters'],
  'input: what may be an image': [(text) => isImageLike(text, 'possible'), 'characters'],
  'input: a path to a field': [(text) => (FIELD_PATH.test(text) ? parseFieldPath(text) : undefined), 'characters'],
  'input: pull secrets': [findPullSecrets, 'kubernetes'],
  'input: outline': [outlineOf, 'characters', 'yaml', 'compose', 'gitlab', 'bake'],
  'input: JSON': [parseJsonFile, 'characters', 'bake'],
  'input: parts of a long list': [(text) => [...(splitList(text)?.parts() ?? [])], 'characters', 'yaml', 'kubernetes'],
  'input: images of Compose': [imagesOf('compose'), 'characters', 'yaml', 'compose'],
  'input: images of Kubernetes': [imagesOf('kubernetes'), 'characters', 'yaml', 'kubernetes'],
  'input: images of a kustomization': [
    imagesWithFiles('kubernetes', 'folder/kustomization.yaml'),
    'characters',
    'kubernetes',
    'kustomization',
  ],
  'input: images of a kustomization of such objects': [
    (text) =>
      extractorNamed('kubernetes').extract(
        'resources: [r.yaml]\nimages: [{name: "a.*", newTag: "2"}]\n',
        'a/kustomization.yaml',
        {
          ...NO_FILES,
          readFile: async (path) => (path === 'r.yaml' ? { text, isForeign: false } : undefined),
        },
      ),
    'kubernetes',
    'gitops',
  ],
  'input: images of Argo CD, Flux, Tekton and Skaffold': [imagesOf('kubernetes'), 'gitops'],
  'input: images of GitLab': [imagesOf('gitlab-ci'), 'gitlab'],
  'input: images of GitLab with includes': [imagesWithFiles('gitlab-ci', '.gitlab-ci.yml'), 'gitlab', 'include'],
  'input: images of GitHub': [imagesOf('github-workflow'), 'github'],
  'input: images of CircleCI': [imagesOf('circleci'), 'circleci'],
  'input: images of Bitbucket': [imagesOf('bitbucket'), 'pipeline'],
  'input: images of Azure Pipelines': [imagesOf('azure-pipelines'), 'pipeline'],
  'input: images of Woodpecker': [imagesOf('woodpecker'), 'pipeline'],
  'input: images of Cloud Build': [imagesOf('cloud-build'), 'pipeline'],
  'input: images of Buildkite': [imagesOf('buildkite'), 'pipeline'],
  'input: images of a quadlet': [imagesOf('quadlet'), 'characters', 'pipeline'],
  'input: images of ECS': [imagesOf('ecs'), 'pipeline'],
  'input: images of an SBOM': [imagesOf('sbom'), 'pipeline'],
  'input: images of Ansible': [imagesOf('ansible'), 'pipeline'],
  'input: images of a chart': [imagesOf('chart'), 'chart'],
  'input: images of bake': [imagesOf('bake'), 'bake'],
  'input: images of a development container': [imagesOf('devcontainer'), 'bake'],
  'input: images of a Dockerfile': [imagesOf('dockerfile'), 'characters', 'dockerfile'],
  'input: a file of Compose': [(text) => readAs('compose.yaml', text), 'compose'],
  'input: a chart': [(text) => readAs('Chart.yaml', text), 'chart'],
  'input: a file of bake': [(text) => readAs('docker-bake.json', text), 'bake'],
  'input: images to ignore': [ignoreEach, 'config'],
  'input: a list': [(text) => readAs('a.txt', text), 'characters'],
  'input: standard input': [(text) => readAs('-', text), 'kubernetes'],
  ...REPORTERS,
  'report: the steps': [(text) => formatEvents(eventsOf(resultWith(text)), { color: 1 }), 'characters'],
  'cli: a crash': [
    (text) => [formatInternalError(new Error(text), false), formatInternalError(text, true)],
    'characters',
  ],
  'cli: a problem': [(text) => formatProblem({ source: text, line: 1, message: text }), 'characters'],
  'cli: a list of images': [
    (text) => formatImages([{ text, foundAt: [{ source: text, line: 1, path: text }] }]),
    'characters',
  ],
  ...ANSWERS,
};
