import { setTimeout as pause } from 'node:timers/promises';
import type { Stack } from '../../local/stack/stack.ts';
import type { Storage } from '../support/storage.ts';
import { type GroupChange, memberOf } from './changes.ts';
import type { Sender } from './senders.ts';

/** The number of members that a list may remove: all of them. */
const removals = 1_000;

/**
 * Sends a change over HTTP until it gets 200 or 202. The 404 of a deleted group is not an acceptance, but sending again
 * would not change it: the response stays the same until the group is declared again. The audit checks that the change
 * was recorded anyway, as documented.
 */
export function httpChangeSender(stack: Stack): Sender<GroupChange> {
  return async (change, sent, stop) => {
    const { method, path, body } = requestOf(change);
    while (!stop.aborted) {
      try {
        const response = await fetch(`${stack.host?.url}${path}`, {
          method,
          headers: {
            'x-functions-key': stack.functionKey,
            prefer: 'respond-async',
            ...(body === null ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === null ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.any([stop, AbortSignal.timeout(15_000)]),
        });
        const text = await response.text();
        if (response.status === 200 || response.status === 202) {
          sent.accepted += 1;
          return;
        }
        if (response.status === 404 && text.includes('urn:problem-type:group-not-found')) {
          sent.waiting += 1;
          return;
        }
        sent.refused[response.status] = (sent.refused[response.status] ?? 0) + 1;
      } catch {
        sent.broken += 1;
      }
      await pause(200);
    }
  };
}

/** Another system that puts changes on the queue. */
export function queueChangeSender(storage: Storage): Sender<GroupChange> {
  return async ({ connectionId, groupId, sequence, says }, sent) => {
    const content = {
      group: () => (says.kind === 'group' ? { group: groupOf(says) } : {}),
      delete: () => ({ delete: true }),
      members: () => ({ ...bodyOf(says), removals }),
      patch: () => bodyOf(says),
    }[says.kind]();
    await storage.sendJson({ connectionId, groupId, sequence, ...content }, 'changes');
    sent.accepted += 1;
  };
}

function requestOf({ connectionId, groupId, sequence, says }: GroupChange) {
  const path = `/api/connections/${connectionId}/groups/${groupId}`;
  switch (says.kind) {
    case 'group':
      return { method: 'PUT', path: `${path}?sequence=${sequence}`, body: groupOf(says) };
    case 'delete':
      return { method: 'DELETE', path: `${path}?sequence=${sequence}`, body: null };
    case 'members':
      return {
        method: 'PUT',
        path: `${path}/members?sequence=${sequence}&removals=${removals}`,
        body: bodyOf(says),
      };
    case 'patch':
      return { method: 'PATCH', path: `${path}/members?sequence=${sequence}`, body: bodyOf(says) };
  }
}

function groupOf({ displayName, description }: { displayName: string; description: string | null }) {
  return { displayName, description };
}

function bodyOf(says: GroupChange['says']) {
  if (says.kind === 'members') return { members: says.members.map(memberOf) };
  if (says.kind !== 'patch') return {};
  return { add: says.add.map(memberOf), remove: says.remove.map(memberOf) };
}
