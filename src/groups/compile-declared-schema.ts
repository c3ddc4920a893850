/**
 * The validators of declared groups, in a separate module: in the deployed bundle they are precompiled and loaded with
 * the first request or message that needs them (`scripts/precompile-schemas.ts`).
 */
export { compileSchema as compileDeclaredSchema } from './compile-schema.ts';
