// What the help says besides the options. Examples come first, because that is what users read.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { embeddedFiles } from '../core/embedded-files.ts';
import { NAME } from '../core/version.ts';
import { splitWords, wrapWords } from '../report/wrap.ts';
import { formatExitCodes } from './exit-code-text.ts';
import { unbroken } from './message-lines.ts';

export const PROGRAM_TEXT = `Tells you whether a container image can be pulled and, if not, why and what to do.
No Docker, no daemon.

Examples:
  kairos-pull check nginx:1.27                    can this image be pulled?
  kairos-pull check --platform linux/arm64 redis  is there an arm64 image?
  kairos-pull check -f images.txt -o json         a whole list, as JSON
  kairos-pull monitor                             checks, history, dashboard
  kairos-pull demo                                every kind of result, offline`;

export const CHECK_TEXT = `Asks each image's registry whether the image can be pulled and, if not, why.

Examples:
  kairos-pull check nginx:1.27 ghcr.io/org/app:2  several images
  kairos-pull check --layers ghcr.io/org/app:2    every layer, none downloaded
  kairos-pull check -f images.txt -q              a list; failures only
  kairos-pull check compose.yaml deploy/          manifests, Compose files, CI
  cat list | kairos-pull check -f - -o ndjson     a pipe; one JSON line each
  helm template chart | kairos-pull check -f -    what a chart would deploy
  kairos-pull check --from kubernetes             what a cluster runs
  kairos-pull check --wait 5m ghcr.io/org/app:2   until it has been pushed
  kairos-pull check --expect absent org/app:3     is the tag still free?
  kairos-pull check -u me --password-stdin ghcr.io/org/app < token.txt`;

export const CHECK_NOTES = `Separate multiple values of an environment variable with commas.
Durations: 500ms, 30s, 2m, 1h.`;

/** Its lines are wrapped only when they are shown. */
export const checkEpilogue = (): string => `
${CHECK_NOTES}

Exit codes:
${formatExitCodes()}`;

export const IMAGES_TEXT = `Lists each image found in the files once, with file and line.
No network access.

Examples:
  kairos-pull images deploy/                      manifests, Compose files, CI
  helm template chart | kairos-pull images -f -   what a chart would deploy
  kairos-pull images -f deploy/ --cost            with the cost of checking them
  kairos-pull images -f deploy/ -o json           as JSON`;

export const REPORT_TEXT = `Works on reports that "kairos-pull check" has written. No network access.

Examples:
  kairos-pull report merge shard-*.json           one report of ten shards`;

export const MERGE_TEXT = `Merges the reports of several checks into one: that of a single check of all
their images, sorted by image. The exit code is that of such a check. A shard
that is missing is exit code 2. No network access.

Examples:
  kairos-pull check --shard 3/10 -f images.txt -o json=shard-3.json
  kairos-pull report merge shard-*.json           all ten of them, as text
  kairos-pull report merge shard-*.ndjson -o junit=report.xml
  cat shard-*.ndjson | kairos-pull report merge -`;

export const MONITOR_TEXT = `Checks the images and services under "monitor" of kairos-pull.yaml on their
interval, keeps the history, and serves a dashboard, an API and metrics.

Examples:
  kairos-pull monitor                             with ./kairos-pull.yaml
  kairos-pull monitor --demo                      try it out, offline
  kairos-pull monitor --check-config              is the config file valid?
  kairos-pull monitor --once                      check everything once
  kairos-pull monitor health                      is the running monitor healthy?
  kairos-pull monitor export backup.db            a copy of its history
  kairos-pull monitor notify-test                 a test event for each notifier`;

export const MONITOR_EPILOGUE = `
Every option can be set in the environment: --listen is KAIROS_PULL_LISTEN.
The options of check that concern registries and credentials come from their
environment variables and from the config file.

SIGHUP reloads the config file; so does a change of its content. SIGTERM and
SIGINT end the monitor with exit code 0.

Exit codes:
  0   ended by a signal; with --once, every resource is as expected
  2   usage: bad option, invalid config file, store in use
  3 to 7, with --once: as for check; 6 also for services`;

export const DEMO_TEXT = `Starts a built-in registry and checks one image for each kind of result.
No network access.`;

export const MAN_TEXT = `Shows the manual page: every command, option, exit code and environment variable.
A pipe or a file gets its source, for man(1).

Examples:
  kairos-pull man                                 read it
  kairos-pull man > kairos-pull.1                 keep it`;

export const COMPLETION_TEXT = `Prints a shell completion script: commands, options, their values, and files.

Examples:
  source <(kairos-pull completion bash)           in ~/.bashrc
  source <(kairos-pull completion zsh)            in ~/.zshrc, after compinit
  kairos-pull completion fish > ~/.config/fish/completions/kairos-pull.fish
  kairos-pull completion powershell >> $PROFILE

As a file, so that the shell starts faster:
  bash    kairos-pull in ~/.local/share/bash-completion/completions
  zsh     _kairos-pull in a directory of $fpath
  fish    kairos-pull.fish in ~/.config/fish/completions`;

// The last line of every help: where to read more. The pages are in the package, but not in every image.

/** Of the package; of `dist/command` as of `src/cli`. The executable has none. */
const ROOT = embeddedFiles === undefined ? dirname(dirname(import.meta.dirname)) : undefined;

/** `directory`: where README.md and docs are, if they are anywhere. */
export function formatDocumentationLine(width: number, directory = ROOT): string {
  const manual = unbroken(`${NAME} man`);
  const hasPages =
    directory !== undefined && existsSync(join(directory, 'README.md')) && existsSync(join(directory, 'docs'));
  const text = hasPages
    ? `Documentation: ${manual}; README.md and docs in ${unbroken(directory)}`
    : `Documentation: ${manual}`;
  return wrapWords(splitWords(text), { width, first: '', rest: '  ' }).join('\n');
}
