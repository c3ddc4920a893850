import { type Finding, failed, passed, skipped } from '../../src/diagnostics/check.ts';
import { member } from '../../src/graph/transport/read-response.ts';
import { type ResourceManagerOptions, type Resources, seeResources } from './resource-manager.ts';

const apiVersion = 'api-version=2024-11-01';

/** A setting whose value the platform reads from a key vault. */
interface Reference {
  readonly setting: string;
  /** `Resolved`, `Initialized` before the first attempt, or why it could not be read: `AccessToKeyVaultDenied` … */
  readonly status: string;
}

/**
 * Whether the platform could read the Key Vault references of the app at `url`, as the operator's sign-in sees it. The app
 * itself cannot tell: it does not start if one could not be read.
 */
export async function checkReferences(url: string, manager: ResourceManagerOptions): Promise<Finding> {
  const { hostname } = new URL(url);
  const sight = await seeResources(manager, async (resources) => {
    const site = await findSite(resources, hostname);
    if (site === null) return null;
    const entries = await resources.list(`${site}/config/configreferences/appsettings?${apiVersion}`);
    return { site, references: entries.flatMap(readReference) };
  });
  if (sight.kind === 'unread') return skipped(`because ${sight.why}`);
  if (sight.value === null)
    return skipped(`because no subscription that your sign-in can see has an app at ${hostname}`);
  const { site, references } = sight.value;
  const unread = references.filter(({ status }) => !['Resolved', 'Initialized'].includes(status));
  if (unread.length > 0)
    return failed(
      unread.map(({ setting, status }) => `${setting}: ${status}`).join(', '),
      `Check the role Key Vault Secrets User of the app's identity, the names of vault and secret, and the vault's firewall; then have them read again: az rest -m POST -u "${site}/config/configreferences/appsettings/refresh?${apiVersion}"`,
    );
  return passed(
    references.length === 0
      ? 'no setting is a Key Vault reference'
      : `read: ${references.map(({ setting }) => setting).join(', ')}`,
  );
}

/** The resource id of the app that answers at a host name; null: there is none. */
async function findSite({ subscriptions, list }: Resources, hostname: string): Promise<string | null> {
  for (const id of await subscriptions())
    for (const entry of await list(`/subscriptions/${id}/providers/Microsoft.Web/sites?${apiVersion}`)) {
      const [site, names] = [member(entry, 'id'), member(member(entry, 'properties'), 'hostNames')];
      const isIt = Array.isArray(names) && names.some((name) => String(name).toLowerCase() === hostname);
      // It becomes part of a command.
      if (isIt && typeof site === 'string' && /^\/subscriptions\/[\w./()-]+$/.test(site)) return site;
    }
  return null;
}

function readReference(entry: unknown): Reference[] {
  const [setting, status] = [member(entry, 'name'), member(member(entry, 'properties'), 'status')];
  if (typeof setting !== 'string' || !/^\w{1,128}$/.test(setting)) return [];
  return [{ setting, status: typeof status === 'string' && /^\w{1,64}$/.test(status) ? status : 'unknown' }];
}
