import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse as parseYaml } from 'yaml';
import { MONITOR_KEYS } from '../../src/config/misplaced.ts';
import { monitorSchema } from '../../src/config/monitor-schema.ts';
import { type MonitorSection, readMonitorSection } from '../../src/config/monitor-section.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { isUsageError } from '../../src/core/usage-error.ts';

function read(text: string): MonitorSection {
  let section: ReturnType<typeof readMonitorSection> | undefined;
  parseConfig(text, {
    name: 'kairos-pull.yaml',
    locate: (path) => `/at/${path}`,
    readMonitor: (source) => {
      section = readMonitorSection(source, 'kairos-pull.yaml');
      return 'mistakes' in section ? section.mistakes : [];
    },
  });
  return section !== undefined && 'values' in section ? section : assert.fail('there is no section');
}

/** Every mistake, in order. */
function mistakesIn(text: string): readonly string[] {
  try {
    read(text);
  } catch (error) {
    assert.ok(isUsageError(error));
    return [error.message, ...error.examples];
  }
  return assert.fail('nothing was refused');
}

const values = (text: string) => read(text).values;
const NGINX = '  resources: [{ image: "nginx:1.27" }]\n';

describe('the monitor section', () => {
  it('is read with everything it can contain', () => {
    const { resources, ...rest } = values(`monitor:
  listen: "[::1]:0"
  store: memory
  url: https://status.example/pulls/
  auth: { bearerTokenFile: token.txt, basicFile: htpasswd, publicRead: true }
  interval: 1m30s
  jitter: 0%
  failAfter: 3
  recoverAfter: 1
  retention: { checks: 7d, hours: 90d, days: 400d }
  timeZone: Europe/Berlin
  kairosMetrics: true
  resources:
    - { image: ghcr.io/org/app:1.2, name: app, id: app, group: shop, interval: 1m, platform: linux/amd64, paused: true }
    - { image: a, proof: layers, expect: same-digest, credentials: { username: bot, passwordFile: secret } }
    - { image: b, platform: [linux/amd64, all], credentials: { authFile: auth.json } }
    - http: https://shop.example/healthz
      expect: { status: [200, 301-302], contains: ok }
      headers: { accept: text/plain }
      method: HEAD
      timeout: 2s
      insecure: true
      caFile: ca.pem
      authFile: auth.json
    - { tcp: "[::1]:5432", timeout: 500ms }
    - { files: [deploy/, compose.yaml], group: deploy }
    - { kairos: resources.yaml }
  notify:
    - { webhook: { urlFile: hook.txt, headers: { x-team: shop } }, events: outage, groups: [shop], name: team }
    - { slack: https://hooks.example/secret, events: [outage, recovered] }
    - { ping: { urlEnv: PING } }
  maintenance:
    - { name: upgrade, from: 2026-12-01T22:00, to: 2026-12-02T02:00, groups: shop }
    - { weekly: [saturday, sunday], from: 22:00, to: 02:00, timeZone: UTC }
`);
    assert.deepEqual(rest, {
      listen: { host: '::1', port: 0 },
      store: 'memory',
      url: 'https://status.example/pulls',
      auth: { bearerTokenFile: 'token.txt', basicFile: 'htpasswd', publicRead: true },
      interval: 90_000,
      jitter: 0,
      failAfter: 3,
      recoverAfter: 1,
      retention: { checks: 604_800_000, hours: 7_776_000_000, days: 34_560_000_000 },
      timeZone: 'Europe/Berlin',
      kairosMetrics: true,
      notify: [
        {
          webhook: { urlFile: 'hook.txt', headers: { 'x-team': 'shop' } },
          events: ['outage'],
          groups: ['shop'],
          name: 'team',
        },
        { slack: { url: 'https://hooks.example/secret' }, events: ['outage', 'recovered'] },
        { ping: { urlEnv: 'PING' } },
      ],
      maintenance: [
        {
          name: 'upgrade',
          from: { year: 2026, month: 12, day: 1, minutes: 1320 },
          to: { year: 2026, month: 12, day: 2, minutes: 120 },
          groups: ['shop'],
        },
        { weekly: ['saturday', 'sunday'], from: 1320, to: 120, timeZone: 'UTC' },
      ],
    });
    assert.deepEqual(resources, [
      {
        ...{ image: 'ghcr.io/org/app:1.2', name: 'app', id: 'app', group: 'shop', interval: 60_000 },
        ...{ platform: ['linux/amd64'], paused: true },
      },
      {
        ...{ image: 'a', proof: 'layers', expect: 'same-digest' },
        credentials: { username: 'bot', passwordFile: 'secret' },
      },
      { image: 'b', platform: ['linux/amd64', 'all'], credentials: { authFile: 'auth.json' } },
      {
        http: 'https://shop.example/healthz',
        expect: {
          status: [
            { from: 200, to: 200 },
            { from: 301, to: 302 },
          ],
          contains: 'ok',
        },
        ...{ headers: { accept: 'text/plain' }, method: 'HEAD', timeout: 2000 },
        ...{ insecure: true, caFile: 'ca.pem', authFile: 'auth.json' },
      },
      { tcp: { host: '::1', port: 5432 }, timeout: 500 },
      { files: ['deploy/', 'compose.yaml'], group: 'deploy' },
      { kairos: 'resources.yaml' },
    ]);
  });

  it('needs resources alone', () => {
    assert.deepEqual(values('monitor: { resources: [{ image: nginx }] }'), { resources: [{ image: 'nginx' }] });
  });

  it('labels a value with its path, the file and the line', () => {
    const { labelOf } = read('monitor:\n  resources:\n    - image: a\n    - image: b\n      interval: 1m\n');
    assert.equal(labelOf(['resources', 1, 'interval']), 'monitor.resources[1].interval in kairos-pull.yaml:5');
  });

  const refusals: readonly (readonly [string, string])[] = [
    ['listen: 8790', 'monitor.listen in kairos-pull.yaml:2: expected host:port such as 127.0.0.1:8790.'],
    [
      'listen: ":8790"',
      'monitor.listen in kairos-pull.yaml:2: ":8790" is not an address to listen on; use host:port such as 127.0.0.1:8790, or 0.0.0.0:8790 for every interface.',
    ],
    ['intervall: 5m', 'kairos-pull.yaml:2: unknown setting "monitor.intervall". Did you mean interval?'],
    ['interval: 60', 'monitor.interval in kairos-pull.yaml:2: "60" is missing a unit; use 60s for seconds.'],
    ['interval: [5m]', 'monitor.interval in kairos-pull.yaml:2: expected a duration such as 5m.'],
    [
      'retention: { checks: 7 }',
      'monitor.retention.checks in kairos-pull.yaml:2: "7" is missing a unit; use 7s for seconds.',
    ],
    [
      'caFile: a.pem',
      'kairos-pull.yaml:2: unknown setting "monitor.caFile". Put it at the top level of the file, or under registries for one of them.',
    ],
    ['timeout: 5s', 'kairos-pull.yaml:2: unknown setting "monitor.timeout". Put it at the top level of the file.'],
    ['interval: "5"', 'monitor.interval in kairos-pull.yaml:2: "5" is missing a unit; use 5s for seconds.'],
    ['interval: 9s', 'monitor.interval in kairos-pull.yaml:2: "9s" is too short; the minimum is 10s.'],
    ['interval: 32d', 'monitor.interval in kairos-pull.yaml:2: "32d" is too long; the maximum is 31d.'],
    [
      'store: postgres://me:pass@db.example/kairos',
      'monitor.store in kairos-pull.yaml:2: a URL with a password must not be in this file; use storeEnv or storeFile.',
    ],
    ['auth: { publicRead: true }', 'monitor.auth in kairos-pull.yaml:2: expected bearerTokenFile or basicFile.'],
    ['jitter: 51%', 'monitor.jitter in kairos-pull.yaml:2: "51%" is not a share from 0% to 50%, such as 10%.'],
    ['failAfter: 0', 'monitor.failAfter in kairos-pull.yaml:2: expected an integer from 1 to 100.'],
    ['retention: { hour: 90d }', 'kairos-pull.yaml:2: unknown setting "monitor.retention.hour". Did you mean hours?'],
    [
      'timeZone: Europe/Belrin',
      'monitor.timeZone in kairos-pull.yaml:2: "Europe/Belrin" is not a time zone. Did you mean Europe/Berlin? Use a name such as Europe/Berlin.',
    ],
    ['kairosMetrics: maybe', 'monitor.kairosMetrics in kairos-pull.yaml:2: expected true or false.'],
    [
      'url: status.example',
      'monitor.url in kairos-pull.yaml:2: "status.example" is not a URL; use one such as https://shop.example/healthz.',
    ],
    [
      'notify: [{ slak: https://a.example }]',
      'kairos-pull.yaml:2: unknown setting "monitor.notify[0].slak". Did you mean slack?',
    ],
    [
      'notify: [{ webhook: { url: "https://a.example", urlEnv: A } }]',
      'monitor.notify[0].webhook in kairos-pull.yaml:2: expected exactly one of url, urlEnv and urlFile.',
    ],
    [
      'notify: [{ ping: secret-without-scheme }]',
      'monitor.notify[0].ping in kairos-pull.yaml:2: expected an http or https URL.',
    ],
    [
      'notify: [{ webhook: { urlEnv: A }, events: [outtage] }]',
      'monitor.notify[0].events[0] in kairos-pull.yaml:2: "outtage" is unknown. Did you mean outage? Use one of: state, outage, recovered, digest-moved, drift, undetermined-long, quota-low, network, certificate-expiry, clock, reload.',
    ],
    [
      'notify: [{ webhook: { urlEnv: A }, name: a }, { ping: { urlEnv: B }, name: a }]',
      'monitor.notify[1].name in kairos-pull.yaml:2: the name is already used; use another one.',
    ],
    [
      'notify: [{ webhook: { urlEnv: A, headers: { "a b": c } } }]',
      'monitor.notify[0].webhook.headers.a b in kairos-pull.yaml:2: expected the name of a header.',
    ],
    [
      'maintenance: [{ from: 2026-12-01T22:00, to: 2026-12-01T21:00 }]',
      'monitor.maintenance[0].to in kairos-pull.yaml:2: must be later than from.',
    ],
    [
      'maintenance: [{ from: 2026-02-30T22:00, to: 2026-12-01T21:00 }]',
      'monitor.maintenance[0].from in kairos-pull.yaml:2: 2026-02-30 is not a date.',
    ],
    [
      'maintenance: [{ weekly: sundai, from: 22:00, to: 02:00 }]',
      'monitor.maintenance[0].weekly in kairos-pull.yaml:2: "sundai" is unknown. Did you mean sunday? Use one of: sunday, monday, tuesday, wednesday, thursday, friday, saturday.',
    ],
    ['probe: { enabled: true }', 'monitor.probe.allow in kairos-pull.yaml:2: expected a list of images.'],
    [
      'probe: { allow: ["*"] }',
      'monitor.probe.allow[0] in kairos-pull.yaml:2: "*" would let a client send requests to any host; name the hosts.',
    ],
    [
      'maintenance: [{ weekly: sunday, from: 25:00, to: 02:00 }]',
      'monitor.maintenance[0].from in kairos-pull.yaml:2: use a time such as 22:00.',
    ],
  ];
  for (const [line, sentence] of refusals) {
    it(`refuses: ${line}`, () => assert.deepEqual(mistakesIn(`monitor:\n  ${line}\n${NGINX}`), [sentence]));
  }

  const entries: readonly (readonly [string, string])[] = [
    [
      '{ image: Ghcr.io/Org/App }',
      '[0].image in kairos-pull.yaml:3: The repository "Org/App" contains uppercase letters; use "ghcr.io/org/app".',
    ],
    [
      '{ image: nginx, platform: [linux/amd64, plan9] }',
      '[0].platform[1] in kairos-pull.yaml:3: "plan9" is not a platform; use os/architecture, for example linux/amd64.',
    ],
    [
      '{ image: nginx, proof: layer }',
      '[0].proof in kairos-pull.yaml:3: "layer" is unknown. Did you mean layers? Use one of: head, manifest, layers.',
    ],
    [
      '{ image: nginx, credentials: { username: a } }',
      '[0].credentials.passwordFile in kairos-pull.yaml:3: expected a path.',
    ],
    [
      '{ image: nginx, id: App! }',
      '[0].id in kairos-pull.yaml:3: "App!" is not an id; use at most 60 of a-z, 0-9, dots and hyphens.',
    ],
    [
      '{ http: "ftp://shop.example" }',
      '[0].http in kairos-pull.yaml:3: "ftp://shop.example" is not a URL; use one such as https://shop.example/healthz.',
    ],
    [
      '{ http: "https://me:secret@shop.example" }',
      '[0].http in kairos-pull.yaml:3: a URL must not contain credentials in this file; use authFile.',
    ],
    [
      '{ http: "https://a.example", expect: { status: 200-900 } }',
      '[0].expect.status in kairos-pull.yaml:3: "200-900" is not a status; use one such as 200, or a range such as 200-299.',
    ],
    [
      '{ tcp: db.example }',
      '[0].tcp in kairos-pull.yaml:3: "db.example" is not a host and a port; use one such as db.example:5432.',
    ],
    ['{ files: [a, 5] }', '[0].files[1] in kairos-pull.yaml:3: expected a path.'],
    ['{ files: [] }', '[0].files in kairos-pull.yaml:3: expected a path, or a list of paths.'],
    ['nginx', '[0] in kairos-pull.yaml:3: expected exactly one of image, http, tcp, files, kairos and kubernetes.'],
    [
      '{ image: a, http: https://b.example }',
      '[0] in kairos-pull.yaml:3: expected exactly one of image, http, tcp, files, kairos and kubernetes.',
    ],
  ];
  for (const [entry, sentence] of entries) {
    it(`refuses the resource ${entry}`, () => {
      const text = `monitor:\n  resources:\n    - ${entry}\n`;
      assert.deepEqual(mistakesIn(text), [`monitor.resources${sentence}`]);
    });
  }

  it('names an unknown key of a resource with a suggestion, if only that kind has a similar one', () => {
    const unknown = (entry: string) => mistakesIn(`monitor:\n  resources:\n    - ${entry}\n`);
    assert.deepEqual(unknown('{ htpp: https://a.example }'), [
      'kairos-pull.yaml:3: unknown setting "monitor.resources[0].htpp". Did you mean http?',
    ]);
    assert.deepEqual(unknown('{ http: https://a.example, timeot: 5s }'), [
      'kairos-pull.yaml:3: unknown setting "monitor.resources[0].timeot". Did you mean timeout?',
    ]);
    assert.deepEqual(unknown('{ files: a, name: b }'), [
      'kairos-pull.yaml:3: unknown setting "monitor.resources[0].name".',
    ]);
  });

  it('refuses a password without showing it', () => {
    const text = 'monitor:\n  resources:\n    - image: a\n      credentials: { username: u, password: hunter2 }\n';
    assert.deepEqual(mistakesIn(text), [
      'monitor.resources[0].credentials.passwordFile in kairos-pull.yaml:4: expected a path.',
      'monitor.resources[0].credentials.password in kairos-pull.yaml:4: secrets are not allowed in this file; use passwordFile or authFile.',
    ]);
  });

  it('names the keys that this part of the file has for secrets', () => {
    const text = `monitor:
  auth: { bearerToken: hunter2, publicRead: true }
  resources: [{ image: a }]
  notify: [{ webhook: { urlEnv: HOOK, token: hunter2 } }]
`;
    const mistakes = mistakesIn(text).join('\n');
    assert.match(
      mistakes,
      /auth\.bearerToken in .*:2: secrets are not allowed in this file; use bearerTokenFile or basicFile\./,
    );
    assert.match(mistakes, /webhook\.token in .*:4: secrets are not allowed in this file; use urlFile or urlEnv\./);
    assert.doesNotMatch(mistakes, /hunter2/);
  });

  it('refuses the same id, and the same target without one', () => {
    const text = `monitor:
  resources:
    - { image: a, id: x }
    - { tcp: "b:1", id: x }
    - image: c
    - image: c
    - { image: c, id: y }
`;
    assert.deepEqual(mistakesIn(text), [
      'monitor.resources[1].id in kairos-pull.yaml:4: the id is already used in line 3; use another one.',
      'monitor.resources[3] in kairos-pull.yaml:6: the same image is in line 5; give one of them an id.',
    ]);
  });

  it('says where a setting belongs that another part of the file has', () => {
    const text = `resources:
  - image: nginx
listen: 127.0.0.1:1
monitor:
  resources:
    - { image: a, caFile: ca.pem }
    - { image: b, username: bot }
    - { files: c, passwordFile: p }
    - { image: d, authFile: auth.json, retries: 3 }
    - { tcp: "e:1", notify: [] }
    - { http: "http://f.example/", username: bot }
    - { image: g, password: hunter2 }
    - { image: h, credentials: { username: bot, passwordFile: p, password: hunter2 } }
`;
    const unknown = (line: number, key: string): string => `kairos-pull.yaml:${line}: unknown setting "${key}".`;
    const ofResource = (key: string): string =>
      ` Put it under credentials of the resource: credentials: { ${key}: … }.`;
    assert.deepEqual(mistakesIn(text), [
      `${unknown(1, 'resources')} Put it under monitor.`,
      `${unknown(3, 'listen')} Put it under monitor.`,
      `${unknown(6, 'monitor.resources[0].caFile')} Put it at the top level of the file, or under registries for one of them.`,
      `${unknown(7, 'monitor.resources[1].username')}${ofResource('username')}`,
      `${unknown(8, 'monitor.resources[2].passwordFile')}${ofResource('passwordFile')}`,
      `${unknown(9, 'monitor.resources[3].authFile')}${ofResource('authFile')}`,
      `${unknown(9, 'monitor.resources[3].retries')} Put it at the top level of the file.`,
      `${unknown(10, 'monitor.resources[4].notify')} Put it under monitor.`,
      `${unknown(11, 'monitor.resources[5].username')} Use authFile.`,
      'monitor.resources[6].password in kairos-pull.yaml:12: secrets are not allowed in this file; use credentials.passwordFile or credentials.authFile.',
      'monitor.resources[7].credentials.password in kairos-pull.yaml:13: secrets are not allowed in this file; use passwordFile or authFile.',
    ]);
  });

  it('knows every key of the section', () =>
    assert.deepEqual([...MONITOR_KEYS].sort(), Object.keys(monitorSchema.shape).sort()));

  it('refuses a section without resources', () => {
    const problem = 'expected at least one resource, such as - image: nginx:1.27.';
    assert.deepEqual(mistakesIn('monitor: { interval: 5m }'), [`monitor in kairos-pull.yaml:1: ${problem}`]);
    assert.deepEqual(mistakesIn('monitor:\n  resources: []'), [`monitor.resources in kairos-pull.yaml:2: ${problem}`]);
    assert.deepEqual(mistakesIn('monitor: { probe: { allow: [ghcr.io] } }'), [
      `monitor in kairos-pull.yaml:1: ${problem}`,
    ]);
    for (const resources of ['', '  resources: []\n']) {
      assert.ok(values(`monitor:\n${resources}  probe: { enabled: true, allow: [ghcr.io] }\n`).probe?.enabled);
    }
    assert.deepEqual(mistakesIn('monitor: yes'), [
      'monitor in kairos-pull.yaml:1: expected settings such as interval: 5m.',
    ]);
  });

  it('reports every mistake of the file, in order, with those outside the section', () => {
    const text = 'timeot: 5s\nmonitor:\n  interval: 5s\n  resources:\n    - image: A\nretries: many\n';
    assert.deepEqual(mistakesIn(text), [
      'kairos-pull.yaml:1: unknown setting "timeot". Did you mean timeout?',
      'monitor.interval in kairos-pull.yaml:3: "5s" is too short; the minimum is 10s.',
      'monitor.resources[0].image in kairos-pull.yaml:5: The repository "A" contains uppercase letters; use "a".',
      'retries in kairos-pull.yaml:6: expected an integer from 0 to 100.',
    ]);
  });

  it('reports the first hundred of very many mistakes', () => {
    const lines = Array.from({ length: 5000 }, (_, index) => `    - { image: a${index}, intervall: 5m }\n`);
    const mistakes = mistakesIn(`monitor:\n  resources:\n${lines.join('')}`);
    assert.equal(mistakes.length, 101);
    assert.equal(mistakes.at(-1), '4900 more mistakes omitted.');
  });

  it('is accepted unread where only other commands read the file', () => {
    const text = 'monitor:\n  anything: [1, { at: all }]\ntimeout: 5s\n';
    assert.deepEqual(parseConfig(text, { name: 'a', locate: (path) => path }).values, {
      timeout: { raw: '5s', label: 'timeout in a:3' },
    });
    assert.ok(parseYaml(text));
  });
});
