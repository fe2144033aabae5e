// Registries that want a login, checked and pulled by real clients.

import { LOGINS } from '../witness/logins.ts';
import { witness } from '../witness/run.ts';
import { STORED } from '../witness/stored-logins.ts';

witness(LOGINS);
witness(STORED);
