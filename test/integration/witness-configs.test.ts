// Configs and platforms of images, checked and pulled by real clients.

import { CONFIGS } from '../witness/configs.ts';
import { witness } from '../witness/run.ts';

witness(CONFIGS);
