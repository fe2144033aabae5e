// The schema of the `monitor` section of the config file: its keys, their texts and values. Loaded by `monitor` alone:
// other commands accept the section unread.

import * as z from 'zod';
import { NOTIFIED_EVENTS } from '../monitor/history/event.ts';
import { parseLocalTime, parseTimeOfDay } from '../monitor/history/local-time.ts';
import { WEEKDAYS } from '../monitor/history/maintenance.ts';
import { parseAllowPattern } from '../monitor/probe/allow-list.ts';
import { MONITOR_ROLES } from '../monitor/role.ts';
import {
  parseJitter,
  parseLabel,
  parseListen,
  parsePublicUrl,
  parseSecretUrl,
  parseStore,
  parseTimeZone,
  parseVariableName,
} from './monitor-values.ts';
import { INTERVAL, resourceSchema } from './resource-schema.ts';
import { choice, count, expected, flag, groups, headers, listOf, path, period, text } from './schema-text.ts';

const timeZone = text(parseTimeZone, 'a time zone such as Europe/Berlin');

const secretUrl = z.union(
  [
    z
      .strictObject({
        url: text(parseSecretUrl, 'an http or https URL').optional(),
        urlEnv: text(parseVariableName, 'the name of an environment variable').optional(),
        urlFile: path.optional(),
        headers: headers.optional().meta({ description: 'sent with each request' }),
      })
      .refine(
        ({ url, urlEnv, urlFile }) => [url, urlEnv, urlFile].filter((value) => value !== undefined).length === 1,
        {
          ...expected('exactly one of url, urlEnv and urlFile'),
        },
      ),
    text(parseSecretUrl, 'an http or https URL').transform((url) => ({ url })),
  ],
  expected('url, urlEnv or urlFile'),
);

const notified = {
  name: text(parseLabel, 'a name').optional().meta({ description: 'for logs and metrics' }),
  groups: groups.optional().meta({ description: 'only events of these groups' }),
  remindAfter: period('1m', '31d', '4h')
    .optional()
    .meta({ description: 'sends a reminder each time an outage has been open for so long (default: none)' }),
};

const events = listOf(choice(NOTIFIED_EVENTS), 'the name of an event, or a list')
  .optional()
  .meta({ description: 'default: all but state' });

const notifier = z.union(
  [
    z.strictObject({ webhook: secretUrl.meta({ description: 'receives each event as JSON' }), events, ...notified }),
    z.strictObject({
      slack: secretUrl.meta({ description: 'a webhook of Slack or a compatible service' }),
      events,
      ...notified,
    }),
    z.strictObject({
      ping: secretUrl.meta({ description: 'requested every minute while the monitor works' }),
      name: notified.name,
    }),
  ],
  expected('exactly one of webhook, slack and ping'),
);

const always = {
  name: text(parseLabel, 'a name').optional(),
  timeZone: timeZone.optional().meta({ description: 'default: that of the monitor, then UTC' }),
  groups: groups.optional().meta({ description: 'default: all resources' }),
};
const localTime = text(parseLocalTime, 'a time such as 2026-12-01T22:00');
const timeOfDay = text(parseTimeOfDay, 'a time such as 22:00');

const maintenance = z.union(
  [
    z.strictObject({ from: localTime, to: localTime, ...always }),
    z.strictObject({
      weekly: listOf(choice(WEEKDAYS), 'a day such as sunday, or a list of days').meta({
        description: 'the days on which it begins',
      }),
      from: timeOfDay,
      to: timeOfDay.meta({ description: 'not later than from: on the next day' }),
      ...always,
    }),
  ],
  expected('from and to, such as 2026-12-01T22:00; or weekly, from and to'),
);

export const monitorSchema = z.strictObject(
  {
    listen: text(parseListen, 'host:port such as 127.0.0.1:8790')
      .optional()
      .meta({ description: 'address of dashboard, API and metrics (default: 127.0.0.1:8790)' }),
    store: text(parseStore, 'memory, a path or a postgres:// URL').optional().meta({
      description: 'where the history is kept: memory, a path, or a postgres:// URL (default: ./kairos-pull.db)',
    }),
    storeEnv: text(parseVariableName, 'the name of an environment variable')
      .optional()
      .meta({ description: 'the environment variable with the store' }),
    storeFile: path.optional().meta({ description: 'the file with the store' }),
    role: choice(MONITOR_ROLES)
      .optional()
      .meta({ description: 'role of this process when several share a PostgreSQL store (default: all)' }),
    url: text(parsePublicUrl, 'an http or https URL')
      .optional()
      .meta({ description: 'where users reach the dashboard, if not at the listen address' }),
    auth: z
      .strictObject(
        {
          bearerTokenFile: path.optional().meta({ description: 'a file with a token' }),
          basicFile: path.optional().meta({ description: 'a file of htpasswd -B lines' }),
          publicRead: flag.optional().meta({ description: 'reading needs no credential, metrics excepted' }),
        },
        expected('bearerTokenFile or basicFile'),
      )
      .optional()
      .meta({ description: 'required to listen on more than this machine' }),
    interval: INTERVAL.optional().meta({
      description: 'between two checks of a resource that sets none (default: 5m)',
    }),
    jitter: text(parseJitter, 'a share such as 10%')
      .optional()
      .meta({ description: 'a check starts later by up to this share of its interval (default: 10%)' }),
    failAfter: count(1, 100).optional().meta({ description: 'failures in a row that open an outage', default: 2 }),
    recoverAfter: count(1, 100).optional().meta({ description: 'successes in a row that close it', default: 2 }),
    retention: z
      .strictObject(
        {
          checks: period('1m', '400d', '7d').optional().meta({ description: 'default: 7d' }),
          hours: period('1h', '4000d', '90d').optional().meta({ description: 'default: 90d' }),
          days: period('1d', '4000d', '400d').optional().meta({ description: 'default: 400d' }),
        },
        expected('checks, hours and days'),
      )
      .optional()
      .meta({ description: 'how long single checks, hours and days are kept' }),
    timeZone: timeZone.optional().meta({ description: 'for drawing only (default: UTC)' }),
    kairosMetrics: flag
      .optional()
      .meta({ description: 'also expose the metrics of Kairos, by their names', default: false }),
    resources: z
      .array(resourceSchema, expected('a list of resources, such as - image: nginx:1.27'))
      .optional()
      .meta({ description: 'what is checked; required unless probe is enabled' }),
    notify: z
      .array(notifier, expected('a list, such as - webhook: { urlFile: hook.txt }'))
      .optional()
      .meta({ description: 'where events are sent' }),
    probe: z
      .strictObject(
        {
          enabled: flag.optional().meta({ description: 'serve /probe?target=', default: false }),
          allow: listOf(
            text(parseAllowPattern, 'a registry or an image such as ghcr.io/org/*'),
            'a list of images',
          ).meta({
            description: 'the images that a client may name, and the hosts that their checks may contact',
          }),
        },
        expected('enabled and allow'),
      )
      .optional()
      .meta({ description: 'checks of images that a client of /probe names' }),
    maintenance: z
      .array(maintenance, expected('a list, each with from and to'))
      .optional()
      .meta({ description: 'times without checks and events' }),
  },
  expected('settings such as interval: 5m'),
);

/** The validated section: texts are parsed, durations are milliseconds. */
export type MonitorValues = z.output<typeof monitorSchema>;
export type ResourceEntry = NonNullable<MonitorValues['resources']>[number];
export type MaintenanceEntry = NonNullable<MonitorValues['maintenance']>[number];
export type NotifyEntry = NonNullable<MonitorValues['notify']>[number];
