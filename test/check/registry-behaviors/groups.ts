// All rows, by title. A file of rows is added here.

import { ARTIFACTS } from './artifact.ts';
import type { RegistryBehavior } from './behavior.ts';
import { BLOBS, FOREIGN_LAYERS } from './blob.ts';
import { BLOCKED } from './blocked.ts';
import { CHALLENGES } from './challenge.ts';
import { CONTENT } from './content.ts';
import { CREDENTIALS } from './credentials.ts';
import { FAILED } from './failed.ts';
import { HEADS } from './head.ts';
import { INTERCEPTED } from './intercepted.ts';
import { LIMITED } from './limited.ts';
import { NOT_FOUND } from './not-found.ts';
import { PLATFORMS } from './platform.ts';
import { TOKENS } from './token.ts';

export const GROUPS: Readonly<Record<string, readonly RegistryBehavior[]>> = {
  challenges: CHALLENGES,
  'anonymous access': TOKENS,
  credentials: CREDENTIALS,
  'not found': NOT_FOUND,
  blocks: BLOCKED,
  'limits and outages': LIMITED,
  'another server instead of the registry': INTERCEPTED,
  'no response': FAILED,
  'HEAD and GET': HEADS,
  content: CONTENT,
  artifacts: ARTIFACTS,
  platforms: PLATFORMS,
  blobs: BLOBS,
  'foreign layers': FOREIGN_LAYERS,
};
