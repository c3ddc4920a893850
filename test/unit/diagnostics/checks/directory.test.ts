import { describe, expect, it } from 'vitest';
import { answerUsers } from '../../../../local/stand-ins/graph/directory/answer-users.ts';
import { createResourceUnits } from '../../../../local/stand-ins/graph/directory/resource-units.ts';
import { createUserStore } from '../../../../local/stand-ins/graph/directory/user-store.ts';
import { directoryChecks } from '../../../../src/diagnostics/checks/directory.ts';
import { readWhole } from '../../../../src/graph/transport/read-response.ts';
import type { NameKind } from '../../../../src/groups/member-name.ts';

/** The check, of an app with these roles in a directory. */
async function look(memberNames: readonly NameKind[], roles: readonly string[], users = createUserStore()) {
  const claims = { clientId: 'c', objectId: 'object', tenantId: 't', roles, issuedAt: 0, expiresAt: 1 };
  const units = createResourceUnits(() => 0);
  const caller = { clientId: 'c', permissions: roles, directoryRoles: null };
  const [check] = directoryChecks({
    memberNames,
    probe: {
      claims: () => Promise.resolve(claims),
      readUsers: (query) => {
        const url = new URL(`https://localhost/v1.0/users?${query}`);
        const answer = answerUsers({ method: 'GET', url, body: Buffer.alloc(0), caller }, users, units);
        const text = JSON.stringify(answer?.body ?? { error: { code: answer?.error?.code } });
        return Promise.resolve(readWhole({ status: answer?.status ?? 0, headers: new Headers(), text }));
      },
    },
  });
  return check?.look(new AbortController().signal);
}

describe('names of users in Entra ID', () => {
  it('are looked for only where the setting asks for it', async () => {
    expect(await look([], [])).toMatchObject({ status: 'skipped' });
  });

  it('are found by an app with the role, and no name of anybody is said', async () => {
    const finding = await look(['upn', 'mail', 'employeeId', 'sid'], ['User.Read.All']);
    expect(finding).toMatchObject({
      status: 'passed',
      seen: 'somebody is found by upn, mail, employeeId, sid',
    });
    expect(await look(['upn', 'mail'], ['User.ReadBasic.All'])).toMatchObject({ status: 'passed' });
  });

  it('cannot be looked up without a role: the least that the setting needs is to be granted', async () => {
    expect(await look(['mail'], [])).toMatchObject({
      status: 'failed',
      fix: expect.stringContaining('--identity object --role User.ReadBasic.All'),
    });
    expect(await look(['mail', 'sid'], [])).toMatchObject({
      fix: expect.stringContaining('--role User.Read.All'),
    });
  });

  it('that the role does not cover are named, though Entra ID answers as if nobody had one', async () => {
    expect(await look(['mail', 'employeeId'], ['User.ReadBasic.All'])).toMatchObject({
      status: 'failed',
      seen: 'nobody is found by employeeId',
      fix: expect.stringContaining('--role User.Read.All'),
    });
  });

  it('that none of the first users has are no failure of a role that covers them', async () => {
    const users = createUserStore();
    users.set([{ id: '6f8d1c1e-52a4-4a0a-9d65-0b7a5c4f0a11', userPrincipalName: 'ann@contoso.com' }]);
    expect(await look(['upn', 'sid'], ['User.Read.All'], users)).toMatchObject({
      status: 'passed',
      seen: 'somebody is found by upn; none of the first users has sid',
    });
  });
});
