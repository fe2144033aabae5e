// Codings, lengths and HTTP itself, checked and pulled by real clients.

import { witness } from '../witness/run.ts';
import { CODINGS, HTTP, LENGTHS } from '../witness/wire.ts';

witness(CODINGS);
witness(LENGTHS);
witness(HTTP);
