// The JSON Schema of the config file, for editors and for who writes such files by program.

import * as z from 'zod';
import { fileShape } from './file-shape.ts';

/** Draft 7, which every editor reads. The text of schema/kairos-pull.schema.json. */
export function formatConfigSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(fileShape, { target: 'draft-7', io: 'input' });
  return `${JSON.stringify({ $schema, title: 'kairos-pull.yaml', ...schema }, null, 2)}\n`;
}
