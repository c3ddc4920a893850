import { type Finding, failed, passed, skipped } from '../../src/diagnostics/check.ts';
import type { AppIdentity } from '../../src/diagnostics/diagnose.ts';
import { groupWriteRoles } from '../../src/settings/permissions.ts';
import { describeReply, type OperatorGraph, type Reply } from '../graph/operator-graph.ts';
import { findGraphResource, isReply, listRoleAssignments } from '../graph/role-assignments.ts';
import { shortTime } from '../terminal/printable.ts';

/**
 * Whether the role is assigned, as visible to the operator: the app only sees its token, which may be older. Together
 * they distinguish a missing role from one that is not in the token yet.
 */
export async function checkGraphRole(
  graph: OperatorGraph,
  identity: AppIdentity | null,
  isLocal: boolean,
): Promise<Finding> {
  const objectId = identity?.objectId ?? null;
  if (identity === null || objectId === null) return skipped('because the app did not report its identity');
  const ids = new Map<string, string>();
  let resourceId = '';
  for (const role of groupWriteRoles) {
    const found = await findGraphResource(graph, role);
    if (isReply(found)) return skipped(whyNot(found));
    resourceId = found.resourceId;
    if (found.appRoleId !== null) ids.set(found.appRoleId, role);
  }
  const assignments = await listRoleAssignments(graph, objectId);
  if (isReply(assignments)) return skipped(whyNot(assignments));
  const held = assignments.find((one) => one.resourceId === resourceId && ids.has(one.appRoleId));
  if (held === undefined)
    return failed(
      `${objectId} has none of ${groupWriteRoles.join(', ')}`,
      `external-groups grant --identity ${objectId}${isLocal ? ' --local' : ''}`,
    );
  const since = held.createdDateTime;
  const { tokenIssuedDateTime: issued, tokenExpiresDateTime: expires } = identity;
  // Token times have a resolution of one second.
  const isLater = since !== null && issued !== null && Date.parse(since) >= Date.parse(issued) + 1_000;
  const seen = `${ids.get(held.appRoleId)}${since === null ? '' : ` since ${shortTime(since)}`}`;
  return passed(
    isLater
      ? `${seen}, after the app’s token was issued: it takes effect by ${shortTime(expires)} at the latest`
      : seen,
  );
}

function whyNot(reply: Reply): string {
  if (reply.kind === 'not-signed-in') return `because ${reply.why}`;
  const isAbsent = reply.kind === 'answer' && reply.status === 404;
  const inTenant = isAbsent ? '; is it the app’s tenant that you are signed in to?' : '';
  return `because your sign-in cannot see it: ${describeReply(reply)}${inTenant}`;
}
