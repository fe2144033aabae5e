// Texts that are the worst for something that reads them: runs that are gone through again and again, nesting, what
// repeats itself, errors without end. Each is made in the length asked for, about.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are variables of the formats.

/** `pattern` again and again. */
const run =
  (pattern: string, before = '', after = '') =>
  (length: number): string =>
    before + pattern.repeat(Math.max(1, Math.floor((length - before.length - after.length) / pattern.length))) + after;

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

/** Each level ten times the one before, in what it names and not in what it takes; filled up with its last line. */
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

/** Who reads such a text: `characters` is anything that reads text. */
export type TextKind =
  | 'characters'
  | 'yaml'
  | 'compose'
  | 'gitlab'
  | 'github'
  | 'kubernetes'
  | 'chart'
  | 'dockerfile'
  | 'bake'
  | 'dotenv'
  | 'config'
  | 'logins'
  | 'registry'
  | 'toml';

export interface WorstText {
  readonly name: string;
  readonly kind: TextKind;
  readonly make: (length: number) => string;
}

const CHARACTERS: readonly (readonly [name: string, pattern: string])[] = [
  ['carriage returns', '\r'],
  ['line ends', '\n'],
  ['Windows line ends', '\r\n'],
  ['blanks', ' '],
  ['tabs', '\t'],
  ['blank lines', ' \n'],
  ['number signs', '#'],
  ['comments', '#\n'],
  ['commands of Azure', '##['],
  ['commands of GitHub', '::a::'],
  ['colons', ':'],
  ['letters', 'a'],
  ['capitals', 'A'],
  ['words', 'a '],
  ['digits', '1'],
  ['dots', '.'],
  ['dashes', '-'],
  ['underscores', '_'],
  ['slashes', '/'],
  ['backslashes', '\\'],
  ['at signs', '@'],
  ['stars', '*'],
  ['question marks', '?'],
  ['percent signs', '%'],
  ['equals signs', '='],
  ['commas', ','],
  ['semicolons', ';'],
  ['quotes', '"'],
  ['single quotes', "'"],
  ['backticks', '`'],
  ['escaped quotes', '\\"'],
  ['dollars', '$'],
  ['open variables', '${'],
  ['open variables with a name', '${A'],
  ['defaults of defaults', '${A:-'],
  ['nested open variables', '${${'],
  ['variables', '${A}'],
  ['bare variables', '$A'],
  ['actions', '{{ .x }}'],
  ['lines of actions', '{{ .x }}\n'],
  ['open actions', '{{'],
  ['expressions', '${{ x }}'],
  ['brackets', '['],
  ['closed brackets', ']'],
  ['pairs of brackets', '[]'],
  ['braces', '{'],
  ['closed braces', '}'],
  ['parentheses', '('],
  ['angle brackets', '<'],
  ['tags', '<a>'],
  ['open comments', '<!--'],
  ['open titles', '<title'],
  ['ampersands', '&'],
  ['entities', '&amp;'],
  ['aliases', '*a '],
  ['anchors', '&a '],
  ['YAML tags', '!a '],
  ['merge keys', '<<: *a\n'],
  ['document starts', '---\n'],
  ['document ends', '...\n'],
  ['directives', '%YAML 1.2\n'],
  ['items', '- '],
  ['lines of items', '- a\n'],
  ['complex keys', '? '],
  ['keys of keys', 'a: '],
  ['open maps', '{a: '],
  ['open JSON', '{"a":'],
  ['block texts', '|\n'],
  ['plus signs', '+'],
  ['tildes', '~'],
  ['NUL', '\0'],
  ['escapes', '\u001b['],
  ['unpaired surrogates', '\ud800'],
  ['combining marks', '\u0301'],
  ['zero-width joiners', '\u200d'],
  ['right-to-left overrides', '\u202e'],
  ['line separators', '\u2028'],
  ['wide letters', '漢'],
  ['emoji', '👩🏽‍🚀'],
  ['long s', 'ſ'],
  ['byte order marks', '\ufeff'],
  ['ONBUILD', 'ONBUILD '],
  ['stages', 'FROM a\n'],
  ['here-documents', 'RUN <<A\n'],
  ['continued lines', 'RUN a \\\n'],
  ['flags', '--a=b '],
  ['challenges', 'Bearer '],
  ['parameters', 'a="b", '],
  ['base64 padding', 'a==='],
  ['open tables', '[a.b]\n'],
  ['arrays of tables', '[[a]]\n'],
];

/** A run with something else at its end: a pattern that wants the end of the text looks for it from every place. */
const BROKEN = [
  '\r',
  '\n',
  ' ',
  '\t',
  '#',
  ':',
  'a',
  '1',
  '.',
  '-',
  '/',
  '\\',
  '=',
  '\0',
  '`',
  '<title',
  '##[',
  'a-',
  'a.',
];

const COMPOSE = 'services:\n';
const POD = 'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n';

const FILES: readonly (readonly [kind: TextKind, name: string, make: (length: number) => string])[] = [
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
    'variables of variables',
    lines((index) => `  V${index}: "$V${index + 1}$V${index + 1}"`, 'variables:\n', 'j: {image: $V0}\n'),
  ],
  ['github', 'many steps', lines(() => '      - uses: docker://a', 'jobs:\n  a:\n    runs-on: b\n    steps:\n')],
  [
    'kubernetes',
    'many images of a kustomization',
    lines((index) => `- {name: a, newTag: "${index}"}`, 'kind: Kustomization\nimages:\n'),
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
    'a login of NUL',
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

export const WORST_TEXTS: readonly WorstText[] = [
  ...CHARACTERS.map(([name, pattern]): WorstText => ({ name, kind: 'characters', make: run(pattern) })),
  ...BROKEN.map(
    (pattern): WorstText => ({
      name: `${JSON.stringify(pattern)} before something else`,
      kind: 'characters',
      make: run(pattern, '', '\u00a1x'),
    }),
  ),
  ...FILES.map(([kind, name, make]): WorstText => ({ name, kind, make })),
];
