// Methods, ranges, statuses of success and User-Agent, checked and pulled by real clients.

import { CLIENT_NAMES, REQUESTS, STATUSES } from '../witness/requests.ts';
import { witness } from '../witness/run.ts';

witness(REQUESTS);
witness(STATUSES);
witness(CLIENT_NAMES);
