import { member } from '../../src/graph/transport/read-response.ts';
import { Failure, usageFailure } from '../failure.ts';
import { grantCommands, type RoleGrant } from './grant-commands.ts';
import { NotPermitted } from './not-permitted.ts';
import { describeReply, type OperatorGraph, type Reply } from './operator-graph.ts';
import { findGraphResource, isReply, listRoleAssignments, type RoleAssignment } from './role-assignments.ts';

export interface Grant extends RoleGrant {
  readonly resourceId: string;
  readonly appRoleId: string;
  readonly outcome: 'granted' | 'was-granted' | 'would-grant';
  /** When it was granted, as far as Graph says. */
  readonly since: string | null;
}

interface GrantPorts {
  readonly graph: OperatorGraph;
  /** Milliseconds since some fixed moment. */
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** A remark for the waiting operator. */
  readonly note: (text: string) => void;
}

/** Milliseconds that a new identity may take to be known everywhere (msgraph-bicep-types#193), and the pauses meanwhile. */
const patience = 120_000;
const firstPause = 2_000;
const maxPause = 15_000;

/**
 * Grants an application role of Microsoft Graph to a managed identity, once: a second POST is an error
 * (msgraph-bicep-types#161), so every attempt first reads what has been granted. A new identity is not known everywhere
 * at once; until then Graph answers 404, or 400 "Not a valid reference update".
 */
export function createGrantRole({ graph, now, pause, note }: GrantPorts) {
  return async function grantRole(wanted: RoleGrant, dryRun: boolean): Promise<Grant> {
    const { principalId, role } = wanted;
    const began = now();
    let wait = firstPause;

    /** Waits for the next attempt; throws if there is no point or it takes too long. */
    async function again(reply: Reply): Promise<void> {
      if (isRefusal(reply))
        throw new NotPermitted(
          `The role was not granted: ${describeReply(reply)}.`,
          grantCommands(wanted, graph.target),
        );
      const asked = reply.kind === 'answer' ? (reply.retryAfter ?? 0) * 1000 : 0;
      const next = Math.max(wait, asked);
      if (!isTemporary(reply) || now() - began + next > patience)
        throw new Failure(`The role was not granted: ${describeReply(reply)}.${hint(reply)}`);
      note(`${describeReply(reply)}; trying again in ${Math.ceil(next / 1000)} s.`);
      await pause(next);
      wait = Math.min(maxPause, wait * 2);
    }

    async function look(): Promise<{
      resourceId: string;
      appRoleId: string;
      held: RoleAssignment | undefined;
    }> {
      for (let isFirst = true; ; isFirst = false) {
        const resource = await findGraphResource(graph, role);
        if (isReply(resource)) {
          await again(resource);
          continue;
        }
        const { resourceId, appRoleId } = resource;
        if (appRoleId === null)
          throw usageFailure(`Microsoft Graph has no application role "${role}" in this cloud.`);
        const assignments = await listRoleAssignments(graph, principalId);
        if (!isReply(assignments)) {
          const held = assignments.find(
            (one) => one.resourceId === resourceId && one.appRoleId === appRoleId,
          );
          return { resourceId, appRoleId, held };
        }
        if (isFirst && isStatus(assignments, 404)) await refuseClientId(principalId);
        await again(assignments);
      }
    }

    async function refuseClientId(given: string): Promise<void> {
      const reply = await graph.call('GET', `/servicePrincipals(appId='${given}')?$select=id`);
      const objectId = reply.kind === 'answer' && reply.status === 200 ? member(reply.body, 'id') : undefined;
      if (typeof objectId === 'string' && /^[\da-f-]{36}$/i.test(objectId))
        throw usageFailure(
          `${given} is the identity's client id; --identity needs its object id, ${objectId}.`,
        );
    }

    for (;;) {
      const { resourceId, appRoleId, held } = await look();
      const grant = { ...wanted, resourceId, appRoleId };
      if (held !== undefined) return { ...grant, outcome: 'was-granted', since: held.createdDateTime };
      if (dryRun) return { ...grant, outcome: 'would-grant', since: null };
      const path = `/servicePrincipals/${principalId}/appRoleAssignments`;
      const reply = await graph.call('POST', path, { principalId, resourceId, appRoleId });
      if (isStatus(reply, 201)) return { ...grant, outcome: 'granted', since: null };
      await again(reply);
    }
  };
}

function isStatus(reply: Reply, status: number): boolean {
  return reply.kind === 'answer' && reply.status === status;
}

function isRefusal(reply: Reply): boolean {
  return reply.kind === 'not-signed-in' || isStatus(reply, 401) || isStatus(reply, 403);
}

/** 400 and 404: not known everywhere yet, or granted by somebody else meanwhile, which the next read shows. */
function isTemporary(reply: Reply): boolean {
  if (reply.kind !== 'answer') return reply.kind === 'no-answer';
  return [400, 404, 409, 429].includes(reply.status) || reply.status >= 500;
}

function hint(reply: Reply): string {
  return isStatus(reply, 404) || isStatus(reply, 400)
    ? ' Check that --identity is the object id of the identity ("az identity show --query principalId"), in the tenant that you are signed in to.'
    : '';
}
