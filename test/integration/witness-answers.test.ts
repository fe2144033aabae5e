// Statuses of registries, indexes, and what is not supported yet, checked and pulled by real clients.

import { ANSWERS, INDEXES, PLAIN_HTTP } from '../witness/answers.ts';
import { witness } from '../witness/run.ts';

witness(ANSWERS);
witness(INDEXES);
witness(PLAIN_HTTP);
