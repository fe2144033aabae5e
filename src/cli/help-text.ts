// What the help says besides the options: examples first, for they are what people read.

export const PROGRAM_TEXT = `Says whether a container image is pullable, by asking its registry.
No Docker, no daemon.

Examples:
  kairos-pull check nginx:1.27                    is it there, may I pull it?
  kairos-pull check --platform linux/arm64 redis  for this platform too?
  kairos-pull check -f images.txt -o json         a whole list, as JSON
  kairos-pull demo                                every kind of answer, offline`;

export const CHECK_TEXT = `Asks the registry of every image whether it can be pulled, and says why not.

Examples:
  kairos-pull check nginx:1.27 ghcr.io/org/app:2  several at once
  kairos-pull check --layers ghcr.io/org/app:2    every layer, none downloaded
  kairos-pull check -f images.txt -q              a list; only what failed
  kairos-pull check -f deploy/ -f compose.yaml    manifests, Compose files, CI
  cat list | kairos-pull check -f - -o ndjson     a pipe; a line of JSON each
  helm template chart | kairos-pull check -f -    what a chart would deploy
  kairos-pull check --wait 5m ghcr.io/org/app:2   until it has been pushed
  kairos-pull check --expect absent org/app:3     is the tag still free?
  kairos-pull check -u me --password-stdin ghcr.io/org/app < token.txt`;

export const CHECK_EPILOGUE = `
Every option has an environment twin: --timeout is KAIROS_PULL_TIMEOUT, with
commas where it is repeatable.
Durations: 500ms, 30s, 2m, 1h.

Exit codes:
  0    every image is pullable
  2    usage: bad option, unreadable file, invalid reference, nothing to check
  3    unauthorized or denied (401, 403)
  4    not found (404)
  5    cannot tell: network, registry error (5xx), rate limit (429);
       the only one worth a retry
  6    there, but not pullable as asked: platform missing, incomplete, corrupt,
       not an image, schema 1
  7    present, and --expect absent was given
  70   a bug in kairos-pull
  130  interrupted; what was found so far is reported`;

export const IMAGES_TEXT = `Lists the images found in files, each once, with where. No network.

Examples:
  kairos-pull images -f deploy/                   manifests, Compose files, CI
  helm template chart | kairos-pull images -f -   what a chart would deploy
  kairos-pull images -f deploy/ --cost            what a check would cost, too
  kairos-pull images -f deploy/ -o json           as JSON`;

export const DEMO_TEXT = `Starts a registry inside the command and checks one image for every kind of
answer. No network.`;

export const COMPLETION_TEXT = `Prints the completion script of a shell.

Examples:
  source <(kairos-pull completion bash)           in ~/.bashrc
  source <(kairos-pull completion zsh)            in ~/.zshrc, after compinit
  kairos-pull completion fish > ~/.config/fish/completions/kairos-pull.fish`;

/** A message and its examples. */
export const NOTHING_NAMED: readonly [string, ...string[]] = [
  'There is nothing to check. Name an image or a file, as in:',
  'kairos-pull check nginx:1.27',
  'kairos-pull check -f images.txt',
];

export const NOTHING_TO_LIST: readonly [string, ...string[]] = [
  'There is nothing to list. Name a file, as in:',
  'kairos-pull images -f images.txt',
];

export const NO_PULL_SECRETS =
  'warning: --use-pull-secrets: none of the files holds a pull secret that an imagePullSecrets of theirs names.';

/** When everything was read, and no image was in it. */
export const nothingIn = (files: readonly string[]): string =>
  `No image was found in: ${files.map((file) => (file === '-' ? 'standard input' : file)).join(', ')}`;
