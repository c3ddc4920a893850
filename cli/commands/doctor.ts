import type { Check } from '../../src/diagnostics/check.ts';
import { type CloudName, clouds } from '../../src/settings/clouds.ts';
import { createFetch, type Fetch } from '../../src/shared/fetch.ts';
import type { Context } from '../context.ts';
import { askApp } from '../doctor/ask-app.ts';
import { checkAzureRoles } from '../doctor/azure-role-checks.ts';
import { describeChecks, describeSummary } from '../doctor/format.ts';
import { checkGraphRole } from '../doctor/graph-role-check.ts';
import { checkReferences } from '../doctor/reference-check.ts';
import type { ResourceManagerOptions } from '../doctor/resource-manager.ts';
import { type ExitCode, exitCodes } from '../failure.ts';
import { azureCliToken, cloudGraph, type GraphTarget, localGraph } from '../graph/graph-target.ts';
import { createOperatorGraph } from '../graph/operator-graph.ts';
import { type AppOptions, findApp, masterKeyCommand } from '../where/app-target.ts';

/** `doctor`: checks everything that a group needs to reach Graph, and suggests fixes. */
export async function doctor(options: AppOptions, context: Context): Promise<ExitCode> {
  const { console, env, folder } = context;
  const target = findApp(options, env, folder);
  const fetch = createFetch(env);
  if (console.lively) console.note(`Asking ${target.label} …`);
  const { checks, diagnosis } = await askApp(target, masterKeyCommand(env), fetch);
  const app = diagnosis?.app ?? null;
  const cloud = cloudOf(app?.graph);
  const graph = target.isLocal ? await localGraph(folder) : cloud === null ? null : cloudGraph(cloud, env);
  const manager = target.isLocal ? null : managerOf(cloud ?? cloudAt(target.url), fetch);
  const all: readonly Check[] = [
    ...checks,
    ...(manager === null ? [] : [await checkVault(target.url, manager)]),
    await checkRole(graph, app?.identity ?? null, target.isLocal),
    ...(await checkAzureRoles(app, manager)),
  ];
  const isWell = all.every(({ status }) => status !== 'failed');
  await console.document({ app: target.label, passed: isWell, checks: all });
  for (const line of describeChecks(all, console.paint)) console.line(line);
  console.line(describeSummary(all));
  return isWell ? exitCodes.ok : exitCodes.failed;
}

function managerOf(cloud: CloudName, fetch: Fetch): ResourceManagerOptions {
  const root = clouds[cloud].resourceManager;
  return { root, fetch, token: () => azureCliToken(`${root}/.default`) };
}

async function checkVault(url: string, manager: ResourceManagerOptions): Promise<Check> {
  const name = { id: 'key-vault-references', title: 'Secrets from Key Vault' };
  return { ...name, ...(await checkReferences(url, manager)) };
}

async function checkRole(
  graph: GraphTarget | null,
  identity: Parameters<typeof checkGraphRole>[1],
  isLocal: boolean,
): Promise<Check> {
  const name = { id: 'role-assigned', title: 'Graph role assigned to the identity' };
  if (graph === null)
    return { ...name, status: 'skipped', seen: 'because the app did not say which Graph it uses' };
  return { ...name, ...(await checkGraphRole(createOperatorGraph(graph), identity, isLocal)) };
}

/** The cloud of an app that does not say which Graph it uses: both of the government share a Resource Manager. */
function cloudAt(url: string): CloudName {
  return new URL(url).hostname.endsWith('.us') ? 'usgov-l4' : 'global';
}

function cloudOf(graph: string | undefined): CloudName | null {
  const found = (Object.keys(clouds) as CloudName[]).find((name) => clouds[name].root === graph);
  return found ?? null;
}
