import { toHead } from './core/entity.ts';
import { failureOf, stateOf } from './core/group-record.ts';

/** A declared group in storage in a few words, for diagnostics. Throws if the entity is not a group's. */
export function summariseHead(entity: { readonly [property: string]: unknown }) {
  const { head } = toHead(entity);
  return {
    connectionId: head.connectionId,
    groupId: head.groupId,
    state: stateOf(head),
    code: failureOf(head)?.code ?? null,
  };
}
