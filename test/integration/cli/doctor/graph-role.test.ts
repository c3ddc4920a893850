import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkGraphRole } from '../../../../cli/doctor/graph-role-check.ts';
import { createGrantRole } from '../../../../cli/graph/grant-role.ts';
import type { OperatorGraph } from '../../../../cli/graph/operator-graph.ts';
import type { GraphFault } from '../../../../local/stand-ins/graph/faults.ts';
import type { AppIdentity } from '../../../../src/diagnostics/diagnose.ts';
import { fakeTime, globalAdministrator, openTenant, type Tenant } from '../graph/tenant.ts';

const hour = 3_600_000;
const iso = (milliseconds: number) => new Date(milliseconds).toISOString();

describe('the role as the operator sees it', () => {
  let tenant: Tenant;
  beforeAll(async () => {
    tenant = await openTenant();
  });
  afterAll(() => tenant.close());
  beforeEach(() => tenant.graph.reset());

  const operator = () => tenant.asPerson(globalAdministrator);
  function identity(more: Partial<AppIdentity> = {}): AppIdentity {
    const { clientId, objectId } = tenant.tokens.identity;
    const now = Date.now();
    const token = { tokenIssuedDateTime: iso(now - hour), tokenExpiresDateTime: iso(now + 23 * hour) };
    return { clientId, objectId, tenantId: null, ...token, ...more };
  }
  const grant = (graph: OperatorGraph) =>
    createGrantRole({ graph, ...fakeTime(), note: () => undefined })(
      { principalId: tenant.tokens.identity.objectId, role: 'ExternalItem.ReadWrite.OwnedBy' },
      false,
    );

  it('that is missing comes with the command that grants it', async () => {
    expect(await checkGraphRole(operator(), identity(), false)).toMatchObject({
      status: 'failed',
      fix: `external-groups grant --identity ${tenant.tokens.identity.objectId}`,
    });
  });

  it('that was granted after the token was issued says until when to wait', async () => {
    await grant(operator());
    const late = await checkGraphRole(operator(), identity(), false);
    expect(late).toMatchObject({ status: 'passed', seen: expect.stringContaining('it takes effect by') });
    const issued = { tokenIssuedDateTime: iso(Date.now() + 1_000) };
    const shown = await checkGraphRole(operator(), identity(issued), false);
    expect(shown).toMatchObject({
      status: 'passed',
      seen: expect.not.stringContaining('it takes effect by'),
    });
  });

  it.each<[string, () => OperatorGraph, RegExp]>([
    ['nobody is signed in', () => tenant.with(() => Promise.reject(new Error('az login'))), /az login/],
    ['the sign-in may not look', () => tenant.asApp(), /answered 403/],
  ])('is not judged if %s', async (_what, graph, why) => {
    expect(await checkGraphRole(graph(), identity(), false)).toMatchObject({
      status: 'skipped',
      seen: expect.stringMatching(why),
    });
  });

  it.each<GraphFault>([
    { kind: 'status', status: 503 },
    { kind: 'status', status: 200, body: 'html' },
    { kind: 'reset' },
    { kind: 'gzip-bomb', megabytes: 64 },
  ])('is not judged by what is no answer (%j)', async (fault) => {
    tenant.graph.setFaults([{ fault }]);
    expect(await checkGraphRole(operator(), identity(), false)).toMatchObject({ status: 'skipped' });
  });

  it('is not judged for an identity of another tenant, or one that the app did not tell', async () => {
    const other = identity({ objectId: '99999999-aaaa-4bbb-8ccc-222222222222' });
    expect(await checkGraphRole(operator(), other, false)).toMatchObject({
      status: 'skipped',
      seen: expect.stringContaining('the app’s tenant'),
    });
    for (const none of [null, identity({ objectId: null })])
      expect(await checkGraphRole(operator(), none, false)).toMatchObject({ status: 'skipped' });
  });
});
