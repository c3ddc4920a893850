import { describe, expect, it } from 'vitest';
import { okta } from '../../../sources/okta.ts';
import { documentedEvent, oktaEvent, request } from './events.ts';

const groupId = '00g3vcxkvkIPY52jL4x7';
const ann = { type: 'user', upn: 'ann@contoso.com' };

describe('Okta', () => {
  it('is believed by the whole value of its Authorization header, either of two while it rotates', () => {
    const verify = (authorization: string) => okta.verify(request({ authorization }), ['new', 'Basic old']);
    expect(verify('new')).toBe(true);
    expect(verify('Basic old')).toBe(true);
    for (const wrong of ['old', 'NEW', 'new,Basic old', '']) expect(verify(wrong)).toBe(false);
    expect(okta.verify(request({}), ['new'])).toBe(false);
  });

  it('hears its challenge again, to a GET alone', () => {
    const challenge = { 'x-okta-verification-challenge': 'abc' };
    expect(okta.handshake?.(request(challenge, '', 'GET'), [])).toEqual({ body: { verification: 'abc' } });
    expect(okta.handshake?.(request(challenge, '', 'OPTIONS'), [])).toBeNull();
    expect(okta.handshake?.(request({}, '', 'GET'), [])).toBeNull();
  });

  it('adds whoever has the login, and says what the group is called', () => {
    const sequence = Date.parse('2026-03-27T16:22:53.770Z');
    expect(okta.map(documentedEvent('okta-membership-add'))).toEqual([
      { groupId, sequence, group: { displayName: 'Night shift' } },
      { groupId, sequence, add: [ann] },
    ]);
  });

  it('removes without declaring the group, which may be gone', () => {
    const sequence = Date.parse('2026-03-27T17:05:10.120Z');
    expect(okta.map(documentedEvent('okta-membership-remove'))).toEqual([
      { groupId, sequence, remove: [ann] },
    ]);
  });

  it.each(['group.lifecycle.create', 'group.profile.update'])('names the group on %s', (eventType) => {
    expect(okta.map(oktaEvent({ eventType }))).toMatchObject([{ group: { displayName: 'Night shift' } }]);
  });

  it('deletes the group that Okta deletes', () => {
    expect(okta.map(oktaEvent({ eventType: 'group.lifecycle.delete' }))).toMatchObject([
      { groupId, delete: true },
    ]);
  });

  it('ignores what says nothing about groups, and what Okta did not carry out', () => {
    expect(okta.map(oktaEvent({ eventType: 'user.session.start' }))).toEqual([{ ignored: 'other-kind' }]);
    expect(okta.map(oktaEvent({ outcome: { result: 'FAILURE' } }))).toEqual([{ ignored: 'not-carried-out' }]);
  });

  it('never ignores a removal that does not say of whom, and maps the others of the delivery', () => {
    const [bad, good] = ['okta-membership-remove', 'okta-membership-add'].map(
      (name) => (documentedEvent(name) as { data: { events: { target: object[] }[] } }).data.events[0],
    );
    const target = [{ type: 'User', alternateId: 'unknown' }, bad?.target[1]];
    const mapped = okta.map({ data: { events: [{ ...bad, target }, { ...bad, target: [] }, good] } });
    expect(mapped).toMatchObject([
      { unmapped: 'entry 0: "alternateId" is not an address; it may be hidden' },
      { unmapped: 'entry 1: "target" has 0 entries of type UserGroup' },
      { group: {} },
      { add: [ann] },
    ]);
  });

  it('throws for what is no delivery of Okta', () => {
    for (const event of [null, 5, [], { data: {} }]) expect(() => okta.map(event)).toThrow('is not a list');
  });
});
