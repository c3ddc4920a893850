import type { GraphTarget } from './graph-request.ts';

/** The operations of the external groups API that Graph documents. */
export const graphOperations = [
  'create-group',
  'read-group',
  'update-group',
  'delete-group',
  'add-member',
  'remove-member',
] as const;
export type GraphOperation = (typeof graphOperations)[number];

const operations: { readonly [request: string]: GraphOperation | undefined } = {
  'POST groups': 'create-group',
  'GET group': 'read-group',
  'PATCH group': 'update-group',
  'DELETE group': 'delete-group',
  'POST members': 'add-member',
  'DELETE member': 'remove-member',
};

/** The operation that a request asks for; undefined if it is not documented. */
export function operationOf(method: string, { kind }: GraphTarget): GraphOperation | undefined {
  return operations[`${method} ${kind}`];
}
