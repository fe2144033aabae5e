// Validates a result against the published JSON Schema.

import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { formatResultSchema } from '../../src/config/json-schema.ts';

export function resultValidator(): ValidateFunction {
  const ajv = formats.default(new Ajv({ allErrors: true, strictTypes: false }));
  ajv.addSchema(JSON.parse(formatResultSchema()), 'schema');
  const validate = ajv.getSchema('schema#/definitions/result');
  if (validate === undefined) throw new TypeError('the schema has no definition of a result');
  return validate;
}
