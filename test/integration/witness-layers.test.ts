// Layers of odd types and in odd answers, checked and pulled by real clients.

import { BLOBS, LAYER_TYPES } from '../witness/layers.ts';
import { witness } from '../witness/run.ts';

witness(LAYER_TYPES);
witness(BLOBS);
