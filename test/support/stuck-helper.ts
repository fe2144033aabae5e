// A credential helper that never answers, and tells when it started and when nothing of it is left.

import { execFileSync } from 'node:child_process';
import { closeSync, createReadStream, openSync } from 'node:fs';
import { join } from 'node:path';
import { createDeferred } from './deferred.ts';
import { createHome, type Home } from './temporary-folder.ts';

export interface StuckHelper extends Disposable {
  /** The environment in which it is asked for every login. */
  readonly env: Home['env'];
  readonly started: Promise<void>;
  /** Resolves when it and whatever it started have ended: then the last of them lets go of its pipe. */
  readonly gone: Promise<void>;
}

/** `first`: a line of shell that it runs before it hangs. */
export function createStuckHelper(first = ':'): StuckHelper {
  const home = createHome({ '.docker/config.json': { credsStore: 'stuck' } });
  const pipe = join(home.path, 'pipe');
  execFileSync('mkfifo', [pipe]);
  home.addHelper('stuck', `#!/bin/sh\nexec 3> '${pipe}'\necho started >&3\n${first}\ntail -f /dev/null & wait\n`);
  const started = createDeferred();
  const gone = createDeferred();
  const reader = createReadStream(pipe).once('data', started.resolve).once('end', gone.resolve);
  return {
    env: home.env,
    started: started.promise,
    gone: gone.promise,
    [Symbol.dispose]: () => {
      reader.destroy();
      // Ends the wait for a helper that never started.
      closeSync(openSync(pipe, 'r+'));
      home[Symbol.dispose]();
    },
  };
}
