import { isSigned } from '../src/shared/standard-webhooks.ts';
import { defineSource, type Mapped } from '../src/sources/define-source.ts';
import { isOneOf } from '../src/sources/is-one-of.ts';
import { addressAt, sequenceAt, textAt, UnmappableEvent, valueAt } from '../src/sources/read-event.ts';

/**
 * GitLab group webhooks (docs.gitlab.com/user/project/integrations/webhook_events: group member events, subgroup events).
 * A secret is a secret token (`X-Gitlab-Token`) or a signing token (`whsec_…`, Standard Webhooks). A user’s address is
 * `[REDACTED]` unless it is public: a change of such a user becomes a dead letter.
 */
export const gitlab = defineSource({
  verify: ({ headers, body }, secrets) =>
    isOneOf(headers.get('x-gitlab-token'), secrets) ||
    secrets.some((secret) => secret.startsWith('whsec_') && isSigned(secret, body, headers, Date.now())),
  map: (event) => kinds.get(String(valueAt(event, 'event_name')))?.(event) ?? { ignored: 'other-kind' },
});

const kinds = new Map<string, (event: unknown) => Mapped | readonly Mapped[]>([
  [
    'user_add_to_group',
    (event) => {
      const about = { groupId: groupIdIn(event), sequence: sequenceAt(event, 'updated_at') };
      const displayName = valueAt(event, 'group_name');
      const named = typeof displayName === 'string' ? [{ ...about, group: { displayName } }] : [];
      return [...named, { ...about, add: [userIn(event)] }];
    },
  ],
  // Another role or another end of the membership: whoever it is about is a member already.
  ['user_update_for_group', () => ({ ignored: 'no-change' })],
  [
    'user_remove_from_group',
    (event) => ({
      groupId: groupIdIn(event),
      // The time is that of the last change of the membership, which may be that at which it was made: the removal comes after it.
      sequence: sequenceAt(event, 'updated_at') + 1,
      remove: [userIn(event)],
    }),
  ],
  [
    'subgroup_create',
    (event) => ({
      groupId: groupIdIn(event),
      sequence: sequenceAt(event, 'updated_at'),
      group: { displayName: textAt(event, 'name') },
    }),
  ],
  [
    'subgroup_destroy',
    (event) => ({
      groupId: groupIdIn(event),
      // The event does not say when: its times are those of the group. GitLab gives its id to no other group, so nothing comes after.
      sequence: Number.MAX_SAFE_INTEGER,
      delete: true,
    }),
  ],
]);

function groupIdIn(event: unknown): string {
  const id = valueAt(event, 'group_id');
  if (typeof id === 'number' && Number.isSafeInteger(id)) return String(id);
  throw new UnmappableEvent('"group_id" is not a number');
}

function userIn(event: unknown) {
  return { type: 'user', mail: addressAt(event, 'user_email') } as const;
}
