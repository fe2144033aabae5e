// HEAD and digests of manifests, checked and pulled by real clients.

import { ALGORITHMS, HEADS } from '../witness/digests.ts';
import { witness } from '../witness/run.ts';

witness(HEADS);
witness(ALGORITHMS);
