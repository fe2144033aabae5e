// The JSON Schema of the config file, for editors: the text of schema/kairos-pull.schema.json.

import * as z from 'zod';
import { configFileSchema } from './config-file-schema.ts';
import { monitorSchema } from './monitor-schema.ts';

/** In draft 7, which every editor reads. */
export function formatConfigSchema(): string {
  const monitor = monitorSchema.optional().meta({ description: 'What `kairos-pull monitor` checks, and how.' });
  const complete = configFileSchema.extend({ monitor });
  const { $schema, ...schema } = z.toJSONSchema(complete, { target: 'draft-7', io: 'input' });
  return `${JSON.stringify({ $schema, title: 'kairos-pull.yaml', ...schema }, null, 2)}\n`;
}
