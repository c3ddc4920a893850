import { defineSource, type Mapped, type SourceMember } from '../src/sources/define-source.ts';
import { isOneOf } from '../src/sources/is-one-of.ts';
import {
  addressAt,
  listAt,
  mapEach,
  sequenceAt,
  textAt,
  UnmappableEvent,
  valueAt,
} from '../src/sources/read-event.ts';

/** Results of which Okta says that nothing was done (developer.okta.com: System Log API, outcome). */
const notCarriedOut: readonly unknown[] = ['FAILURE', 'SKIPPED', 'DENY', 'ABANDONED'];

/**
 * Okta event hooks (developer.okta.com/docs/concepts/event-hooks). The secret is the whole value of the `Authorization`
 * header as it is set in the hook. A user’s `alternateId` is the login, which is taken for the user principal name.
 */
export const okta = defineSource({
  verify: ({ headers }, secrets) => isOneOf(headers.get('authorization'), secrets),
  handshake: ({ method, headers }) => {
    const challenge = headers.get('x-okta-verification-challenge');
    return method === 'GET' && challenge !== null ? { body: { verification: challenge } } : null;
  },
  map: (event) => mapEach(listAt(event, 'data', 'events'), mapLogEvent),
});

function mapLogEvent(event: unknown): Mapped | readonly Mapped[] {
  const kind = kinds.get(textAt(event, 'eventType'));
  if (kind === undefined) return { ignored: 'other-kind' };
  if (notCarriedOut.includes(valueAt(event, 'outcome', 'result'))) return { ignored: 'not-carried-out' };
  return kind(event);
}

const kinds = new Map<string, (event: unknown) => Mapped | readonly Mapped[]>([
  ['group.user_membership.add', (event) => [...nameOf(event), { ...about(event), add: [userIn(event)] }]],
  // It says nothing about the group, which may be gone: Okta removes the members of a group that it deletes.
  ['group.user_membership.remove', (event) => ({ ...about(event), remove: [userIn(event)] })],
  ['group.lifecycle.create', nameOf],
  ['group.profile.update', nameOf],
  ['group.lifecycle.delete', (event) => ({ ...about(event), delete: true })],
]);

function nameOf(event: unknown): readonly Mapped[] {
  const displayName = valueAt(target(event, 'UserGroup'), 'displayName');
  return typeof displayName === 'string' ? [{ ...about(event), group: { displayName } }] : [];
}

function about(event: unknown) {
  return { groupId: textAt(target(event, 'UserGroup'), 'id'), sequence: sequenceAt(event, 'published') };
}

function userIn(event: unknown): SourceMember {
  return { type: 'user', upn: addressAt(target(event, 'User'), 'alternateId') };
}

function target(event: unknown, type: string): unknown {
  const found = listAt(event, 'target').filter((one) => valueAt(one, 'type') === type);
  if (found.length === 1) return found[0];
  throw new UnmappableEvent(`"target" has ${found.length} entries of type ${type}`);
}
