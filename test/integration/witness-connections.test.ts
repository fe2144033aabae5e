// TLS, certificates and proxies, checked and pulled by real clients.

import { PROXIES, TLS } from '../witness/connections.ts';
import { witness } from '../witness/run.ts';

witness(TLS);
witness(PROXIES);
