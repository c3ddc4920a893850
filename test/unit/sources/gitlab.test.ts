import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { gitlab } from '../../../sources/gitlab.ts';
import { documentedEvent, request } from './events.ts';

const signingToken = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const updated = Date.parse('2026-03-27T16:20:00Z');
const ann = { type: 'user', mail: 'ann@contoso.com' };

describe('GitLab', () => {
  it('is believed by its secret token', () => {
    const verify = (token: string) => gitlab.verify(request({ 'x-gitlab-token': token }), ['one', 'two']);
    expect([verify('one'), verify('two'), verify('three'), verify('')]).toEqual([true, true, false, false]);
  });

  it('is believed by a signature over the very bytes, by its signing token', () => {
    const signed = (body: string, at = new Date()) => ({
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(signingToken).sign('msg_1', at, body),
    });
    const secrets = ['another', signingToken];
    expect(gitlab.verify(request(signed('{"a": 1}'), '{"a": 1}'), secrets)).toBe(true);
    expect(gitlab.verify(request(signed('{"a": 1}'), '{"a":1}'), secrets)).toBe(false);
    expect(gitlab.verify(request(signed('{}'), '{}'), ['another'])).toBe(false);
    const old = new Date(Date.now() - 3_600_000);
    expect(gitlab.verify(request(signed('{}', old), '{}'), secrets)).toBe(false);
  });

  it('adds whoever has the address, and says what the group is called', () => {
    expect(gitlab.map(documentedEvent('gitlab-member-add'))).toEqual([
      { groupId: '100', sequence: updated, group: { displayName: 'Night shift' } },
      { groupId: '100', sequence: updated, add: [ann] },
    ]);
  });

  it('removes after the addition, although the event has its time', () => {
    expect(gitlab.map(documentedEvent('gitlab-member-remove'))).toEqual({
      groupId: '100',
      sequence: updated + 1,
      remove: [ann],
    });
  });

  it.each(['gitlab-member-add', 'gitlab-member-remove'])('throws for %s with a hidden address', (name) => {
    for (const user_email of ['[REDACTED]', '', null, undefined])
      expect(() => gitlab.map({ ...documentedEvent(name), user_email })).toThrow('user_email');
  });

  it('declares a subgroup, and deletes it for good: its id is given to no other', () => {
    expect(gitlab.map(documentedEvent('gitlab-subgroup-create'))).toMatchObject({
      groupId: '100',
      group: { displayName: 'Night shift' },
    });
    expect(gitlab.map(documentedEvent('gitlab-subgroup-destroy'))).toEqual({
      groupId: '100',
      sequence: Number.MAX_SAFE_INTEGER,
      delete: true,
    });
  });

  it('ignores another role of a member, and events of projects', () => {
    const event = documentedEvent('gitlab-member-add');
    expect(gitlab.map({ ...event, event_name: 'user_update_for_group' })).toEqual({ ignored: 'no-change' });
    expect(gitlab.map({ object_kind: 'push' })).toEqual({ ignored: 'other-kind' });
  });
});
