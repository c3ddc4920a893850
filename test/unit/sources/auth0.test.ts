import { describe, expect, it } from 'vitest';
import { auth0 } from '../../../sources/auth0.ts';
import { documentedEvent, request } from './events.ts';

const groupId = 'grp9kPq2mXw7RtYvA';
const ann = { type: 'user', id: '6f8d1c1e-52a4-4a0a-9d65-0b7a5c4f0a11' };
const member = (id: string, member_type = 'user') => {
  const event = documentedEvent('auth0-member-deleted') as { data: { object: object } };
  return { ...event, data: { object: { ...event.data.object, member: { member_type, id } } } };
};

describe('Auth0', () => {
  it('is believed by its bearer token, or by user and password', () => {
    const basic = Buffer.from('auth0:pass word').toString('base64');
    const verify = (authorization: string) =>
      auth0.verify(request({ authorization }), ['token', 'auth0:pass word']);
    expect(verify('Bearer token')).toBe(true);
    expect(verify(`Basic ${basic}`)).toBe(true);
    for (const wrong of ['token', 'Bearer tokens', `Bearer ${basic}`, '']) expect(verify(wrong)).toBe(false);
  });

  it('allows the origin that a CloudEvents handshake asks for', () => {
    const asked = request({ 'webhook-request-origin': 'contoso.eu.auth0.com' }, '', 'OPTIONS');
    expect(auth0.handshake?.(asked, [])).toEqual({
      headers: { 'webhook-allowed-origin': 'contoso.eu.auth0.com', 'webhook-allowed-rate': '*' },
    });
    expect(auth0.handshake?.(request({}, '', 'GET'), [])).toBeNull();
  });

  it('adds and removes users of Entra ID by their object ids', () => {
    expect(auth0.map(documentedEvent('auth0-member-added'))).toEqual({
      groupId,
      sequence: Date.parse('2026-03-27T16:22:53.770Z'),
      add: [ann],
    });
    expect(auth0.map(documentedEvent('auth0-member-deleted'))).toMatchObject({ groupId, remove: [ann] });
  });

  it('takes an address within the id for the mail address', () => {
    expect(auth0.map(member('samlp|contoso|bo.li@contoso.com'))).toMatchObject({
      remove: [{ type: 'user', mail: 'bo.li@contoso.com' }],
    });
  });

  it.each([
    ['a user of a database', member('auth0|507f1f77bcf86cd799439020')],
    ['a connection as a member', member('con_Zx81kLmN2pQrStUv', 'connection')],
    ['no member', { ...documentedEvent('auth0-member-deleted'), data: { object: { group: {} } } }],
  ])('throws for a removal of %s, never ignores it', (_what, event) => {
    expect(() => auth0.map(event)).toThrow();
  });

  it('names groups and organizations, and deletes them', () => {
    const created = documentedEvent('auth0-group-created');
    expect(auth0.map(created)).toMatchObject({ groupId, group: { displayName: 'Night shift' } });
    expect(auth0.map({ ...created, type: 'group.deleted' })).toMatchObject({ groupId, delete: true });
    const organization = { id: 'org_aBcD1234eFgH5678', name: 'night', display_name: 'Night shift' };
    const ofOrganization = (type: string, object: object) =>
      auth0.map({ ...created, type, data: { object } });
    expect(ofOrganization('organization.updated', organization)).toMatchObject({
      groupId: 'orgaBcD1234eFgH5678',
      group: { displayName: 'Night shift' },
    });
    const user = { user_id: 'waad|contoso|6f8d1c1e-52a4-4a0a-9d65-0b7a5c4f0a11' };
    expect(ofOrganization('organization.member.added', { organization, user })).toMatchObject({
      groupId: 'orgaBcD1234eFgH5678',
      add: [ann],
    });
  });

  it('ignores tests and other events', () => {
    const event = documentedEvent('auth0-member-added');
    expect(auth0.map({ ...event, a0purpose: 'test' })).toEqual({ ignored: 'test' });
    expect(auth0.map({ ...event, type: 'user.created' })).toEqual({ ignored: 'other-kind' });
  });
});
