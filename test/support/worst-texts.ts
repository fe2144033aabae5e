// Texts that are the worst for a reader: long runs of characters, and files that repeat, nest, share and break off.

import { run, WORST_CHARACTERS } from './worst-characters.ts';

/** A line for each number, made by `line`. */
const lines =
  (line: (index: number) => string, before = '', after = '') =>
  (length: number): string => {
    const parts = [before];
    let size = before.length + after.length;
    for (let index = 0; size < length; index += 1) {
      const part = `${line(index)}\n`;
      parts.push(part);
      size += part.length;
    }
    return parts.join('') + after;
  };

/** Half of it before, half of it after: what is written once and used often. */
const halves =
  (first: (length: number) => string, second: (length: number) => string) =>
  (length: number): string =>
    first(length / 2) + second(length / 2);

/** Each level refers ten times to the one before, without growing itself; filled up with its last line. */
const bomb = (leaf: string, wrap: (items: string) => string) =>
  lines((level) =>
    level === 0
      ? `a0: &a0 ${leaf}`
      : `a${level}: &a${level} ${wrap(
          Array(10)
            .fill(`*a${level - 1}`)
            .join(', '),
        )}`,
  );

type FileKind =
  | 'yaml'
  | 'compose'
  | 'gitlab'
  | 'github'
  | 'circleci'
  | 'pipeline'
  | 'kubernetes'
  | 'kustomization'
  | 'gitops'
  | 'include'
  | 'chart'
  | 'dockerfile'
  | 'bake'
  | 'dotenv'
  | 'config'
  | 'logins'
  | 'registry'
  | 'toml';

const COMPOSE = 'services:\n';
const POD = 'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n';

type WorstFile = readonly [kind: FileKind, name: string, make: (length: number) => string];

