import {
  allowWebhookOrigin,
  defineSource,
  type Mapped,
  type SourceMember,
} from '../src/sources/define-source.ts';
import { isOneOf } from '../src/sources/is-one-of.ts';
import { isAddress, sequenceAt, textAt, UnmappableEvent, valueAt } from '../src/sources/read-event.ts';

/**
 * Auth0 event streams (auth0.com/docs/events: group.*, organization.*). A secret is the token of an authorization by
 * bearer, or `user:password` of a basic one.
 */
export const auth0 = defineSource({
  verify: ({ headers }, secrets) =>
    isOneOf(
      headers.get('authorization'),
      secrets.flatMap((secret) => [
        `Bearer ${secret}`,
        `Basic ${Buffer.from(secret, 'utf8').toString('base64')}`,
      ]),
    ),
  handshake: allowWebhookOrigin,
  map: (event) => {
    if (valueAt(event, 'a0purpose') === 'test') return { ignored: 'test' };
    return kinds.get(textAt(event, 'type'))?.(event) ?? { ignored: 'other-kind' };
  },
});

const kinds = new Map<string, (event: unknown) => Mapped>([
  ['group.created', (event) => putGroup(event, 'name')],
  ['group.updated', (event) => putGroup(event, 'name')],
  ['group.deleted', (event) => ({ ...about(event), delete: true })],
  ['group.member.added', (event) => ({ ...about(event, 'group'), add: [memberIn(event)] })],
  ['group.member.deleted', (event) => ({ ...about(event, 'group'), remove: [memberIn(event)] })],
  ['organization.created', (event) => putGroup(event, 'display_name')],
  ['organization.updated', (event) => putGroup(event, 'display_name')],
  ['organization.deleted', (event) => ({ ...about(event), delete: true })],
  ['organization.member.added', (event) => ({ ...about(event, 'organization'), add: [userIn(event)] })],
  ['organization.member.deleted', (event) => ({ ...about(event, 'organization'), remove: [userIn(event)] })],
]);

/** The group or organization that the event is of, or that is named in it. Ids have an underscore, which not every group id may have. */
function about(event: unknown, ...named: readonly string[]) {
  const id = textAt(event, 'data', 'object', ...named, 'id');
  return { groupId: id.replaceAll('_', ''), sequence: sequenceAt(event, 'time') };
}

/** An organization need not have a display name; it always has a name. */
function putGroup(event: unknown, name: 'name' | 'display_name'): Mapped {
  const hasName = typeof valueAt(event, 'data', 'object', name) === 'string';
  return {
    ...about(event),
    group: { displayName: textAt(event, 'data', 'object', hasName ? name : 'name') },
  };
}

function memberIn(event: unknown): SourceMember {
  const kind = textAt(event, 'data', 'object', 'member', 'member_type');
  if (kind !== 'user') throw new UnmappableEvent('"data.object.member.member_type" is not "user"');
  return toMember(valueAt(event, 'data', 'object', 'member'), 'id');
}

function userIn(event: unknown): SourceMember {
  return toMember(valueAt(event, 'data', 'object', 'user'), 'user_id');
}

/**
 * Auth0 names a user by its own id, `<strategy>|<connection>|<id there>`. Of a user of Entra ID that is the object id if the
 * connection’s user id attribute is `oid`; SAML and OpenID providers often use the address.
 */
function toMember(user: unknown, idName: string): SourceMember {
  const [strategy, ...rest] = textAt(user, idName).split('|');
  const own = rest.at(-1) ?? '';
  if (strategy === 'waad' && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(own))
    return { type: 'user', id: own };
  const address = [valueAt(user, 'email'), own].find((text) => isAddress(text));
  if (typeof address === 'string') return { type: 'user', mail: address };
  throw new UnmappableEvent(`"${idName}" holds neither an object id of Entra ID nor an address`);
}
