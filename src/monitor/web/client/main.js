// The script of the pages: keeps them current, filters, and moves through a bar. Without it the pages are complete.

import { prepareOverview } from './overview.js';
import { pageKind } from './page.js';
import { prepareResource } from './resource.js';
import { follow } from './stream.js';

if (pageKind === 'overview') prepareOverview();
if (pageKind === 'resource') prepareResource();
if (pageKind !== 'error') follow();
