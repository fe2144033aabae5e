// Writes schema/: the JSON Schemas of kairos-pull.yaml and of the results. Needs build-modules/ (npm run build).

import { mkdirSync, writeFileSync } from 'node:fs';
import { formatConfigSchema, formatResultSchema } from '../build-modules/config/json-schema.js';

const folder = new URL('../schema/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('kairos-pull.schema.json', folder), formatConfigSchema());
writeFileSync(new URL('kairos-pull-result.schema.json', folder), formatResultSchema());
