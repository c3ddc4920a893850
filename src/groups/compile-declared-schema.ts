/**
 * The validators of declared groups, in a module of their own: the deployed bundle has them compiled already, and
 * loads them with the first request or message that needs them (`scripts/precompile-schemas.ts`).
 */
export { compileSchema as compileDeclaredSchema } from './compile-schema.ts';
