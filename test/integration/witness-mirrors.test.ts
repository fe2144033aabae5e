// Mirrors, checked and pulled through by real clients.

import { HOSTS_TOML, REGISTRIES_CONF } from '../witness/mirrors.ts';
import { witness } from '../witness/run.ts';

witness(REGISTRIES_CONF);
witness(HOSTS_TOML);
