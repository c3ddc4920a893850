import { compileDeclaredSchema } from '../groups/compile-declared-schema.ts';
import { type DeclaredGroup, declaredGroupSchema } from '../groups/declared-group.ts';
import type { IdCharacters } from '../groups/external-group.ts';
import type { FaultList } from '../groups/fault-list.ts';
import { createMemberReader, maxMembers } from '../groups/member-list.ts';
import { createTargetReader } from '../groups/target.ts';
import { toFaults } from '../groups/validation.ts';
import type { Change } from './core/change.ts';
import { patchMembersSchema, putMembersSchema } from './members-body.ts';

export type DeclaredKind = Exclude<Change['kind'], 'retry' | 'reassert'>;

/** A request that declares something; nothing is narrowed yet except the query. */
export interface ChangeInput {
  readonly kind: DeclaredKind;
  readonly connectionId: unknown;
  readonly groupId: unknown;
  /** The parsed body; `delete-group` has none. */
  readonly body: unknown;
  readonly sequence?: number;
  readonly removals?: number;
}

/** Null: there are errors in `faults`. */
export type ReadChange = (input: ChangeInput, faults: FaultList) => Change | null;

type PatchBody = { readonly add?: readonly unknown[]; readonly remove?: readonly unknown[] };

/** Checks path and body of a declaration together and adds the errors of both to the existing ones. */
export function createChangeReader(idCharacters: IdCharacters): ReadChange {
  const target = createTargetReader(idCharacters);
  const isGroup = compileDeclaredSchema<DeclaredGroup>(declaredGroupSchema(idCharacters));
  const isPut = compileDeclaredSchema<{ readonly members: readonly unknown[] }>(putMembersSchema({}));
  const isPatch = compileDeclaredSchema<PatchBody>(patchMembersSchema({}));
  const readMembers = createMemberReader(idCharacters);

  function readContent({ kind, groupId, body, removals }: ChangeInput, faults: FaultList) {
    const owner = typeof groupId === 'string' ? groupId : null;
    switch (kind) {
      case 'delete-group':
        return { kind };
      case 'put-group': {
        if (!isGroup(body)) {
          faults.add(toFaults('body', '', isGroup.errors));
          return null;
        }
        if (body.id !== undefined && body.id !== groupId)
          faults.add([
            { in: 'body', pointer: '/id', keyword: 'const', detail: 'must equal the id in the path' },
          ]);
        return { kind, displayName: body.displayName ?? null, description: body.description ?? null };
      }
      case 'put-members': {
        if (!isPut(body)) {
          faults.add(toFaults('body', '', isPut.errors));
          return null;
        }
        const members = readMembers(body.members, { pointer: '/members', groupId: owner }, faults);
        return { kind, members: [...members.values()], ...(removals === undefined ? {} : { removals }) };
      }
      case 'patch-members': {
        if (!isPatch(body)) {
          faults.add(toFaults('body', '', isPatch.errors));
          return null;
        }
        const add = readMembers(body.add ?? [], { pointer: '/add', groupId: owner }, faults);
        const from = { pointer: '/remove', groupId: owner, except: add };
        const remove = readMembers(body.remove ?? [], from, faults);
        return { kind, add: [...add.values()], remove: [...remove.values()] };
      }
    }
  }

  return (input, faults) => {
    const { sequence } = input;
    const connectionId = target.connectionId(input.connectionId, faults);
    const groupId = target.groupId(input.groupId, faults);
    const content = readContent(input, faults);
    if (!faults.isEmpty() || connectionId === null || groupId === null || content === null) return null;
    return { connectionId, groupId, ...(sequence === undefined ? {} : { sequence }), ...content };
  };
}

/** The length of the longest list of members in a change if it exceeds the limit; otherwise null. */
export function excessMembers(change: Change): number | null {
  const lengths =
    change.kind === 'put-members'
      ? [change.members.length]
      : change.kind === 'patch-members'
        ? [change.add.length, change.remove.length]
        : [];
  const longest = Math.max(0, ...lengths);
  return longest > maxMembers ? longest : null;
}
