// Heads of responses and redirects, checked and pulled by real clients.

import { REDIRECTS } from '../witness/redirects.ts';
import { witness } from '../witness/run.ts';
import { SYNTAX } from '../witness/syntax.ts';

witness(SYNTAX);
witness(REDIRECTS);
