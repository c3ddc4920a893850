import type { Endpoint } from './endpoint.ts';
import type { Services } from './services.ts';

export const signatureHeaders = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

/** The header parameters of every route that accepts signatures. */
export const signed = ['RequestId', ...signatureHeaders] as const;

/** A reference to a component of the document. */
export function ref(kind: 'schemas' | 'parameters' | 'headers', name: string) {
  return { $ref: `#/components/${kind}/${name}` };
}

/** References to several parameters. */
export function refer(...names: readonly string[]) {
  return names.map((name) => ref('parameters', name));
}

export const text = { type: 'string' } as const;
export const dateTime = { type: 'string', format: 'date-time' } as const;
export const count = { type: 'integer', minimum: 0 } as const;
export const onlyTrue = { type: 'boolean', const: true } as const;

/** The tags of the document, in the order in which a reader meets them. */
export const tags = [
  { name: 'Groups', description: 'Declare groups, and read their records.' },
  { name: 'Members', description: 'Declare the members of a group, and read their records.' },
  { name: 'Changes', description: 'Any change as one message, which a signature covers completely.' },
  { name: 'Creations', description: 'Graph’s create, made reliable: now, or deferred as an operation.' },
  { name: 'Service', description: 'The adapter itself.' },
] as const;

/** The description of a route: everything that a generated client or page shows. */
export interface DescribedOperation {
  readonly operationId: string;
  readonly tags: readonly [(typeof tags)[number]['name']];
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly object[];
  readonly requestBody?: {
    readonly required: true;
    readonly content: Readonly<Record<string, { readonly schema: object; readonly examples: object }>>;
  };
  readonly responses: Readonly<Record<string, object>>;
}

interface Opened {
  readonly open: (services: Services) => Endpoint;
}

/** A route: its description, and how its endpoint is made. */
export type DescribedRoute = Opened & DescribedOperation;

/** A route whose methods do different things. */
export interface RouteByMethod extends Opened {
  readonly describe: (method: string) => DescribedOperation;
}
