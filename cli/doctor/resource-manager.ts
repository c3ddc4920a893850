import { member } from '../../src/graph/transport/read-response.ts';
import type { Fetch, FetchResponse } from '../../src/shared/fetch.ts';
import { parseJson, readBounded } from '../../src/shared/read-bounded.ts';
import { within } from '../../src/shared/within.ts';
import { describeFailedRequest } from '../describe-failed-request.ts';

/** A role that a principal has on a scope. */
export interface AzureAssignment {
  /** The GUID of the role's definition. */
  readonly roleId: string;
  readonly scope: string;
}

export interface ResourceManagerOptions {
  /** Origin, without a trailing slash. */
  readonly root: string;
  readonly token: () => Promise<string>;
  readonly fetch: Fetch;
}

const maxAnswer = 8 * 1024 * 1024;
const maxSubscriptions = 50;
const maxPages = 20;
const patience = 30_000;

class Unread extends Error {
  override readonly name = 'Unread';
}

/** Azure Resource Manager as the operator's sign-in sees it. */
export interface Resources {
  /** Ids of the subscriptions. */
  readonly subscriptions: () => Promise<readonly string[]>;
  /** Every entry of a list, whatever the number of its pages. */
  readonly list: (path: string) => Promise<readonly unknown[]>;
}

export type Sight<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'unread'; readonly why: string };

/** What `look` finds, or why the operator's sign-in cannot see it. */
export async function seeResources<T>(
  { root, token, fetch }: ResourceManagerOptions,
  look: (resources: Resources) => Promise<T>,
): Promise<Sight<T>> {
  let bearer: string;
  try {
    bearer = await token();
  } catch {
    return { kind: 'unread', why: 'the Azure CLI is not signed in ("az login")' };
  }
  try {
    return await within(patience, async (signal) => {
      const resources: Resources = {
        subscriptions: async () => {
          const entries = await list('/subscriptions?api-version=2022-12-01', signal);
          const ids = entries.flatMap((entry) => {
            const id = member(entry, 'subscriptionId');
            return typeof id === 'string' && /^[\da-f-]{36}$/i.test(id) ? [id] : [];
          });
          return ids.slice(0, maxSubscriptions);
        },
        list: (path) => list(path, signal),
      };
      return { kind: 'read', value: await look(resources) };
    });
  } catch (thrown) {
    const why = thrown instanceof Unread ? thrown.message : describeFailedRequest(thrown);
    return { kind: 'unread', why: `your sign-in cannot see it: ${why}` };
  }

  async function list(first: string, signal: AbortSignal): Promise<unknown[]> {
    const found: unknown[] = [];
    let path: string | null = first;
    for (let page = 0; path !== null && page < maxPages; page += 1) {
      const response: FetchResponse = await fetch(`${root}${path}`, {
        headers: { authorization: `Bearer ${bearer}` },
        signal,
      });
      const body = parseJson(await readBounded(response, maxAnswer));
      const entries = member(body, 'value');
      if (response.status !== 200 || !Array.isArray(entries))
        throw new Unread(`Azure Resource Manager answered ${response.status}`);
      found.push(...entries);
      const next: unknown = member(body, 'nextLink');
      // The token is sent along: only to the same place.
      path = typeof next === 'string' && next.startsWith(`${root}/`) ? next.slice(root.length) : null;
    }
    return found;
  }
}

/**
 * All Azure roles of a principal in the subscriptions visible to the operator. `principalId eq` finds assignments at,
 * above and below a subscription (learn.microsoft.com: list role assignments with the REST API).
 */
export function listAzureAssignments(
  options: ResourceManagerOptions,
  principalId: string,
): Promise<Sight<readonly AzureAssignment[]>> {
  const filter = encodeURIComponent(`principalId eq '${principalId}'`);
  return seeResources(options, async ({ subscriptions, list }) => {
    const assignments: AzureAssignment[] = [];
    for (const id of await subscriptions()) {
      const path = `/subscriptions/${id}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=${filter}`;
      assignments.push(...(await list(path)).flatMap(readAssignment));
    }
    return assignments;
  });
}

function readAssignment(entry: unknown): AzureAssignment[] {
  const properties = member(entry, 'properties');
  const [definition, scope] = [member(properties, 'roleDefinitionId'), member(properties, 'scope')];
  const roleId = typeof definition === 'string' ? definition.split('/').at(-1)?.toLowerCase() : undefined;
  return roleId !== undefined && typeof scope === 'string' ? [{ roleId, scope }] : [];
}
