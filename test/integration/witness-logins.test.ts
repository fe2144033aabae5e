// Registries that want a login, checked and pulled by real clients.

import { LOGINS } from '../witness/logins.ts';
import { witness } from '../witness/run.ts';

witness(LOGINS);
