import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** `verbose` hands each error its schema, whose description words the fault; nothing of the input is copied. */
export const ajvOptions = {
  strict: true,
  allErrors: true,
  verbose: true,
  allowUnionTypes: true,
  discriminator: true,
} as const;

/**
 * The validator of a schema. The deployed bundle has another file in place of this one, with every validator in it
 * already compiled (`scripts/precompile-schemas.ts`): AJV would be half of the code that a cold start loads, and
 * compiling more than half of its time.
 */
export function compileSchema<T>(schema: object): ValidateFunction<T> {
  return new Ajv2020(ajvOptions).compile<T>(schema);
}
