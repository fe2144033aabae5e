// Every row of the witness suite, in the order of docs/truth.md. A file of rows is added here and to a test beside it.

import { ANSWERS, INDEXES, PLAIN_HTTP } from './answers.ts';
import { CONFIGS } from './configs.ts';
import { PROXIES, TLS } from './connections.ts';
import { ALGORITHMS, HEADS } from './digests.ts';
import { BLOBS, LAYER_TYPES } from './layers.ts';
import { LOGINS } from './logins.ts';
import { FIELDS, MEDIA_TYPES } from './manifests.ts';
import { MIRROR_CONNECTIONS } from './mirror-connections.ts';
import { HOSTS_TOML, REGISTRIES_CONF } from './mirrors.ts';
import { REDIRECTS } from './redirects.ts';
import { CLIENT_NAMES, REQUESTS, STATUSES } from './requests.ts';
import type { Group } from './situation.ts';
import { STORED } from './stored-logins.ts';
import { SYNTAX } from './syntax.ts';
import { REALMS, TOKEN_SERVICES } from './token-services.ts';
import { CODINGS, HTTP, LENGTHS } from './wire.ts';

export const GROUPS: readonly Group[] = [
  LOGINS,
  STORED,
  TOKEN_SERVICES,
  REALMS,
  ANSWERS,
  MEDIA_TYPES,
  HEADS,
  ALGORITHMS,
  FIELDS,
  INDEXES,
  CONFIGS,
  LAYER_TYPES,
  BLOBS,
  REGISTRIES_CONF,
  HOSTS_TOML,
  MIRROR_CONNECTIONS,
  HTTP,
  REQUESTS,
  STATUSES,
  CLIENT_NAMES,
  SYNTAX,
  REDIRECTS,
  CODINGS,
  LENGTHS,
  TLS,
  PROXIES,
  PLAIN_HTTP,
];
