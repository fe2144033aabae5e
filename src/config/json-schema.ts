// The JSON Schemas, as the texts of schema/: of the config file, for editors, and of the results, for programs.

import * as z from 'zod';
import { configFileSchema } from './config-file-schema.ts';
import { monitorSchema } from './monitor-schema.ts';
import { documentSchema, OPEN } from './result-schema.ts';

/** In draft 7, which every editor reads. */
export function formatConfigSchema(): string {
  const monitor = monitorSchema.optional().meta({ description: 'What `kairos-pull monitor` checks, and how.' });
  const complete = configFileSchema.extend({ monitor });
  const { $schema, ...schema } = z.toJSONSchema(complete, { target: 'draft-7', io: 'input' });
  return `${JSON.stringify({ $schema, title: 'kairos-pull.yaml', ...schema }, null, 2)}\n`;
}

/** Draft 7 too; other keys are allowed, because they may be added. */
export function formatResultSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(documentSchema, {
    target: 'draft-7',
    // Of an output it would forbid other keys.
    io: 'input',
    override({ jsonSchema }) {
      // The bounds of every integer in JavaScript.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (!(OPEN in jsonSchema)) return;
      const { [OPEN]: _, type, enum: codes, description } = jsonSchema;
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key as keyof typeof jsonSchema];
      Object.assign(jsonSchema, {
        type,
        description,
        anyOf: [{ enum: codes }, { pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' }],
      });
    },
  });
  return `${JSON.stringify({ $schema, title: 'kairos-pull check -o json', ...schema }, null, 2)}\n`;
}
