// Manifests of odd types and with odd fields, checked and pulled by real clients.

import { FIELDS, MEDIA_TYPES } from '../witness/manifests.ts';
import { witness } from '../witness/run.ts';

witness(MEDIA_TYPES);
witness(FIELDS);
