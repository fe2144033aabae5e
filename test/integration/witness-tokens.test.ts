// Token services, checked and pulled by real clients.

import { witness } from '../witness/run.ts';
import { REALMS, TOKEN_SERVICES } from '../witness/token-services.ts';

witness(TOKEN_SERVICES);
witness(REALMS);
