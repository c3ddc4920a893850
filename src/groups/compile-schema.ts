import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** `verbose` adds the schema to each error, whose description is the error text; nothing of the input is copied. */
export const ajvOptions = {
  strict: true,
  allErrors: true,
  verbose: true,
  allowUnionTypes: true,
  discriminator: true,
} as const;

/**
 * The validator of a schema. In the deployed bundle this file is replaced by one with all validators precompiled
 * (`scripts/precompile-schemas.ts`): AJV would be half of the code that a cold start loads, and compiling more than half
 * of its time.
 */
export function compileSchema<T>(schema: object): ValidateFunction<T> {
  return new Ajv2020(ajvOptions).compile<T>(schema);
}