/** Each makes a text of about that length. */
const WORST_FILES: readonly WorstFile[] = [
  ['yaml', 'one long key', run('a', '', ': 1\n')],
  ['yaml', 'one long value', run('a', 'image: ', '\n')],
  ['yaml', 'a value of colons', run(':', 'image: "', '/"\n')],
  ['yaml', 'a quoted value of blanks', run(' ', 'image: "', '"\n')],
  ['yaml', 'a value that is broken off', run('a', 'image: "')],
  ['yaml', 'many keys', lines((index) => `k${index}: 1`)],
  ['yaml', 'one key many times', lines(() => 'image: a')],
  ['yaml', 'many documents', lines((index) => `---\nk${index}: {image: a}`)],
  ['yaml', 'many documents that are wrong', lines(() => '---\n{]')],
  ['yaml', 'many anchors and aliases', lines((index) => `- &a${index} x\n- *a${index}`)],
  ['yaml', 'many aliases without an anchor', lines((index) => `- *a${index}`)],
  ['yaml', 'lists of lists of aliases', bomb('[x]', (items) => `[${items}]`)],
  ['yaml', 'maps of maps of aliases', bomb('{image: x}', (items) => `{k: [${items}], image: x}`)],
  ['yaml', 'merges of merges', bomb('{image: x}', (items) => `{<<: [${items}]}`)],
  [
    'yaml',
    'a list that many keys share',
    halves(
      run('a,', 'l: &l [', ']\n'),
      lines((index) => `k${index}: *l`),
    ),
  ],
  [
    'yaml',
    'a text that many keys share',
    halves(
      run('a', 'image: &t ', '\n'),
      lines((index) => `k${index}: {image: *t}`),
    ),
  ],
  ['yaml', 'indentation', (length) => lines((index) => `${' '.repeat(index)}a:`)(length)],
  ['kubernetes', 'many pods', lines(() => `${POD}  - {name: c, image: a}\n---`)],
  ['kubernetes', 'a long list', lines(() => '- spec: {containers: [{image: a}]}', 'kind: List\nitems:\n')],
  ['kubernetes', 'many lists', lines(() => 'items:\n- a')],
  ['bake', 'quotes that do not end', run('"\\', '{"services": {')],
  ['kubernetes', 'many containers', lines((index) => `  - {name: c${index}, image: "a:${index}"}`, POD)],
  ['kubernetes', 'actions in a pod', lines(() => '  - {{ .x }}', POD)],
  ['compose', 'many services', lines((index) => `  s${index}: {image: "a:${index}"}`, COMPOSE)],
  ['compose', 'many documents of services', lines((index) => `---\nservices: {s${index}: {image: a}}`)],
  ['compose', 'many documents of one service', lines(() => '---\nservices: {s: {image: a, volumes: [x]}}')],
  ['compose', 'many services that are wrong', lines((index) => `  s${index}: 1`, COMPOSE)],
  [
    'compose',
    'services that extend each other',
    lines((index) => `  s${index}: {image: a, extends: s${index + 1}}`, COMPOSE),
  ],
  [
    'compose',
    'services that extend one of many volumes',
    halves(
      run('{type: image, source: a},', `${COMPOSE}  s: {image: a, volumes: [`, ']}\n'),
      lines((index) => `  s${index}: {extends: s}`),
    ),
  ],
  [
    'compose',
    'services that extend one of a long Dockerfile',
    halves(
      run('FROM a\\n', `${COMPOSE}  s: {build: {dockerfile_inline: "`, '"}}\n'),
      lines((index) => `  s${index}: {extends: s}`),
    ),
  ],
  ...['args', 'additional_contexts'].map(
    (key): WorstFile => [
      'compose',
      `services that extend one of many ${key}`,
      halves(
        lines((index) => `k${index}: v,`, `${COMPOSE}  s: {build: {dockerfile_inline: "FROM a", ${key}: {`, '}}}\n'),
        lines((index) => `  s${index}: {extends: s}`),
      ),
    ],
  ),
  [
    'compose',
    'services that add to many args',
    halves(
      lines((index) => `k${index}: v,`, `${COMPOSE}  s: {build: {args: {`, '}}}\n'),
      lines((index) => `  s${index}: {extends: s, build: {args: {a: b}}}`),
    ),
  ],
  [
    'compose',
    'services that share many dependencies',
    halves(
      lines((index) => `k${index}: {},`, `${COMPOSE}  s: {image: a, depends_on: {`, '}}\n'),
      lines((index) => `  s${index}: {extends: s}`),
    ),
  ],
  [
    'compose',
    'services of an image of many variables',
    halves(
      lines((index) => `$V${index}\\`, `${COMPOSE}  s: {image: "`, '"}\n'),
      lines((index) => `  s${index}: {extends: s}`),
    ),
  ],
  [
    'compose',
    'services of a long variable',
    halves(
      run('a', 'x: &x "', '"\n'),
      lines((index) => `  s${index}: {image: *x}`, COMPOSE),
    ),
  ],
  ['compose', 'services that include', lines((index) => `- a${index}.yaml`, 'include:\n')],
  [
    'compose',
    'services of a profile each',
    lines((index) => `  s${index}: {image: a, profiles: [p${index}]}`, COMPOSE),
  ],
  [
    'compose',
    'services that depend on each other',
    lines((index) => `  s${index}: {image: a, depends_on: [s${index + 1}]}`, COMPOSE),
  ],
  [
    'pipeline',
    'steps that share services, parameters and a matrix',
    halves(
      lines(
        (index) =>
          `- {step: *s, name: "a:$(p${index})$P${index}", image: "a:$(p${index})$P${index}", container: b, services: *s}`,
        's: &s {image: a}\nsteps: &steps\n',
      ),
      lines(
        (index) => `  j${index}: {steps: *steps, script: *steps}`,
        'matrix: {P1: [1, 2]}\npipelines:\n  branches: &b\n',
      ),
    ),
  ],
  ['pipeline', 'lists in lists', bomb('[{step: {image: a}, image: a, name: b}]', (items) => `{steps: [${items}]}`)],
  [
    'circleci',
    'jobs that share images with parameters',
    halves(
      lines(() => '- {image: "a:<< parameters.p >>"}', 'd: &d\n'),
      lines((index) => `  j${index}: {docker: *d, executor: e}`, 'jobs:\n'),
    ),
  ],
  [
    'circleci',
    'calls of one job with parameters of parameters',
    halves(
      lines(() => '- {image: "<< parameters.p >><< parameters.p >>"}', 'd: &d\n'),
      lines(
        () => '  - j: {p: "<< parameters.p >><< parameters.p >>"}',
        'executors: {e: {docker: *d}}\njobs: {j: {docker: *d, executor: {name: e, p: "<< parameters.p >>"}}}\nworkflows:\n w:\n  jobs:\n',
      ),
    ),
  ],
  ['gitlab', 'many jobs', lines((index) => `j${index}: {image: a, script: x}`, 'stages: [a]\n')],
  [
    'gitlab',
    'variables that many jobs share',
    halves(
      lines((index) => `  V${index}: a`, 'stages: [a]\n.v: &v\n'),
      lines((index) => `j${index}: {variables: *v, image: $V1, script: x}`),
    ),
  ],
  [
    'gitlab',
    'rules that many jobs share',
    halves(
      lines((index) => `  - {variables: {V${index}: a}}`, 'stages: [a]\n.r: &r\n'),
      lines((index) => `j${index}: {rules: *r, image: $V1, script: x}`),
    ),
  ],
  ['gitlab', 'jobs that extend each other', lines((index) => `j${index}: {extends: j${index + 1}, image: a}`)],
  [
    'gitlab',
    'empty variables of many jobs',
    halves(
      (length) =>
        `stages: [a]\n.i: &i "a:${Array.from({ length: 600 }, (_, index) => `$V${index}`).join('')}"\nvariables:\n${lines((index) => `  V${index}: "$W${index}$X${index}"\n  W${index}: ""\n  X${index}: ""`)(length)}`,
      lines((index) => `j${index}: {image: *i, script: x}`),
    ),
  ],
  [
    'gitlab',
    'variables of variables',
    lines((index) => `  V${index}: "$V${index + 1}$V${index + 1}"`, 'variables:\n', 'j: {image: $V0}\n'),
  ],
  ['github', 'many steps', lines(() => '      - uses: docker://a', 'jobs:\n  a:\n    runs-on: b\n    steps:\n')],
  [
    'kubernetes',
    'many images of a kustomization',
    lines((index) => `- {name: a, newTag: "${index}"}`, 'kind: Kustomization\nimages:\n'),
  ],
  ['kustomization', 'resources that repeat', lines(() => '- r.yaml\n- b\n- c', 'resources:\n')],
  [
    'kustomization',
    'images by patterns',
    lines((index) => `- {name: ".*a.*b${index}.*", newTag: "1"}`, 'resources: [r.yaml]\nimages:\n'),
  ],
  [
    'kustomization',
    'patches of targets by patterns',
    lines(
      (index) => `- {target: {name: "a.*a.*a.*${index}"}, patch: "[{op: add, path: /a, value: {image: a}}]"}`,
      'resources: [r.yaml]\npatches:\n',
    ),
  ],
  [
    'kustomization',
    'patches of labels',
    lines(
      (index) => `- {target: {labelSelector: "${'a in (b,c),!d,'.repeat(20)}e${index}"}, patch: "{spec: {a: b}}"}`,
      'resources: [r.yaml]\npatches:\n',
    ),
  ],
  [
    'kustomization',
    'patches that copy what they copied',
    lines(
      () => '    - {op: copy, from: /spec, path: /spec/a}',
      'resources: [r.yaml]\npatches:\n- target: {}\n  patch: |\n',
    ),
  ],
  [
    'kustomization',
    'replacements of all fields',
    lines(
      () =>
        '- {source: {kind: Pod}, targets: [{select: {kind: Pod}, fieldPaths: ["*.*.*.*", spec.containers.*.image]}]}',
      'resources: [r.yaml]\nreplacements:\n',
    ),
  ],
  [
    'kustomization',
    'replacements that double a text',
    lines(
      () =>
        '- {source: {kind: Pod, fieldPath: metadata.name}, targets: [{select: {kind: Pod}, fieldPaths: [metadata.name], options: {delimiter: a, index: -1}}]}',
      'resources: [r.yaml]\nreplacements:\n',
    ),
  ],
  [
    'kustomization',
    'configurations',
    lines(
      () => '- "images:\\n- {path: spec/containers/image}\\n"',
      'resources: [r.yaml]\nimages: [{name: a, newTag: "2"}]\nconfigurations:\n',
    ),
  ],
  [
    'kustomization',
    'plugins',
    lines(
      () => '- "apiVersion: builtin\\nkind: PatchTransformer\\npatch: |\\n  a: b\\n"',
      'resources: [r.yaml]\ntransformers:\n',
    ),
  ],
  [
    'kustomization',
    'literals of generators',
    lines((index) => `- {name: a${index}, literals: ["a=b", "c='d'"]}`, 'configMapGenerator:\n'),
  ],
  [
    'gitops',
    'values in texts of Argo CD',
    lines(
      () => '    - helm: {values: "a: {image: a}", parameters: [{name: a.b.image.tag, value: "1"}]}',
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  sources:\n',
    ),
  ],
  [
    'gitops',
    'parameters of a chart in depth',
    lines(
      (index) => `      - {name: "${'a.'.repeat(50)}image${index}", value: "1"}`,
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n      parameters:\n',
    ),
  ],
  [
    'gitops',
    'images of Argo CD',
    lines(
      () => '      - "a=b:1"',
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    kustomize:\n      images:\n',
    ),
  ],
  [
    'gitops',
    'shared patches of Flux',
    bomb(
      '[{patch: "[{op: add, path: /spec/image, value: a}]", images: [{name: a, newTag: "1"}]}]',
      (items) => `{spec: [${items}]}`,
    ),
  ],
  [
    'gitops',
    'images and patches of Flux',
    lines(
      (index) => `  - {images: [{name: a, newTag: "${index}"}], patch: "- {op: add, path: /spec/image, value: a}"}`,
      'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec:\n  a:\n',
    ),
  ],
  [
    'gitops',
    'parameters of parameters of Tekton',
    halves(
      lines(
        (index) => `  - {name: p${index}, value: "$(params.p${index + 1})$(params.p${index + 1})"}`,
        'apiVersion: tekton.dev/v1\nkind: Task\nspec:\n  params:\n',
      ),
      lines((index) => `  - {image: "a:$(params.p${index})$(params.p0)"}`, '  steps:\n'),
    ),
  ],
  [
    'gitops',
    'artifacts of Skaffold',
    halves(
      lines(
        (index) => `  - {image: a${index}, requires: [{image: b}]}`,
        'apiVersion: skaffold/v1\nkind: Config\nbuild:\n  artifacts: &a\n',
      ),
      lines(() => '- {build: {artifacts: *a}}', 'profiles:\n'),
    ),
  ],
  ['include', 'includes of itself', lines(() => '- {local: self.yml}', 'include:\n')],
  ['include', 'includes with wildcards', lines((index) => `- "a*a*${index}/**/*.yml"`, 'include:\n')],
  [
    'include',
    'includes of one directory',
    lines(() => '- [{local: ["*/self.yml", "**/self.yml"]}]', 'j: {script: x}\ninclude:\n'),
  ],
  [
    'include',
    'jobs merged over themselves',
    lines((index) => `j${index}: {image: a, script: x, variables: {A: b}}`, 'include: [self.yml, "/a/**.yml"]\n'),
  ],
  [
    'kubernetes',
    'many items of a list',
    lines(() => '- {kind: Pod, spec: {containers: [{image: a}]}}', 'kind: List\nitems:\n'),
  ],
  [
    'chart',
    'images of a chart',
    lines((index) => `    - {name: a, image: "a:${index}"}`, 'annotations:\n  artifacthub.io/images: |\n'),
  ],
  [
    'chart',
    'platforms of a chart',
    halves(
      run('linux/a,', 'annotations:\n  images: |\n    - image: a\n      platforms: &p [', ']\n'),
      lines(() => '    - {image: a, platforms: *p}'),
    ),
  ],
  [
    'kubernetes',
    'many secrets',
    lines((index) => `---\nkind: Secret\ntype: kubernetes.io/dockercfg\nmetadata: {name: s${index}}`),
  ],
  ['dotenv', 'export and blanks', run(' ', 'export', '!')],
  ['dotenv', 'export and tabs', run('\t ', 'A=1\nexport', '\u00a1')],
  ['dotenv', 'a variable used once in each of many', lines((index) => `V${index}=$A`, `A=${'a'.repeat(10_000)}\n`)],
  ['dotenv', 'many variables', lines((index) => `V${index}=a`)],
  ['dotenv', 'a variable of variables', lines((index) => `V${index + 1}=$V${index}$V${index}`, 'V0=a\n')],
  [
    'dotenv',
    'a long variable used often',
    halves(
      run('a', 'A=', '\n'),
      lines((index) => `V${index}=$A`),
    ),
  ],
  [
    'dockerfile',
    'arguments of arguments',
    lines((index) => `ARG A${index + 1}=$A${index}$A${index}`, 'ARG A0=a\n', 'FROM $A9\n'),
  ],
  [
    'dockerfile',
    'patterns of variables in arguments',
    lines(() => `ARG B=\${A//$P/x}`, `ARG A=${'a'.repeat(4000)}\nARG P=${'a'.repeat(2000)}b\n`, 'FROM $B\n'),
  ],
  [
    'dockerfile',
    'arguments without a value that many use',
    halves(
      (length) =>
        `${lines((index) => `ARG A${index}`)(length / 2)}ARG B=${Array.from({ length: length / 20 }, (_, index) => `$A${index}`).join('')}\n`,
      lines(() => 'ARG C=$B', '', 'FROM $C\n'),
    ),
  ],
  [
    'dockerfile',
    'patterns in arguments',
    lines(() => `ARG B=\${A//${'a'.repeat(2000)}b/c}`, `ARG A=${'a'.repeat(4000)}\n`, 'FROM $B\n'),
  ],
  ['dockerfile', 'stages that are copied from', lines((index) => `FROM a AS s${index}\nCOPY --from=s${index} a b`)],
  [
    'dockerfile',
    'stages that may be one',
    lines((index) => `FROM a AS s${index}`, 'ARG TARGETARCH\n', 'FROM s$TARGETARCH\n'),
  ],
  ['dockerfile', 'here-documents without an end', lines((index) => `RUN <<A${index}`, 'FROM a\n')],
  ['dockerfile', 'here-documents in one line', run('<<A ', 'FROM a\nRUN ', '\n')],
  ['dockerfile', 'ONBUILD of ONBUILD', run('ONBUILD ', 'FROM a\n', 'RUN <<A\n')],
  ['dockerfile', 'many flags', run('--mount=from=a ', 'FROM a\nRUN ', 'x\n')],
  ['dockerfile', 'one flag many times', run('--from=a ', 'FROM a\nCOPY ', 'x y\n')],
  [
    'bake',
    'contexts of many platforms',
    halves(
      (length) =>
        `{"target":{"a":{"platforms":[${Array(Math.floor(length / 10))
          .fill('"linux/a"')
          .join(',')}],"contexts":{`,
      (length) =>
        `${Array.from({ length: Math.floor(length / 30) }, (_, index) => `"c${index}":"docker-image://a"`).join(',')}}}}}`,
    ),
  ],
  [
    'bake',
    'keys of JSON',
    (length) => JSON.stringify(Object.fromEntries(Array.from({ length: length / 12 }, (_, index) => [`k${index}`, 1]))),
  ],
  ['bake', 'open comments of JSON', run('/*', '{"image": ')],
  [
    'registry',
    'errors of JSON',
    (length) => JSON.stringify({ errors: Array(Math.floor(length / 25)).fill({ code: 'A', message: 'b' }) }),
  ],
  [
    'registry',
    'layers',
    (length) => JSON.stringify({ schemaVersion: 2, layers: Array(Math.floor(length / 3)).fill({}) }),
  ],
  [
    'registry',
    'entries of an index',
    (length) => JSON.stringify({ schemaVersion: 2, manifests: Array(Math.floor(length / 20)).fill({ platform: 'a' }) }),
  ],
  [
    'logins',
    'logins',
    (length) =>
      JSON.stringify({
        auths: Object.fromEntries(
          Array.from({ length: length / 24 }, (_, index) => [`r${index}.test`, { auth: 'YTpi' }]),
        ),
      }),
  ],
  [
    'logins',
    'a credential of NUL',
    (length) =>
      JSON.stringify({ auths: { r: { auth: Buffer.from(`a:a${'\0'.repeat(length * 0.7)}b`).toString('base64') } } }),
  ],
  ['config', 'registries of a config file', lines((index) => `  r${index}.test: {plainHttp: false}`, 'registries:\n')],
  ['config', 'registries that are wrong', lines((index) => `  r${index}.test: {plainHtp: false}`, 'registries:\n')],
  ['config', 'images to ignore', lines((index) => `- {image: "a:${index}", reason: b}`, 'ignore:\n')],
  ['config', 'images to ignore that are wrong', lines((index) => `- {image: "a:${index}"}`, 'ignore:\n')],
  ['config', 'places to search', lines((index) => `- {kind: A, path: a${index}}`, 'search:\n')],
  ['config', 'settings that are unknown', lines((index) => `timeot${index}: 1`)],
  ['toml', 'mirrors of TOML', lines((index) => `[host."https://m${index}.test"]`)],
  ['toml', 'slashes of a mirror', run('/', '[host."https://m.test', 'x"]\n')],
  ['toml', 'registries of TOML', lines((index) => `[[registry]]\nprefix = "r${index}.test"`)],
  ['toml', 'arrays of TOML', run('[', 'a = ')],
  ['toml', 'texts of TOML', run('\\', 'a = """', '"""\n')],
];

/** Which readers get it: `characters` is for any reader of text. */
export type TextKind = 'characters' | FileKind;

export interface WorstText {
  readonly name: string;
  readonly kind: TextKind;
  /** In about that length. */
  readonly make: (length: number) => string;
}

export const WORST_TEXTS: readonly WorstText[] = [
  ...WORST_CHARACTERS.map(([name, make]): WorstText => ({ name, kind: 'characters', make })),
  ...WORST_FILES.map(([kind, name, make]): WorstText => ({ name, kind, make })),
];
