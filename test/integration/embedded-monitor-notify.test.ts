// `monitor notify-test` and `monitor --once` with receivers, as commands.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runCommand } from '../support/command.ts';
import { startReceiver } from '../support/receiver.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

describe('kairos-pull monitor notify-test', () => {
  it('sends one event to each notifier, and says what became of it', async () => {
    await using good = await startReceiver();
    await using bad = await startReceiver();
    bad.respond = () => 500;
    using folder = createTemporaryFolder();
    const path = folder.write(
      'kairos-pull.yaml',
      `monitor:
  store: memory
  notify:
    - { name: ops, webhook: "${good.origin}/hunter2" }
    - { slack: "${good.origin}/slack-hunter2" }
    - { ping: "${bad.origin}/hunter2" }
    - { name: pager, webhook: { urlFile: hook.txt } }
  resources: [{ tcp: "127.0.0.1:9" }]
`,
    );
    const { exitCode, stdout, stderr } = await runCommand(['monitor', 'notify-test', '--config', path], {
      cwd: folder.path,
    });
    assert.deepEqual(
      stdout.split('\n').map((line) => line.trimEnd()),
      [
        'delivered  ops    webhook',
        'delivered  slack  slack',
        'failed     ping   ping     status 500',
        'failed     pager  webhook  the file hook.txt cannot be read: no such file or directory',
        '4 notifiers, 2 failed',
        '',
      ],
    );
    assert.equal(exitCode, 1);
    assert.doesNotMatch(stdout + stderr, /hunter2/);
    const [webhook] = good.received.filter(({ path }) => path === '/hunter2');
    const { event, message } = JSON.parse(webhook?.body ?? '{}');
    assert.deepEqual([event, message], ['test', 'This is a test of the notifier ops.']);
    assert.equal(good.received.length, 2);
  });

  it('needs a notifier', async () => {
    using folder = createTemporaryFolder();
    const path = folder.write('kairos-pull.yaml', 'monitor: { store: memory, resources: [{ tcp: "127.0.0.1:9" }] }\n');
    const { exitCode, stderr } = await runCommand(['monitor', 'notify-test', '--config', path]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /has no notifiers: add them under monitor\.notify\./);
  });
});

describe('kairos-pull monitor --once', () => {
  it('delivers what is pending once, and pings', async () => {
    await using receiver = await startReceiver();
    await using closed = await startReceiver();
    await closed.close();
    using folder = createTemporaryFolder();
    const path = folder.write(
      'kairos-pull.yaml',
      `monitor:
  store: history.db
  failAfter: 1
  url: https://status.example/
  notify:
    - { webhook: "${receiver.origin}/hook" }
    - { ping: "${receiver.origin}/ping" }
  resources:
    - { tcp: "${closed.name}", id: database }
`,
    );
    const once = () => runCommand(['monitor', '--once', '--config', path]);
    receiver.respond = () => 503;
    await once();
    receiver.respond = () => 204;
    const { exitCode } = await once();
    assert.equal(exitCode, 6);
    await once();
    assert.deepEqual(receiver.received.map((one) => one.path).sort(), ['/hook', '/hook', '/ping', '/ping', '/ping']);
    assert.deepEqual(receiver.accepted.length, 1);
    const bodies = receiver.received.flatMap(({ body }) => (body === '' ? [] : [JSON.parse(body)]));
    assert.deepEqual(bodies[0], bodies[1]);
    assert.equal(bodies[0].url, 'https://status.example/resources/database');
  });
});
