import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';

type Schema = Readonly<Record<string, unknown>>;

export const text = { type: 'string' } as const;
export const flag = { type: 'boolean' } as const;
export const count = { type: 'integer', minimum: 0, description: 'a whole number, zero or more' } as const;
export const status = {
  type: 'integer',
  minimum: 200,
  maximum: 599,
  description: 'an HTTP status from 200 to 599',
} as const;

/** An object with these members and no others. */
export function object(properties: Schema, required: readonly string[] = []): Schema {
  return { type: 'object', additionalProperties: false, properties, required };
}

/** One of several objects, distinguished by `kind`; `shared` members are allowed in each. */
export function byKind(kinds: Readonly<Record<string, Schema>>, shared: Schema = {}): Schema {
  return {
    type: 'object',
    discriminator: { propertyName: 'kind' },
    oneOf: Object.entries(kinds).map(([kind, { required = [], ...properties }]) =>
      object({ kind: { const: kind }, ...properties, ...shared }, ['kind', ...(required as string[])]),
    ),
  };
}

const ajv = new Ajv2020({
  allErrors: true,
  verbose: true,
  discriminator: true,
  strict: true,
  strictTypes: false,
});

/** Finds what is wrong with a JSON value: a clause for each error, with `name` for the value itself. */
export function createFaultFinder(schema: Schema): (value: unknown, name: string) => string[] {
  const isValid = ajv.compile(schema);
  return (value, name) =>
    isValid(value) ? [] : (isValid.errors ?? []).map((error) => `${name}${pathOf(error)} ${describe(error)}`);
}

function pathOf({ instancePath, keyword, params }: ErrorObject): string {
  const missing = keyword === 'required' ? `.${params.missingProperty}` : '';
  const tag = keyword === 'discriminator' ? '.kind' : '';
  return `${instancePath.replaceAll('/', '.')}${missing}${tag}`;
}

function describe({ keyword, params, parentSchema, message }: ErrorObject): string {
  const {
    properties = {},
    oneOf = [],
    description,
  } = parentSchema as {
    properties?: Schema;
    oneOf?: readonly { properties: { kind: { const: string } } }[];
    description?: string;
  };
  if (keyword === 'required') return 'is missing';
  if (keyword === 'additionalProperties')
    return `may not have "${params.additionalProperty}" (it may have ${Object.keys(properties).join(', ')})`;
  if (keyword === 'discriminator')
    return `must be one of ${oneOf.map((kind) => kind.properties.kind.const).join(', ')}`;
  if (keyword === 'enum') return `must be one of ${params.allowedValues.join(', ')}`;
  if (description !== undefined) return `must be ${description}`;
  if (params.type === 'boolean') return 'must be true or false';
  if (params.type === 'object') return 'must be a JSON object';
  return message ?? 'is wrong';
}
