// Mirrors, checked and pulled through by real clients.

import { MIRROR_CONNECTIONS } from '../witness/mirror-connections.ts';
import { HOSTS_TOML, REGISTRIES_CONF } from '../witness/mirrors.ts';
import { witness } from '../witness/run.ts';

witness(REGISTRIES_CONF);
witness(HOSTS_TOML);
witness(MIRROR_CONNECTIONS);
