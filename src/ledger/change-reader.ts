import type { ValidateFunction } from 'ajv/dist/2020.js';
import { compileDeclaredSchema } from '../groups/compile-declared-schema.ts';
import { type DeclaredGroup, declaredGroupSchema } from '../groups/declared-group.ts';
import type { IdCharacters } from '../groups/external-group.ts';
import type { FaultList } from '../groups/fault-list.ts';
import type { NameKind } from '../groups/member-name.ts';
import { createTargetReader } from '../groups/target.ts';
import { toFaults } from '../groups/validation.ts';
import type { Envelope } from '../queue/envelope.ts';
import type { Steps } from '../shared/steps.ts';
import {
  changeMessageSchema,
  mappedChangeSchema,
  orderedContents,
  patchMembersSchema,
  postedChangeSchema,
  putMembersSchema,
} from './change-schemas.ts';
import { createCloudEventReader } from './cloud-event.ts';
import type { RequestedChange } from './core/change.ts';
import { type ChangeParts, createToChange } from './to-change.ts';

export type DeclaredKind = 'put-group' | 'delete-group' | 'put-members' | 'patch-members';

/** A request that names its group in the path; nothing is narrowed yet except the query. */
export interface RouteInput {
  readonly kind: DeclaredKind;
  readonly connectionId: unknown;
  readonly groupId: unknown;
  /** The parsed body; `delete-group` has none. */
  readonly body: unknown;
  readonly sequence?: number;
  readonly removals?: number;
}

/** A message: the parts of a change, and what only the queue (`look`) or only HTTP (`dryRun`) accepts. */
export interface MessageMembers extends ChangeParts, Envelope {
  readonly look?: number;
  readonly putOff?: number;
  readonly dryRun?: boolean;
}

/** A message by the schema of its door. */
interface OutlinedMessage {
  readonly message: MessageMembers;
  /** JSON pointer to the message in what was sent. */
  readonly at: string;
}

interface MessageInput {
  readonly value: unknown;
  readonly isEvent: boolean;
  /** Which members may be beside the change. */
  readonly door: 'queue' | 'http' | 'source';
}

/**
 * Reads what declares something, through whichever door it comes, in steps: a list may have 50,000 members. Errors are
 * added to the list; null: there are some.
 */
export interface ChangeReader {
  readonly fromRoute: (input: RouteInput, faults: FaultList) => Steps<RequestedChange | null>;
  /** A message, or an event that carries one, as far as the schema goes. */
  readonly outline: (input: MessageInput, faults: FaultList) => Steps<OutlinedMessage | null>;
  /** The change that an outlined message asks for. */
  readonly fromMessage: (outlined: OutlinedMessage, faults: FaultList) => Steps<RequestedChange>;
}

type PatchBody = Pick<ChangeParts, 'add' | 'remove'>;
type Parts = Omit<ChangeParts, 'connectionId' | 'groupId' | 'sequence'>;

/** Validators are compiled on first use: the queue and the routes need different ones. */
function compiled<T>(schema: () => object): () => ValidateFunction<T> {
  let validate: ValidateFunction<T> | undefined;
  return () => {
    validate ??= compileDeclaredSchema<T>(schema());
    return validate;
  };
}

/** `memberNames`: the kinds of names that may replace the id of a member. */
export function createChangeReader(
  idCharacters: IdCharacters,
  memberNames: readonly NameKind[] = [],
): ChangeReader {
  const target = createTargetReader(idCharacters);
  const { change: toChange, addListFaults } = createToChange({ idCharacters, memberNames });
  const readEvent = createCloudEventReader();
  const group = compiled<DeclaredGroup>(() => declaredGroupSchema(idCharacters));
  const put = compiled<{ readonly members: readonly unknown[] }>(() => putMembersSchema({}));
  const patch = compiled<PatchBody>(() => patchMembersSchema({}));
  const doors = {
    queue: compiled<MessageMembers>(() => changeMessageSchema({})),
    http: compiled<MessageMembers>(() => postedChangeSchema({})),
    source: compiled<MessageMembers>(() => mappedChangeSchema({})),
  };

  function* check<T>(isValid: ValidateFunction<T>, body: unknown, faults: FaultList): Steps<T | null> {
    if (isValid(body)) return body;
    faults.add(toFaults('body', '', isValid.errors));
    yield* addListFaults(body, '', faults);
    return null;
  }

  /** The body of a route as the parts of a message. */
  function* partsOf({ kind, groupId, body, removals }: RouteInput, faults: FaultList): Steps<Parts | null> {
    switch (kind) {
      case 'delete-group':
        return { delete: true };
      case 'put-group': {
        const declared = yield* check(group(), body, faults);
        if (declared === null) return null;
        const { id, ...properties } = declared;
        if (id !== undefined && id !== groupId)
          faults.add([
            { in: 'body', pointer: '/id', keyword: 'const', detail: 'must equal the id in the path' },
          ]);
        return { group: properties };
      }
      case 'put-members': {
        const list = yield* check(put(), body, faults);
        return list && { members: list.members, ...(removals === undefined ? {} : { removals }) };
      }
      case 'patch-members':
        return yield* check(patch(), body, faults);
    }
  }

  return {
    *fromRoute(input, faults) {
      const connectionId = target.connectionId(input.connectionId, faults);
      const groupId = target.groupId(input.groupId, faults);
      const parts = yield* partsOf(input, faults);
      if (parts === null) return null;
      const { sequence } = input;
      const ordered = sequence === undefined ? {} : { sequence };
      // The lists are read even if the path is wrong, so that the errors of both are reported at once.
      const ids = { connectionId: connectionId ?? '', groupId: groupId ?? '' };
      const change = yield* toChange({ ...ids, ...ordered, ...parts }, '', faults);
      return connectionId === null || groupId === null || !faults.isEmpty() ? null : change;
    },
    *outline({ value, isEvent, door }, faults) {
      const event = isEvent ? readEvent(value, faults, needsSequence) : null;
      if (isEvent && event === null) return null;
      const { data, sequence, ...trace } = event ?? { data: value };
      const at = event === null ? '' : '/data';
      const ordered = sequence === undefined ? {} : { sequence };
      const traced = door === 'queue' ? trace : {};
      const message = event === null || !isObject(data) ? data : { ...traced, ...ordered, ...data };
      const isValid = doors[door]();
      if (isValid(message)) return { message, at };
      // One sentence says which alternatives there are; the errors of each would only confuse.
      const errors = isValid.errors?.filter(({ schemaPath }) => !/\/(?:one|any)Of\/\d+\//.test(schemaPath));
      faults.add(toFaults('body', at, errors));
      yield* addListFaults(message, at, faults);
      return null;
    },
    fromMessage: ({ message, at }, faults) => toChange(message, at, faults),
  };
}

function needsSequence(data: unknown): boolean {
  if (!isObject(data) || Object.hasOwn(data, 'sequence')) return false;
  return orderedContents.some((name) => Object.hasOwn(data, name));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
