import { createHash } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import type { Plugin } from 'esbuild';
import { creationMessageSchema } from '../src/creations/message.ts';
import { ajvOptions } from '../src/groups/compile-schema.ts';
import { connectionIdSchema } from '../src/groups/connection-id.ts';
import { declaredGroupSchema, groupIdSchema } from '../src/groups/declared-group.ts';
import { externalGroupSchema, type IdCharacters, idCharacterSets } from '../src/groups/external-group.ts';
import { memberSchema } from '../src/groups/member.ts';
import {
  changeMessageSchema,
  mappedChangeSchema,
  patchMembersSchema,
  postedChangeSchema,
  putMembersSchema,
} from '../src/ledger/change-schemas.ts';
import { cloudEventSchema } from '../src/ledger/cloud-event.ts';
import { eventMessageSchema } from '../src/ledger/event-message.ts';

const characters = Object.keys(idCharacterSets) as IdCharacters[];

/** Every schema that the app or the command line compiles, by module; a missing one makes its first use fail. */
const modules = {
  'compile-schema': {
    exported: 'compileSchema',
    schemas: [
      connectionIdSchema,
      creationMessageSchema,
      ...characters.map((set) => externalGroupSchema(set)),
    ],
  },
  'compile-declared-schema': {
    exported: 'compileDeclaredSchema',
    schemas: [
      connectionIdSchema,
      changeMessageSchema({}),
      postedChangeSchema({}),
      mappedChangeSchema({}),
      eventMessageSchema,
      cloudEventSchema({}),
      putMembersSchema({}),
      patchMembersSchema({}),
      ...characters.flatMap((set) => [groupIdSchema(set), declaredGroupSchema(set), memberSchema(set)]),
    ],
  },
} as const;

/** Replaces the modules of `src/groups` that compile schemas with validators precompiled by AJV. */
export const precompileSchemas: Plugin = {
  name: 'precompile-schemas',
  setup(build) {
    for (const [name, { exported, schemas }] of Object.entries(modules))
      build.onLoad({ filter: new RegExp(`[\\\\/]src[\\\\/]groups[\\\\/]${name}\\.ts$`) }, () => ({
        contents: writeModule(exported, schemas),
        loader: 'js',
        // AJV's code requires two small helpers of its own.
        resolveDir: process.cwd(),
      }));
  },
};

function writeModule(exported: string, schemas: readonly object[]): string {
  const ajv = new Ajv2020({ ...ajvOptions, code: { source: true, esm: true } });
  const names = schemas.map((schema, index) => {
    const name = `validate${index}`;
    ajv.addSchema(schema, name);
    return { name, key: keyOf(schema) };
  });
  const code = standalone.default(ajv, Object.fromEntries(names.map(({ name }) => [name, name])));
  return `import { createHash } from 'node:crypto';
    ${code}
    const compiled = { ${names.map(({ name, key }) => `'${key}': ${name}`).join(', ')} };
    export function ${exported}(schema) {
      const key = createHash('sha256').update(JSON.stringify(schema)).digest('hex').slice(0, 16);
      const validator = compiled[key];
      if (validator === undefined) throw new Error('a schema that was not compiled when the app was built');
      return validator;
    }`;
}

/** Names a schema by its content, exactly as the generated module does. */
function keyOf(schema: object): string {
  return createHash('sha256').update(JSON.stringify(schema)).digest('hex').slice(0, 16);
}
