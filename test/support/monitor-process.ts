// `kairos-pull monitor` in a process of its own, read line by line as it logs.

import assert from 'node:assert/strict';
import { type Ended, spawnCommand } from './process.ts';

export interface LoggedLine {
  readonly level: string;
  readonly event: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

export interface MonitorProcess extends AsyncDisposable {
  readonly ended: Promise<Ended>;
  /** The next line of that event, which may have been logged before; rejects if the process ends. */
  line(event: string): Promise<LoggedLine>;
  /** Where the dashboard is, once it is logged. */
  url(): Promise<string>;
  signal(name: NodeJS.Signals): void;
}

/** `kairos-pull monitor ARGS --log json`. */
export function spawnMonitor(args: readonly string[], env: Readonly<Record<string, string>> = {}): MonitorProcess {
  const { child, ended } = spawnCommand(['monitor', ...args, '--log', 'json'], env);
  child.stdin.end();
  const unread: LoggedLine[] = [];
  const waiting: { readonly event: string; readonly resolve: (line: LoggedLine) => void }[] = [];
  let rest = '';
  child.stdout.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      const line = JSON.parse(text) as LoggedLine;
      const at = waiting.findIndex(({ event }) => event === line.event);
      if (at < 0) unread.push(line);
      else waiting.splice(at, 1)[0]?.resolve(line);
    }
  });
  const line = async (event: string): Promise<LoggedLine> => {
    const at = unread.findIndex((one) => one.event === event);
    const [known] = at < 0 ? [] : unread.splice(at, 1);
    if (known !== undefined) return known;
    const coming = new Promise<LoggedLine>((resolve) => waiting.push({ event, resolve }));
    const end = ended.then(({ stderr, stdout }) => assert.fail(`it ended before "${event}": ${stderr}${stdout}`));
    end.catch(() => undefined);
    return Promise.race([coming, end]);
  };
  return {
    ended,
    line,
    url: async () => String((await line('started')).url),
    signal: (name) => void child.kill(name),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
