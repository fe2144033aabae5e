// Writes schema/kairos-pull.schema.json, the JSON Schema of kairos-pull.yaml. Needs dist/ (npm run build).

import { mkdirSync, writeFileSync } from 'node:fs';
import { formatConfigSchema } from '../dist/config/json-schema.js';

const folder = new URL('../schema/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('kairos-pull.schema.json', folder), formatConfigSchema());
