/** The catalog's published JSON Schema (draft 2020-12), for editors and for other tools that write catalogs. */
import { z } from 'zod';
import { catalogFile } from './schema.js';

/**
 * Says of a file what can be said without knowing the rest of it; `creditd catalog check` says the rest. Decimals may be
 * written as numbers or as text, and both are read exactly.
 */
export function catalogJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(catalogFile, {
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.numeric !== true) return;
      delete jsonSchema.numeric;
      if (jsonSchema.enum) jsonSchema.enum = jsonSchema.enum.flatMap((one) => [one, Number(one)]);
      Object.assign(jsonSchema, jsonSchema.enum ? { type: undefined } : { type: ['number', 'string'] });
      if (jsonSchema.type === undefined) delete jsonSchema.type;
    },
  });
  return { ...schema, title: 'A creditd catalog' };
}
